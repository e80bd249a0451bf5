"""Customers and orders: carts, what was sold, and what was sold although it was not there."""
