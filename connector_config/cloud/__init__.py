"""What the Ditto cloud side is told and what it asks for: portal, resources, permissions."""
