"""What changes: planning, entries, marks, results."""

from skills.competitions.actions import counter, entries, marking, planning, results

__all__ = ["counter", "entries", "marking", "planning", "results"]
