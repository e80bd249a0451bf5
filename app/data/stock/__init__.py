"""Products, their stock and places, and the ledger that proves the stock."""
