"""Papers of the stock room: receipts, transfers, purchase orders and stocktakes."""
