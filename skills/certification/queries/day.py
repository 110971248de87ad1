"""The day of an exam as its pages show it: until when somebody moves or is added, and where to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from skills.certification.queries.exams import MyExam, SittingLine, open_sittings
from skills.certification.rules.day import begins_at, last_moment
from skills.certification.states import APPLICATION
from skills.standards.queries import value


@dataclass(frozen=True)
class Moving:
    """Where a candidate can move to, and until when (the moment included); nothing once it is too late."""

    until: datetime
    exams: tuple[SittingLine, ...]


def moving(db: Session, line: MyExam, at: datetime, today: date) -> Moving | None:
    """Other exams of the same body, occupation and level that take candidates now; None where moving is over."""
    held = line.sitting
    if held.held_on is None or "reschedule" not in {m.name for m in APPLICATION.open_moves(line.state)}:
        return None
    until = last_moment(begins_at(held.held_on, held.hours), int(value(db, "exam.reschedule_hours", today)))
    if at > until:
        return None
    kind = (held.organisation_id, held.occupation, held.branch, held.level)
    same = [
        s for s in open_sittings(db, today)
        if s.id != held.id and s.held_on != held.held_on and (s.organisation_id, s.occupation, s.branch, s.level) == kind
    ]
    return Moving(until, tuple(same))


def late_until(db: Session, held: SittingLine, today: date) -> datetime | None:
    """Until when somebody can be added to an exam whose seats were given."""
    if held.held_on is None:
        return None
    return last_moment(begins_at(held.held_on, held.hours), int(value(db, "exam.late_hours", today)))
