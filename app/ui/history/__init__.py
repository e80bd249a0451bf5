"""Every movement of the store."""
