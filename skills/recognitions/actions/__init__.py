"""What changes a recognition."""

from skills.recognitions.actions import awards, committee, drafts, notices

__all__ = ["awards", "committee", "drafts", "notices"]
