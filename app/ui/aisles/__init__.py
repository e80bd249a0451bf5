"""Walking the store aisle by aisle."""
