"""Taking an order: carts, the customer, and what it costs."""
