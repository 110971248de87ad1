"""What changes supervision: draws, reports, what is to be put right."""

from skills.supervision.actions import draws, gates, reports

__all__ = ["draws", "gates", "reports"]
