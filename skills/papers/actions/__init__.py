"""What changes in item banks and papers."""

from skills.papers.actions import items, packages, papers

__all__ = ["items", "packages", "papers"]
