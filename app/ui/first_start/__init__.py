"""What a device without data asks first: look around, join a shop, or begin one."""
