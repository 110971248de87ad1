"""What may be decided about certificates without a database (pure)."""
