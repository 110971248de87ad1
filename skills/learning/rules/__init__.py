"""What counts as learning, for how long, and when two places cannot both be true (pure)."""
