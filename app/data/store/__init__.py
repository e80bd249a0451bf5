"""The embedded store: its session, the one door of writes, and documents as entities."""
