"""Browsing what is sold, by category and type."""
