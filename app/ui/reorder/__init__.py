"""Order at suppliers: what, why, and how far each order is."""
