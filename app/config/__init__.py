"""Settings, and the one place where things are put together."""
