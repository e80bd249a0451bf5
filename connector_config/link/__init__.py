"""Joins the store of one device and one MongoDB: the managed connector's part, on one machine."""
