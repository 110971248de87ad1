"""What the pages of certification share."""

from __future__ import annotations

from collections.abc import Sequence

from skills.certification.forms import level_words
from skills.certification.rules.exams import Section
from skills.certification.rules.rooms import Hour
from skills.certification.states import APPLICATION, FILING, PROMOTION, SITTING
from skills.certification.states.accommodations import ACCOMMODATION
from skills.certification.states.examinations import EXAMINATION
from skills.certification.states.incidents import INCIDENT
from skills.certification.states.rechecks import RECHECK
from skills.certification.states.results import CORRECTION, DATA_REVIEW, REVIEW
from skills.kernel.box import Box
from skills.kernel.machines import Machine
from skills.records.rules.marks import points
from skills.web.pages import Room, say, tool

room = Room("certification", "skills.certification.views")

CHIPS = {
    "draft": "idle", "submitted": "warn", "supplement": "bad", "on_commitment": "warn", "suspended": "bad",
    "revoked": "bad", "planned": "idle", "filed": "ok", "open": "ok", "closed": "info", "seated": "info",
    "held": "info", "signed": "info", "scored": "info", "reviewed": "info", "noticed": "warn", "concluded": "ok", "cancelled": "bad",
    "eligible": "ok", "examined": "info", "absent": "warn", "written": "warn", "passed": "gold", "failed": "bad", "incomplete": "warn",
    "sent_back": "bad", "dropped": "idle", "expired": "idle", "replaced": "idle",
    "withdrawn": "idle", "void": "bad", "asked": "warn", "upheld": "gold", "dismissed": "idle", "proposed": "warn",
    "waiting": "warn", "raised": "warn", "answered": "warn", "accepted": "ok",
    "approved": "gold", "sent": "warn", "returned": "bad", "applied": "warn", "granted": "gold", "refused": "bad",
    "stands": "ok", "ordered": "bad", "gone": "idle",
}  # fmt: skip
HELD = {
    "objection": ("有异议待处理", "an objection is open"), "filing": ("备案已失效", "the filing is not in force"),
    "incident": ("违纪待决定", "misconduct waits for a decision"),
    "refused": ("未通过签发检查", "refused by the checks"), "correction": ("成绩更正待决定", "a correction waits for a decision"),
    "data": ("等待主管部门数据审核", "waits for the authority's data review"),
    "number": ("等待主管部门给编号", "waits for its number from the authority"),
    "notice": ("单独公示中", "on a public notice of its own"),
}  # fmt: skip


def box() -> Box:
    """The box that opens sealed columns."""
    return tool(Box)


def chip(machine: Machine, state: str) -> tuple[str, str]:
    """A chip's kind and words for a state."""
    return CHIPS[state], say(*machine.words[machine.states(state)])


def hours_words(hours: Sequence[Hour]) -> str:
    """理论知识 09:00–10:30；操作技能 10:50–11:50."""
    return say("；", "; ").join(f"{say(*Section(h.section).words)} {h.text}" for h in hours)


def words() -> dict[str, object]:
    """Words that templates of this room use."""
    return {
        "incident_chip": lambda state: chip(INCIDENT, state),
        "filing_chip": lambda state: chip(FILING, state),
        "sitting_chip": lambda state: chip(SITTING, state),
        "application_chip": lambda state: chip(APPLICATION, state),
        "accommodation_chip": lambda state: chip(ACCOMMODATION, state),
        "examination_chip": lambda state: chip(EXAMINATION, state),
        "data_review_chip": lambda state: chip(DATA_REVIEW, state),
        "recheck_chip": lambda state: chip(RECHECK, state),
        "review_chip": lambda state: chip(REVIEW, state),
        "correction_chip": lambda state: chip(CORRECTION, state),
        "promotion_chip": lambda state: chip(PROMOTION, state),
        "level_words": level_words,
        "section_word": lambda section: say(*Section(section).words),
        "section_words": lambda sections: say("、", ", ").join(say(*Section(one).words) for one in sections),
        "held_word": lambda held: say(*HELD[held]),
        "points": points,
        "hours_words": hours_words,
    }


room.context_processor(words)
