"""Orders that were taken: their lines, their receipts, and what came back."""
