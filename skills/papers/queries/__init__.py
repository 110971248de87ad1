"""Banks, items, papers as pages and programs read them."""
