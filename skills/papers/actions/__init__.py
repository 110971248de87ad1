"""What changes in item banks and papers."""

from skills.papers.actions import items, marks, packages, papers, runs

__all__ = ["items", "marks", "packages", "papers", "runs"]
