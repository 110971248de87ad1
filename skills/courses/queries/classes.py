"""Classes for those who run and approve them; places for those who hold them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from skills.courses.models import Course, CourseClass, Enrolment
from skills.courses.queries.catalogue import LISTED, OPEN, ClassLine, class_lines
from skills.courses.states import ENROLMENT, ClassState, EnrolmentState
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.vouchers.queries.uses import employers_of
from skills.vouchers.rules import Payee

T = TypeVar("T")


@dataclass(frozen=True)
class RosterLine:
    """A learner as the institution sees one: the name to call, no document. Money in 分.

    payee     to whom what the voucher is worth goes; employer: the firm that pays the fee, if it is the firm
    """

    enrolment_id: str
    name: str
    state: str
    price: int
    with_voucher: bool
    payee: str
    employer: str
    certificate_number: str | None


@dataclass(frozen=True)
class PlaceOfUse:
    """A place without its holder's name; `state` in both languages, attendance in % as filed."""

    course: str
    number: str
    starts_on: date
    ends_on: date
    enrolled_at: datetime
    state: tuple[str, str]
    attendance: str
    certificate_number: str | None


@dataclass(frozen=True)
class PlaceLine:
    """A place as its holder sees it. Money in 分."""

    id: str
    course_id: str
    course: str
    institution: str
    hours: int
    held: ClassLine
    state: str
    enrolled_at: datetime
    fee: int
    voucher_cents: int
    price: int
    payee: str
    redemption_id: str | None
    completed_on: date | None
    hours_done: str
    attendance: str
    score: str
    certificate_number: str | None
    left_reason: str


def classes_of(db: Session, institutions: Collection[str], after: str = "", most: int = LISTED) -> list[ClassLine]:
    """Classes of these institutions, newest first: up to `most` behind a row."""
    chosen = select(CourseClass).where(CourseClass.institution_id.in_(institutions))
    if after:
        chosen = chosen.where(CourseClass.id < after)
    return class_lines(db, db.scalars(chosen.order_by(CourseClass.id.desc()).limit(most)).all())


def filling(db: Session, institutions: Collection[str], day: date) -> list[ClassLine]:
    """Classes of these institutions that begin after a day and have a place left, soonest first."""
    chosen = select(CourseClass).where(
        CourseClass.institution_id.in_(institutions), CourseClass.state == ClassState.APPROVED, CourseClass.starts_on > day,
        CourseClass.taken < CourseClass.seats,
    )  # fmt: skip
    return class_lines(db, db.scalars(chosen.order_by(CourseClass.starts_on, CourseClass.id)).all())


@dataclass(frozen=True)
class ToDo:
    """How many classes wait for their institution: sent back, to be begun, to be finished."""

    returned: int
    to_start: int
    to_finish: int


def to_do(db: Session, institutions: Collection[str], day: date) -> ToDo:
    """What waits for these institutions on a day."""

    def count(state: str, *more: ColumnElement[bool]) -> int:
        chosen = select(func.count()).select_from(CourseClass)
        return db.scalar(chosen.where(CourseClass.institution_id.in_(institutions), CourseClass.state == state, *more)) or 0

    return ToDo(
        count(ClassState.RETURNED), count(ClassState.APPROVED, CourseClass.starts_on <= day),
        count(ClassState.RUNNING, CourseClass.ends_on <= day),
    )  # fmt: skip


def class_of(db: Session, class_id: str, institutions: Collection[str]) -> ClassLine:
    """A class of these institutions. Raises Missing("course_class.unknown")."""
    row = db.get(CourseClass, class_id)
    if row is None or row.institution_id not in institutions:
        raise Missing("course_class.unknown")
    return class_lines(db, [row])[0]


def classes_to_decide(
    db: Session, districts: Collection[str] | None, state: str = ClassState.SUBMITTED, after: str = "", most: int = LISTED
) -> list[ClassLine]:
    """Classes in a state in these districts (None: the whole city), up to `most` behind a row: of those that were applied for
    the oldest application first, which may be decided by now; of the others the newest."""
    chosen = _in_districts(select(CourseClass), districts, state)
    last = db.get(CourseClass, after) if after else None
    if state != ClassState.SUBMITTED:
        chosen = chosen.order_by(CourseClass.id.desc())
        return class_lines(db, db.scalars((chosen.where(CourseClass.id < after) if after else chosen).limit(most)).all())
    if last is not None and last.submitted_at is not None:
        chosen = chosen.where(tuple_(CourseClass.submitted_at, CourseClass.id) > (last.submitted_at, last.id))
    return class_lines(db, db.scalars(chosen.order_by(CourseClass.submitted_at, CourseClass.id).limit(most)).all())


def submitted(db: Session, districts: Collection[str] | None) -> int:
    """How many applications wait in these districts (None: in the whole city)."""
    return db.scalar(_in_districts(select(func.count()).select_from(CourseClass), districts, ClassState.SUBMITTED)) or 0


