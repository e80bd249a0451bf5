"""Take goods in: against a transfer, an order, or nothing."""
