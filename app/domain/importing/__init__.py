"""The goods of a shop from a table that a spreadsheet wrote: pure functions from bytes to goods."""
