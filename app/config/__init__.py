"""The one place where things are put together, and the log."""
