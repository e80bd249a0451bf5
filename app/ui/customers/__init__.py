"""Looking customers up, creating and changing them, and beginning an order for one."""
