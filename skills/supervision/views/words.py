"""What the pages of supervision share."""

from __future__ import annotations

from skills.records.rules.marks import told
from skills.supervision.rules import ANSWERS
from skills.web.pages import Room, say

room = Room("supervision", "skills.supervision.views")
CHIPS = {
    "planned": "info", "drawn": "ok", "given_up": "idle", "assigned": "info", "signed": "ok", "ordered": "warn", "answered": "info",
    "closed": "ok", "called": "info", "marked": "warn", "proposed": "warn", "approved": "ok", "refused": "idle",
}  # fmt: skip
STEPS = {
    "order": ("责令整改", "ordered"), "answer": ("报告整改", "answered"), "insist": ("继续整改", "not enough yet"),
    "close": ("复查通过", "found right"),
}  # fmt: skip


def words() -> dict[str, object]:
    """Words that templates of this room use."""
    return {
        "supervision_chip": lambda line: (CHIPS[line.state], say(line.state_zh, line.state_en)),
        "answer_word": lambda code: say(*ANSWERS[code]) if code else "",
        "mark_word": told,
        "rectify_word": lambda move: say(*STEPS[move]),
        "answers": list(ANSWERS.items()),
    }


room.context_processor(words)
