"""The day of an exam: when it begins, until when somebody is added or moves (pure).

Sources: features list rows 27 (a late addition moves nobody) and 29 (a cut-off before the exam); policies `exam.late_hours`,
`exam.reschedule_hours`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from skills.certification.rules.rooms import Hour
from skills.kernel.clock import SHANGHAI
from skills.kernel.findings import Verdict


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
