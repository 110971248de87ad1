"""What changes in item banks and papers."""

from skills.papers.actions import items, papers

__all__ = ["items", "papers"]
