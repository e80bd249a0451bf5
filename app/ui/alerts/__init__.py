"""What waits for somebody in this store."""
