"""The embedded Ditto store of a device: opening, indexes, what stays local, the outbox."""
