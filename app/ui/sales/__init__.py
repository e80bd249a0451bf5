"""What the stores sell, for managers."""
