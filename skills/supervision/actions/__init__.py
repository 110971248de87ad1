"""What changes supervision: draws, reports, what is to be put right."""

from skills.supervision.actions import draws, gates, rectifications, reports, retests, trust

__all__ = ["draws", "gates", "rectifications", "reports", "retests", "trust"]
