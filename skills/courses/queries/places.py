"""Places and courses as oversight counts them: what was filed of whom, who teaches what where. No names of learners."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from skills.courses.models import Course, CourseClass, Enrolment
from skills.courses.states import EnrolmentState


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a voucher paid for, with its result as filed."""

    enrolment_id: str
    redemption_id: str
    class_id: str
    course_id: str
    institution_id: str
    person_id: str
    state: str
    hours: str
    attendance: str
    score: str
    ended_at: datetime | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Teaching:
    """What an institution teaches, as marks that can be compared: (occupation, level, hours, fee), addresses, lecturers."""

    courses: frozenset[tuple[str, int, int, int]]
    addresses: frozenset[str]
    lecturers: frozenset[str]


def places(db: Session, since: datetime) -> list[Place]:
    """Places taken with a voucher since a moment."""
    return _places(db, Enrolment.enrolled_at >= since)


def completed_since(db: Session, since: datetime) -> list[Place]:
    """Places that a voucher paid for and that were completed since a moment."""
    return _places(db, Enrolment.ended_at >= since, Enrolment.state == EnrolmentState.COMPLETED)


def _places(db: Session, *only: ColumnElement[bool]) -> list[Place]:
    rows = db.execute(
        select(
            Enrolment.id, Enrolment.redemption_id, Enrolment.class_id, CourseClass.course_id, CourseClass.institution_id,
            Enrolment.person_id, Enrolment.state, Enrolment.hours, Enrolment.attendance, Enrolment.score, Enrolment.ended_at,
            CourseClass.starts_on, CourseClass.ends_on,
        )
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .where(Enrolment.redemption_id.is_not(None), *only)
        .order_by(Enrolment.enrolled_at, Enrolment.id)
    )  # fmt: skip
    return [Place(*cells) for cells in map(tuple, rows)]


def titles(db: Session) -> dict[str, str]:
    """course → its title."""
    return dict(db.execute(select(Course.id, Course.title)).all())


def course_titles_of_uses(db: Session, redemption_ids: list[str]) -> dict[str, str]:
    """use of a voucher → the title of the course it paid for."""
    rows = db.execute(
        select(Enrolment.redemption_id, Course.title)
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .join(Course, Course.id == CourseClass.course_id)
        .where(Enrolment.redemption_id.in_(redemption_ids))
    )
    return {redemption_id: title for redemption_id, title in rows if redemption_id}


def teachings(db: Session) -> dict[str, Teaching]:
    """institution → what it teaches, where, by whom: of all time."""
    courses: dict[str, set[tuple[str, int, int, int]]] = defaultdict(set)
    addresses: dict[str, set[str]] = defaultdict(set)
    lecturers: dict[str, set[str]] = defaultdict(set)
    rows = db.execute(select(Course.institution_id, Course.occupation, Course.level, Course.hours, Course.fee))
    for institution, occupation, level, hours, fee in rows:
        courses[institution].add((occupation, level or 0, hours, fee))
    for institution, address, lecturer in db.execute(
        select(CourseClass.institution_id, CourseClass.address, CourseClass.lecturer).distinct()
    ):
        addresses[institution] |= {"".join(address.split())} - {""}  # a class of lessons online alone has none
        lecturers[institution] |= {"".join(lecturer.split())} - {""}
    return {
        i: Teaching(frozenset(courses[i]), frozenset(addresses[i]), frozenset(lecturers[i]))
        for i in courses.keys() | addresses.keys()
    }
