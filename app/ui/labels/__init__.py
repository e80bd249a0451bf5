"""Labels for shelves and products, on sheets that office printers take."""
