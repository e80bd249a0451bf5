"""Goods that were sold although they were not there, and settling those sales."""
