"""Wishes to correct an attendance, for whoever asked and for the bureau that decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from skills.courses.models import Attendance, AttendanceCorrection, ClassSession, Course, CourseClass
from skills.courses.states import CorrectionState
from skills.people import queries as people

PAGE = 50


@dataclass(frozen=True)
class CorrectionLine:
    """A wish to correct."""

    id: str
    class_id: str
    number: str
    course: str
    name: str
    starts_at: datetime
    side: str
    mark: str
    now: str | None
    reason: str
    words: str
    state: str
    asked_as: str
    asked_at: datetime
    answer: str
    own: bool


def corrections(
    db: Session, *, account: str, districts: Collection[str] | None = None, class_id: str | None = None,
    state: str | None = CorrectionState.ASKED, after: str = "", most: int = PAGE,
) -> list[CorrectionLine]:  # fmt: skip
    """Wishes to correct, oldest first: of districts (None: the whole city), of one class if named, in one state if named.

    after  the id of the wish behind which the list begins
    """
    chosen = (
        select(AttendanceCorrection, ClassSession.starts_at, CourseClass.number, Course.title, Attendance.mark)
        .join(ClassSession, ClassSession.id == AttendanceCorrection.session_id)
        .join(CourseClass, CourseClass.id == AttendanceCorrection.class_id)
        .join(Course, Course.id == CourseClass.course_id)
        .outerjoin(Attendance, _written_for(AttendanceCorrection))
        .where(AttendanceCorrection.id > after)
        .order_by(AttendanceCorrection.id)
        .limit(most)
    )
    if districts is not None:
        chosen = chosen.where(AttendanceCorrection.district.in_(districts))
    if class_id is not None:
        chosen = chosen.where(AttendanceCorrection.class_id == class_id)
    if state is not None:
        chosen = chosen.where(AttendanceCorrection.state == state)
    rows = db.execute(chosen).all()
    names = {i: p.name for i, p in people.persons(db, sorted({r[0].person_id for r in rows})).items()}
    return [
        CorrectionLine(
            c.id, c.class_id, number, title, names[c.person_id], starts, c.side, c.mark, now, c.reason, c.words, c.state,
            c.asked_as, c.asked_at, c.answer, c.asked_by == account,
        )
        for c, starts, number, title, now in rows
    ]  # fmt: skip


def _written_for(wish: type[AttendanceCorrection]) -> ColumnElement[bool]:
    """The attendance that counts now of what a wish is about."""
    return (
        (Attendance.session_id == wish.session_id) & (Attendance.person_id == wish.person_id) & (Attendance.side == wish.side)
        & Attendance.replaced_at.is_(None)
    )  # fmt: skip
