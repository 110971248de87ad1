"""What the pages of this room share."""

from __future__ import annotations

from skills.resources.queries.lecturers import state_words
from skills.resources.rules import PLATFORM_KINDS, QUALIFICATION_KINDS
from skills.standards.rules import Level
from skills.web.pages import Room, lang, say

room = Room("resources", "skills.resources.views")

CHIPS = {"proposed": "warn", "confirmed": "ok", "recognised": "ok", "refused": "bad", "withdrawn": "idle"}
PROVEN_CHIPS = {"promised": "warn", "seen": "ok", "compared": "ok"}


def level_word(level: Level | None) -> str:
    """A level as the visitor reads it; an empty text for none."""
    if level is None:
        return ""
    return level.wording if lang() == "zh" else level.english


@room.context_processor
def words() -> dict[str, object]:
    """Words that templates of this room use."""
    return {
        "lecturer_chip": lambda state: (CHIPS[state], say(*state_words(state))),
        "platform_chip": lambda state: CHIPS[state],
        "proven_chip": lambda strength: PROVEN_CHIPS[strength],
        "platform_kind": lambda kind: say(*PLATFORM_KINDS[kind]),
        "qualification_kind": lambda kind: say(*QUALIFICATION_KINDS[kind]),
        "rank_word": level_word,
    }
