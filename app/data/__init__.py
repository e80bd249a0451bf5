"""Repositories over the embedded Ditto store: the only place that holds DQL."""
