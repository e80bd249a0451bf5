"""Customers, carts, orders, oversold goods and sales figures."""
