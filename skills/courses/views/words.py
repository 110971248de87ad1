"""What the pages of courses share."""

from __future__ import annotations

from skills.courses.rules.classes import KINDS, ZONES
from skills.courses.states import ADMISSION_WORDS, CLASS, COURSE, ENROLMENT, RESERVATION, Admission
from skills.kernel.machines import Machine
from skills.standards.rules import Level
from skills.web.pages import Room, lang, say

room = Room("courses", "skills.courses.views")

CHIPS = {
    "draft": "info", "submitted": "warn", "returned": "bad", "published": "ok", "withdrawn": "bad",
    "planned": "info", "approved": "ok", "running": "info", "finished": "ok", "cancelled": "bad",
    "waiting": "info", "offered": "warn", "held": "warn", "confirmed": "ok", "declined": "bad", "expired": "idle",
    "enrolled": "ok", "attending": "info", "completed": "gold", "failed": "bad",
}


def chip(machine: Machine, state: str) -> tuple[str, str]:
    """A chip's kind and words for a state."""
    return CHIPS[state], say(*machine.words[machine.states(state)])


def words() -> dict[str, object]:
    """Words that templates of this room use."""
    return {
        "course_chip": lambda state: chip(COURSE, state),
        "class_chip": lambda state: chip(CLASS, state),
        "place_chip": lambda state: chip(ENROLMENT, state),
        "seat_chip": lambda state: chip(RESERVATION, state),
        "admits_word": lambda how: say(*ADMISSION_WORDS[Admission(how)]),
        "kind_word": lambda kind: say(*KINDS[kind]),
        "zone_word": lambda zone: say(*ZONES[zone]),
        "level_word": level_word,
    }


def level_word(level: Level | None) -> str:
    """A level as the visitor reads it; an empty text for none."""
    if level is None:
        return ""
    return level.wording if lang() == "zh" else level.english


room.context_processor(words)
