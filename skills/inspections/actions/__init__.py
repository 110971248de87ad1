"""What changes draws and inspections."""

from skills.inspections.actions import closing, draws, visits

__all__ = ["closing", "draws", "visits"]
