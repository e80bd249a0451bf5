"""One bar for everything: products, customers, orders, papers, places, screens and actions."""
