"""Purchase orders: what to order, why, and how far each order is."""
