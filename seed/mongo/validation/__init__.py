"""Holds the data in MongoDB against what it should be."""
