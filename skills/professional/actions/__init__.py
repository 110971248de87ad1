"""What changes on the professional side."""

from skills.professional.actions import own, programmes, seminars

__all__ = ["own", "programmes", "seminars"]
