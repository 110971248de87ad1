"""Classes as an inspection looks at them: which may be drawn, their lessons, who is written present at a minute."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.courses.models import Attendance, ClassSession, Course, CourseClass, Enrolment
from skills.courses.queries.attendance import policy_of
from skills.courses.rules import attendance as rules
from skills.courses.rules.attendance import Mark, Side
from skills.courses.states import ClassState
from skills.kernel.clock import shanghai_day, start_of
from skills.kernel.errors import Missing


@dataclass(frozen=True)
class Inspectable:
    """A class that an inspection may be about, as it was filed."""

    class_id: str
    number: str
    course: str
    institution_id: str
    district: str
    address: str
    lecturer: str
    starts_on: date
    ends_on: date
    state: str


@dataclass(frozen=True)
class Lesson:
    """A lesson: when and where. `closes` is the moment after which nobody can write coming in any more."""

    session_id: str
    starts_at: datetime
    ends_at: datetime
    room: str
    topic: str
    closes: datetime


def open_to_inspection(db: Session, since: date, until: date, districts: Collection[str] | None) -> list[Inspectable]:
    """Classes with leave to run that have a lesson on one of these days, in the order of their numbers."""
    first, last = start_of(since), start_of(date.fromordinal(until.toordinal() + 1))
    lesson = select(ClassSession.id).where(
        ClassSession.class_id == CourseClass.id, ClassSession.starts_at >= first, ClassSession.starts_at < last
    )
    chosen = (
        select(CourseClass, Course.title)
        .join(Course, Course.id == CourseClass.course_id)
        .where(CourseClass.state.in_((ClassState.APPROVED, ClassState.RUNNING)), lesson.exists())
        .order_by(CourseClass.number)
    )
    if districts is not None:
        chosen = chosen.where(CourseClass.district.in_(districts))
    return [_line(held, title) for held, title in db.execute(chosen)]


def inspectable(db: Session, class_id: str) -> Inspectable:
    """One class as it was filed. Raises Missing("course_class.unknown")."""
    held = db.get(CourseClass, class_id)
    if held is None:
        raise Missing("course_class.unknown")
    return _line(held, db.get_one(Course, held.course_id).title)


def lessons(db: Session, class_id: str, since: date, until: date) -> Sequence[Lesson]:
    """The lessons of a class on these days, earliest first."""
    held = db.get_one(CourseClass, class_id)
    times = policy_of(db, held.starts_on).times
    rows = db.scalars(select(ClassSession).where(ClassSession.class_id == class_id).order_by(ClassSession.starts_at))
    return [
        Lesson(s.id, s.starts_at, s.ends_at, s.room, s.topic, rules.window(s.starts_at, s.ends_at, Side.IN, times).closes)
        for s in rows
        if since <= shanghai_day(s.starts_at) <= until
    ]


def present_at(db: Session, session_id: str, at: datetime) -> list[str]:
    """Ids of what stands written, at a moment, of those who came to a lesson and had not left by then."""
    rows = db.scalars(select(Attendance).where(Attendance.session_id == session_id, Attendance.replaced_at.is_(None), Attendance.at <= at))
    marks = {(r.person_id, r.side): r for r in rows}
    return sorted(
        r.id for (person, side), r in marks.items()
        if side == Side.IN and r.mark != Mark.ABSENT and (person, Side.OUT) not in marks
    )  # fmt: skip


def learners_of(db: Session, class_id: str) -> int:
    """How many hold a place in a class."""
    held = select(func.count()).select_from(Enrolment).where(Enrolment.class_id == class_id, Enrolment.left_at.is_(None))
    return db.scalar(held) or 0


def redemptions_of(db: Session, class_id: str) -> list[str]:
    """The uses of vouchers that pay for places of a class."""
    rows = db.scalars(select(Enrolment.redemption_id).where(Enrolment.class_id == class_id, Enrolment.redemption_id.is_not(None)))
    return sorted(i for i in rows if i is not None)


def purposes_of(db: Session, class_id: str) -> set[str]:
    """What uses of vouchers for places of a class pay for: "enrolment:<id>"."""
    return {f"enrolment:{i}" for i in db.scalars(select(Enrolment.id).where(Enrolment.class_id == class_id))}


def attendance_moments(db: Session, attendance_ids: Collection[str]) -> dict[str, tuple[str, datetime]]:
    """attendance → (session, when it was written)."""
    rows = db.execute(select(Attendance.id, Attendance.session_id, Attendance.at).where(Attendance.id.in_(attendance_ids)))
    return {i: (session, at) for i, session, at in rows}


def _line(held: CourseClass, title: str) -> Inspectable:
    return Inspectable(
        held.id, held.number, title, held.institution_id, held.district, held.address, held.lecturer, held.starts_on, held.ends_on,
        held.state,
    )  # fmt: skip
