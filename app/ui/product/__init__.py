"""The product card: where it stands, what is on hand, its history, and stock changes."""
