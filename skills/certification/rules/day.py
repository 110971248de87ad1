"""The day of an exam: when it begins, until when somebody is added or moves, and who was there (pure).

Sources: features list rows 27 (a late addition moves nobody) and 29 (a cut-off before the exam; a wrong document is a no-show with
its reason); policies `exam.late_hours`, `exam.reschedule_hours`, `exam.no_show_counts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from skills.certification.rules.rooms import Hour
from skills.kernel.clock import SHANGHAI
from skills.kernel.findings import Verdict


class Found(StrEnum):
    """What an invigilator found of a candidate in a section."""

    PRESENT = "present"
    LATE = "late"
    NO_DOCUMENT = "no_document"
    WRONG_DOCUMENT = "wrong_document"
    AWAY = "away"

    @property
    def words(self) -> tuple[str, str]:
        """(Chinese, English)."""
        return _FOUND[self]


_FOUND = {
    Found.PRESENT: ("到场，已核对证件", "there, document seen"),
    Found.LATE: ("迟到，未准入场", "too late, not let in"),
    Found.NO_DOCUMENT: ("未带证件，未准入场", "without a document, not let in"),
    Found.WRONG_DOCUMENT: ("证件不符，未准入场", "with a wrong document, not let in"),
    Found.AWAY: ("未到场", "not there"),
}


def missed(found: Sequence[Found]) -> Found | None:
    """Why somebody missed an exam, from what was found in each section; None for who was there in one at least.

    Who was sent away at the door is told so, even if they did not come back for the next section.
    """
    if Found.PRESENT in found:
        return None
    return next((one for one in found if one is not Found.AWAY), Found.AWAY)


def may_countersign(first: str, who: str) -> Verdict:
    """Whether somebody may sign the record of a room as the second of two."""
    return Verdict(who != first, "room_record.second_person")


def begins_at(held_on: date, hours: Iterable[Hour]) -> datetime:
    """When the first section of an exam begins; an exam without hours begins with its day."""
    first = min((time.fromisoformat(hour.begins) for hour in hours), default=time(0))
    return datetime.combine(held_on, first, SHANGHAI)


def may_add_late(begins: datetime, hours: int, at: datetime) -> Verdict:
    """Whether somebody can still be added to an exam that was seated: until so many hours before it begins."""
    return _before(begins, hours, at, "late.too_late")


def may_reschedule(begins: datetime, hours: int, at: datetime) -> Verdict:
    """Whether a candidate can still move to another exam: until so many hours before the first one begins, that moment included."""
    return _before(begins, hours, at, "reschedule.too_late")


def last_moment(begins: datetime, hours: int) -> datetime:
    """So many hours before an exam begins."""
    return begins - timedelta(hours=hours)


def _before(begins: datetime, hours: int, at: datetime, code: str) -> Verdict:
    last = last_moment(begins, hours)
    said = {"hours": hours, "begins": f"{begins.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", "until": f"{last.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"}
    return Verdict(at <= last, code, facts=said)
