"""What changes on the professional side."""

from skills.professional.actions import counter, own, programmes, seminars

__all__ = ["counter", "own", "programmes", "seminars"]
