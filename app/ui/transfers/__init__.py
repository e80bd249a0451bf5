"""Transfers between stores: what waits for whom, and each store's steps."""
