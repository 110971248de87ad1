"""What changes: planning, entries, marks, results."""

from skills.competitions.actions import entries, marking, planning, results

__all__ = ["entries", "marking", "planning", "results"]
