"""Products, what is on hand where, and the ledger that proves it."""
