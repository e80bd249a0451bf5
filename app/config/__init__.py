"""The composition root, the one place where things are put together; and the log."""
