"""What changes a recognition."""

from skills.recognitions.actions import appointments, awards, committee, drafts, notices

__all__ = ["appointments", "awards", "committee", "drafts", "notices"]
