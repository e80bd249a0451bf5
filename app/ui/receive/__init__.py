"""Taking goods in: against a transfer, a purchase order, or nothing."""
