"""What is at or below its reorder point."""
