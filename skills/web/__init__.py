"""The only room that knows Flask's plumbing."""
