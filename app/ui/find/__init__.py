"""Finding a product by name, SKU, type, category or place."""
