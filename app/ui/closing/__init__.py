"""Closing the day: what it came to, kept, printed and as a file."""
