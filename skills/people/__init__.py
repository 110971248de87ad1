"""Whose record: people, their identity documents and names."""
