"""Transfers between stores: what waits for whom, and each store's step of it."""
