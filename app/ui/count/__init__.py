"""Counting what is on the shelves, while the shop is open."""