def _in_districts(chosen: Select[T], districts: Collection[str] | None, state: str) -> Select[T]:
    chosen = chosen.where(CourseClass.state == state)
    return chosen if districts is None else chosen.where(CourseClass.district.in_(districts))


def unreported(db: Session, institutions: Collection[str]) -> int:
    """How many learners of finished classes wait for the completion return."""
    chosen = (
        select(func.count())
        .select_from(Enrolment)
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .where(
            CourseClass.institution_id.in_(institutions), CourseClass.state == ClassState.FINISHED,
            Enrolment.state == EnrolmentState.ATTENDING,
        )
    )  # fmt: skip
    return db.scalar(chosen) or 0


def class_for_bureau(db: Session, class_id: str, districts: Collection[str] | None) -> ClassLine:
    """A class of these districts. Raises Missing("course_class.unknown")."""
    row = db.get(CourseClass, class_id)
    if row is None or (districts is not None and row.district not in districts) or row.state == ClassState.PLANNED:
        raise Missing("course_class.unknown")
    return class_lines(db, [row])[0]


def open_class(db: Session, class_id: str) -> ClassLine:
    """A class that the public may see. Raises Missing("course_class.unknown")."""
    row = db.get(CourseClass, class_id)
    if row is None or row.state not in OPEN:
        raise Missing("course_class.unknown")
    return class_lines(db, [row])[0]


def roster(db: Session, class_id: str) -> list[RosterLine]:
    """Who holds a place in a class, in the order they came."""
    chosen = select(Enrolment).where(Enrolment.class_id == class_id)
    rows = db.scalars(chosen.order_by(Enrolment.enrolled_at, Enrolment.id)).all()
    names = people.persons(db, [r.person_id for r in rows])
    firms = employers_of(db, [r.redemption_id for r in rows if r.redemption_id and r.payee == Payee.FIRM])
    return [
        RosterLine(
            r.id, names[r.person_id].name, r.state, r.price, r.redemption_id is not None, r.payee,
            firms.get(r.redemption_id or "", ""), r.certificate_number,
        )
        for r in rows
    ]


def places_of(db: Session, person_id: str) -> list[PlaceLine]:
    """A person's places, newest first."""
    chosen = select(Enrolment).where(Enrolment.person_id == person_id)
    return _places(db, db.scalars(chosen.order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())).all())


def place_of(db: Session, enrolment_id: str, person_id: str) -> PlaceLine:
    """One of a person's own places. Raises Missing("enrolment.unknown")."""
    row = db.get(Enrolment, enrolment_id)
    if row is None or row.person_id != person_id:
        raise Missing("enrolment.unknown")
    return _places(db, [row])[0]


def place_of_use(db: Session, redemption_id: str) -> PlaceOfUse | None:
    """The place that a use of a voucher paid for."""
    found = db.execute(
        select(Enrolment, CourseClass, Course.title)
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .join(Course, Course.id == CourseClass.course_id)
        .where(Enrolment.redemption_id == redemption_id)
    ).first()
    if found is None:
        return None
    row, held, title = found
    return PlaceOfUse(
        title, held.number, held.starts_on, held.ends_on, row.enrolled_at, ENROLMENT.words[EnrolmentState(row.state)],
        row.attendance, row.certificate_number,
    )  # fmt: skip


def live_place(db: Session, class_id: str, person_id: str) -> str | None:
    """The id of the person's place in this class, if there is one that was not given back."""
    return db.scalar(
        select(Enrolment.id).where(
            Enrolment.class_id == class_id, Enrolment.person_id == person_id, Enrolment.left_at.is_(None)
        )
    )


def _places(db: Session, rows: Sequence[Enrolment]) -> list[PlaceLine]:
    held = {
        c.id: c
        for c in class_lines(
            db, db.scalars(select(CourseClass).where(CourseClass.id.in_({r.class_id for r in rows}))).all()
        )
    }
    courses = {c.course_id for c in held.values()}
    hours = dict(db.execute(select(Course.id, Course.hours).where(Course.id.in_(courses))).all())
    return [
        PlaceLine(
            r.id, held[r.class_id].course_id, held[r.class_id].course, held[r.class_id].institution,
            hours[held[r.class_id].course_id], held[r.class_id], r.state, r.enrolled_at, r.fee, r.voucher_cents,
            r.price, r.payee, r.redemption_id, r.completed_on, r.hours, r.attendance, r.score, r.certificate_number,
            r.left_reason,
        )
        for r in rows
    ]


STEPS: tuple[tuple[str, str, str], ...] = (
    (EnrolmentState.ENROLLED, "报名", "Enrolled"),
    (EnrolmentState.ATTENDING, "上课", "In class"),
    (EnrolmentState.COMPLETED, "结业", "Completed"),
)


def steps(state: str) -> list[tuple[str, str, str]]:
    """The progress of a place: (Chinese, English, done | now | empty)."""
    reached = {"enrolled": 0, "attending": 1, "completed": 3, "failed": 2, "withdrawn": 0}[state]
    return [
        (zh, en, "done" if i < reached else "now" if i == reached else "") for i, (_, zh, en) in enumerate(STEPS)
    ]
