"""What changes complaints: taking in and following (`filing`, `following`; for others at a counter, `counter`), the desk (`handling`), the
clock (`clock`).
"""

from skills.complaints.actions.clock import know_hands, raise_late, resume
from skills.complaints.actions.counter import escalate_for, file_for, file_unnamed, reply_for, withdraw_for
from skills.complaints.actions.filing import Received, file
from skills.complaints.actions.following import Followed, escalate, reply, withdraw
from skills.complaints.actions.handling import Handled, answer, ask, assign, hear, pass_on, state, take

__all__ = [
    "Followed", "Handled", "Received", "answer", "ask", "assign", "escalate", "escalate_for", "file", "file_for", "file_unnamed", "hear",
    "know_hands", "pass_on", "raise_late", "reply", "reply_for", "resume", "state", "take", "withdraw", "withdraw_for",
]  # fmt: skip
