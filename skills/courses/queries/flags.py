"""Classes whose attendance asks for a look by the bureau of their district."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.courses.models import Attendance, ClassSession, Course, CourseClass
from skills.courses.queries.attendance import TAUGHT, flags_of, policy_of
from skills.courses.rules.attendance import Way


@dataclass(frozen=True)
class FlaggedClass:
    """A class that asks for a look, with codes why."""

    class_id: str
    number: str
    course: str
    flags: tuple[str, ...]


def flagged(db: Session, districts: Collection[str] | None, now: datetime) -> list[FlaggedClass]:
    """Running and finished classes of these districts that have a flag, newest first: those of the last 60 days."""
    written = select(Attendance.id).where(Attendance.class_id == CourseClass.id)
    chosen = (
        select(CourseClass, Course.title)
        .join(Course, Course.id == CourseClass.course_id)
        .where(CourseClass.state.in_(TAUGHT), CourseClass.ends_on > (now - timedelta(days=60)).date())
        .where(~written.exists() | written.where(Attendance.way == Way.CARD).exists())
        .order_by(CourseClass.starts_on.desc(), CourseClass.id)
    )
    if districts is not None:
        chosen = chosen.where(CourseClass.district.in_(districts))
    found = []
    for held, title in db.execute(chosen).all():
        sessions = db.scalars(select(ClassSession).where(ClassSession.class_id == held.id, ClassSession.starts_at < now)).all()
        marks = db.scalars(select(Attendance).where(Attendance.class_id == held.id, Attendance.replaced_at.is_(None))).all()
        flags = flags_of(held, sessions, marks, policy_of(db, held.starts_on), now)
        if flags:
            found.append(FlaggedClass(held.id, held.number, title, flags))
    return found
