"""Commands of `skills` that need a file of their own."""
