"""Walk the store aisle by aisle."""
