"""The products at or below their reorder point."""
