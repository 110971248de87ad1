"""What the pages of the professional side share."""

from __future__ import annotations

from skills.professional.rules.routes import WAY_WORDS, Want
from skills.records.rules import GRADE_WORDS
from skills.records.rules.professional import ACHIEVEMENT_WORDS, ENGINEER_GRADE_WORDS, OUTSIDE_WORDS, SUBJECT_WORDS
from skills.records.rules.titles import OPENED_WORDS
from skills.web.pages import Room, say

room = Room("professional", "skills.professional.views")
CHIPS = {
    "applied": "warn", "returned": "bad", "approved": "ok", "held": "gold", "cancelled": "idle", "proposed": "warn", "refused": "bad",
    "ended": "idle",
}  # fmt: skip


def want_word(want: Want) -> str:
    """What a rule wants, in words."""
    if want.what == "certificate":
        grade = say(*ENGINEER_GRADE_WORDS[want.grade]) if want.grade else ""
        return f"{say(*OUTSIDE_WORDS[want.kind])}{say('（' + grade + '）', ' (' + grade + ')') if grade else ''}"
    return say(*ACHIEVEMENT_WORDS[want.kind])


def words() -> dict[str, object]:
    """Words that templates of this room use."""
    return {
        "state_chip": lambda line: (CHIPS[line.state], say(line.state_zh, line.state_en)),
        "subject_word": lambda s: say(*SUBJECT_WORDS[s]) if s in SUBJECT_WORDS else say("合计", "in all"),
        "outside_word": lambda k: say(*OUTSIDE_WORDS[k]),
        "achievement_word": lambda k: say(*ACHIEVEMENT_WORDS[k]),
        "grade_word": lambda g: say(*GRADE_WORDS[g]) if g else "",
        "engineer_grade": lambda g: say(*ENGINEER_GRADE_WORDS[g]),
        "opened_word": lambda g: say(*OPENED_WORDS[g]),
        "way_words": lambda w: say(*WAY_WORDS[w]),
        "want_word": want_word,
    }


room.context_processor(words)
