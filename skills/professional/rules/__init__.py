"""Pure rules of the professional side."""
