"""Who teaches whom where at which hour, as oversight compares it between institutions. No names of learners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.courses.models import Attendance, ClassSession, CourseClass, Enrolment
from skills.courses.queries.attendance import Policy, policy_of
from skills.courses.rules.attendance import Mark, Side, window
from skills.courses.states import ClassState, EnrolmentState

TAKES_PLACE = (ClassState.APPROVED, ClassState.RUNNING, ClassState.FINISHED)
THERE = (EnrolmentState.ATTENDING, EnrolmentState.COMPLETED)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson as it is announced now: of a class that was approved and not called off."""

    id: str
    class_id: str
    institution_id: str
    lecturer: str
    proof: str
    address: str
    room: str
    starts_at: datetime
    ends_at: datetime
    makes_up: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """A live place of a class that has begun, without those who did not complete. `attendance` in per cent as filed, or empty."""

    class_id: str
    institution_id: str
    person_id: str
    attendance: str


@dataclass(frozen=True, slots=True)
class Coming:
    """How coming in to a lesson was written for a person, as it counts now. `closes`: end of the window for it."""

    id: str
    session_id: str
    class_id: str
    institution_id: str
    person_id: str
    there: bool
    way: str
    at: datetime
    closes: datetime


def lessons(db: Session, since: datetime, until: datetime) -> list[Lesson]:
    """Lessons that began in a window, in order of time."""
    rows = db.execute(
        select(
            ClassSession.id, ClassSession.class_id, CourseClass.institution_id, CourseClass.lecturer, CourseClass.lecturer_proof,
            CourseClass.address, ClassSession.room, ClassSession.starts_at, ClassSession.ends_at, ClassSession.makes_up_for.is_not(None),
        )
        .join(CourseClass, CourseClass.id == ClassSession.class_id)
        .where(ClassSession.starts_at >= since, ClassSession.starts_at < until, CourseClass.state.in_(TAKES_PLACE))
        .order_by(ClassSession.starts_at, ClassSession.id)
    )  # fmt: skip
    return [Lesson(*cells) for cells in map(tuple, rows)]


def seats(db: Session, since: date) -> list[Seat]:
    """Places of classes that had not ended before a day, whether a voucher paid for them or not."""
    rows = db.execute(
        select(Enrolment.class_id, CourseClass.institution_id, Enrolment.person_id, Enrolment.attendance)
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .where(
            Enrolment.left_at.is_(None), Enrolment.state.in_(THERE), CourseClass.ends_on >= since,
            CourseClass.state.in_(TAKES_PLACE),
        )
        .order_by(Enrolment.id)
    )  # fmt: skip
    return [Seat(*cells) for cells in map(tuple, rows)]


def comings(db: Session, since: datetime) -> list[Coming]:
    """Attendance of lessons since a moment, as it counts now, in order of time."""
    rows = db.execute(
        select(
            Attendance.id, Attendance.session_id, Attendance.class_id, CourseClass.institution_id, Attendance.person_id,
            Attendance.mark, Attendance.way, Attendance.at, ClassSession.starts_at, ClassSession.ends_at, CourseClass.starts_on,
        )
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .join(CourseClass, CourseClass.id == Attendance.class_id)
        .where(Attendance.side == Side.IN, Attendance.replaced_at.is_(None), ClassSession.starts_at >= since)
        .order_by(Attendance.at, Attendance.id)
    )  # fmt: skip
    policies: dict[date, Policy] = {}
    found = []
    for row, session, klass, body, person, mark, way, at, starts, ends, first in rows:
        if first not in policies:
            policies[first] = policy_of(db, first)
        closes = window(starts, ends, Side.IN, policies[first].times).closes
        found.append(Coming(row, session, klass, body, person, mark != Mark.ABSENT, way, at, closes))
    return found
