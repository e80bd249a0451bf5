"""Look customers up, create and change them, and take an order for one."""
