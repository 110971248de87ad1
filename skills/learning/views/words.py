"""Words that templates of learning use, and the room's door."""

from __future__ import annotations

from skills.learning.actions.authoring import WRITE
from skills.learning.actions.studying import STUDYING
from skills.learning.queries.lessons import state_words
from skills.learning.rules.credit import LOST_WORDS
from skills.learning.rules.files import LESSON_KIND_WORDS, LessonKind
from skills.learning.rules.places import KIND_WORDS, Counts
from skills.learning.states import OVERLAP, OverlapState
from skills.web.pages import Room, say

room = Room("learning", __name__)
STATE_CHIPS = {"draft": "idle", "submitted": "info", "returned": "warn", "published": "ok", "withdrawn": "idle"}
__all__ = ["STUDYING", "WRITE", "room"]


def length_words(kind: str, length: int) -> str:
    """How long a lesson is, in its own measure: 12:30, 8 pages, 3 parts."""
    if kind == LessonKind.VIDEO:
        return f"{length // 60}:{length % 60:02}"
    return say(f"{length} 页", f"{length} pages") if kind == LessonKind.PDF else say(f"{length} 节", f"{length} parts")


def counts_words(counts: str) -> str:
    """What the bureau decided."""
    return {Counts.FIRST: say("第一处有效", "the first counts"), Counts.SECOND: say("第二处有效", "the second counts"),
            Counts.NEITHER: say("两处都不计", "neither counts")}[Counts(counts)]  # fmt: skip


def words() -> dict[str, object]:
    """Words by code."""
    return {
        "lesson_chip": lambda state: (STATE_CHIPS[state], say(*state_words(state))),
        "lesson_kind": lambda kind: say(*LESSON_KIND_WORDS[kind]),
        "lesson_length": length_words,
        "hour_kind": lambda kind: say(*KIND_WORDS[kind]),
        "lost_word": lambda why: say(*LOST_WORDS[why]),
        "overlap_chip": lambda state: ("warn" if state == OverlapState.OPEN else "ok", say(*OVERLAP.words[OverlapState(state)])),
        "counts_word": counts_words,
    }


room.context_processor(words)
