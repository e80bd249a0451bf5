"""The embedded store: its session, and the one door of writes."""
