"""What the pages of courses share."""

from __future__ import annotations

from skills.courses.queries.catalogue import ClassLine
from skills.courses.rules.catalogue import LEADS_TO, MODES, SECTIONS
from skills.courses.rules.classes import KINDS, ZONES
from skills.courses.states import ADMISSION_WORDS, CLASS, COURSE, ENROLMENT, RESERVATION, Admission
from skills.kernel.machines import Machine
from skills.standards.rules import Level
from skills.training_standards import queries as norms
from skills.training_standards.queries import norm_words
from skills.vouchers.rules import Payee
from skills.web.pages import Room, db, lang, say

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
        "place_word": place_word,
        "admits_word": lambda how: say(*ADMISSION_WORDS[Admission(how)]),
        "kind_word": lambda kind: say(*KINDS[kind]),
        "zone_word": lambda zone: say(*ZONES[zone]),
        "section_word": lambda section: say(*SECTIONS[section]),
        "mode_word": lambda mode: say(*MODES[mode]),
        "leads_to_word": lambda certificate: say(*LEADS_TO[certificate]),
        "level_word": level_word,
        "norm_word": lambda version: say(*norm_words(norms.named(db(), [version]).get(version))) if version else "",
        "worth_word": lambda payee: say(*_WORTH[payee]),
        "own_word": lambda payee: say(*_OWN[payee]),
    }


_WORTH = {
    Payee.INSTITUTION: ("培训券抵扣", "Paid by voucher"),
    Payee.FIRM: ("培训券补贴，结业后付给用人单位", "Worth of the voucher, paid to the employer afterwards"),
    Payee.PERSON: ("培训券补贴，结业后付到本人账户", "Worth of the voucher, paid to the learner afterwards"),
}
_OWN = {
    Payee.INSTITUTION: ("自付", "The learner pays"),
    Payee.FIRM: ("自付（学费由用人单位付）", "The learner pays (the employer pays the fee)"),
    Payee.PERSON: ("先自付", "The learner pays first"),
}


def place_word(held: ClassLine) -> str:
    """Where a class is held."""
    return say(f"线上学习（{held.district_name}办班）", f"Online ({held.district_name})") if held.online else held.district_name + held.address


def level_word(level: Level | None) -> str:
    """A level as the visitor reads it; an empty text for none."""
    if level is None:
        return ""
    return level.wording if lang() == "zh" else level.english


room.context_processor(words)
