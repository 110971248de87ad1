"""What changes a recognition."""

from skills.recognitions.actions import appointments, apprentices, awards, committee, drafts, notices

__all__ = ["appointments", "apprentices", "awards", "committee", "drafts", "notices"]
