"""What changes complaints: taking in and following (`filing`, `following`), the desk (`handling`), the clock (`clock`)."""

from skills.complaints.actions.clock import know_hands, raise_late, resume
from skills.complaints.actions.filing import Received, file
from skills.complaints.actions.following import Followed, escalate, reply, withdraw
from skills.complaints.actions.handling import Handled, answer, ask, assign, hear, pass_on, state, take

__all__ = [
    "Followed", "Handled", "Received", "answer", "ask", "assign", "escalate", "file", "hear", "know_hands", "pass_on",
    "raise_late", "reply", "resume", "state", "take", "withdraw",
]  # fmt: skip
