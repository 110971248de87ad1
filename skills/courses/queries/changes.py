"""Filed changes for the institution and the bureau; order classes for the institution and the employer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.courses.models import ClassSession, Course, CourseClass, Enrolment
from skills.courses.models.changes import OrderContract, OrderSeat, SessionChange
from skills.courses.queries.attendance import counts
from skills.courses.states import CLASS, ENROLMENT, ClassState, EnrolmentState
from skills.courses.states.changes import CHANGE, ORDER, ChangeState, OrderState
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.resources.queries import lecturers as pool

PAGE = 50


@dataclass(frozen=True)
class SeatLine:
    """When, where and by whom, with lecturers by name."""

    starts_at: datetime
    ends_at: datetime
    room: str
    address: str
    lecturers: tuple[str, ...]


@dataclass(frozen=True)
class ChangeLine:
    """A change of a session. State words in both languages; `by` the account's name who decided, empty before."""

    id: str
    class_id: str
    number: str
    course: str
    institution: str
    before: SeatLine
    after: SeatLine
    reason: str
    state: str
    state_words: tuple[str, str]
    filed_at: datetime
    closed_at: datetime | None
    by: str
    answer: str


@dataclass(frozen=True)
class OrderLine:
    """A contract of an order class. `sitting`: how many of the employer's people hold a seat; state words in both languages."""

    id: str
    class_id: str
    class_number: str
    course: str
    institution: str
    employer_id: str
    employer: str
    number: str
    title: str
    signed_on: date
    seats: int
    until: date
    sitting: int
    state: str
    state_words: tuple[str, str]
    reason: str
    class_state: tuple[str, str]
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class AttendeeLine:
    """One of an employer's people in an order class: the place, and the share attended so far in %, none before a lesson."""

    name: str
    state: str
    state_words: tuple[str, str]
    percent: str | None
    completed_on: date | None


def changes_of(db: Session, class_id: str) -> list[ChangeLine]:
    """Every change of a class, newest first: its history."""
    rows = db.scalars(select(SessionChange).where(SessionChange.class_id == class_id).order_by(SessionChange.id.desc())).all()
    return _changes(db, rows)


def changes(db: Session, districts: Collection[str] | None, asked: bool, after: str = "", most: int = PAGE) -> list[ChangeLine]:
    """Changes of these districts (None: of the city), newest first: those that wait, or the others."""
    chosen = select(SessionChange).order_by(SessionChange.id.desc()).limit(most)
    chosen = chosen.where(SessionChange.state == ChangeState.ASKED if asked else SessionChange.state != ChangeState.ASKED)
    if districts is not None:
        chosen = chosen.where(SessionChange.district.in_(districts))
    if after:
        chosen = chosen.where(SessionChange.id < after)
    return _changes(db, db.scalars(chosen).all())


def overdue(db: Session, now: datetime) -> list[str]:
    """Changes that wait although their session has begun, or would have if they had been granted."""
    chosen = (
        select(SessionChange, ClassSession.starts_at)
        .join(ClassSession, ClassSession.id == SessionChange.session_id)
        .where(SessionChange.state == ChangeState.ASKED)
        .order_by(SessionChange.id)
    )
    return [row.id for row, starts in db.execute(chosen) if min(starts, datetime.fromisoformat(row.after["starts_at"])) <= now]


def _changes(db: Session, rows: Sequence[SessionChange]) -> list[ChangeLine]:
    ids = {i for r in rows for i in (*r.before["lecturers"], *r.after["lecturers"])}
    names = {i: line.name for i, line in pool.lines_of(db, ids).items()}
    found = []
    for r in rows:
        held = db.get_one(CourseClass, r.class_id)
        found.append(
            ChangeLine(
                r.id, r.class_id, held.number, db.get_one(Course, held.course_id).title, accounts.organisation(db, held.institution_id).name,
                _seat(r.before, names), _seat(r.after, names), r.reason, r.state, CHANGE.words[ChangeState(r.state)], r.filed_at,
                r.closed_at, accounts.name_of(db, r.decided_by) if r.decided_by else "", r.answer,
            )
        )  # fmt: skip
    return found


def _seat(body: dict[str, Any], names: dict[str, str]) -> SeatLine:
    return SeatLine(
        datetime.fromisoformat(body["starts_at"]), datetime.fromisoformat(body["ends_at"]), body["room"], body["address"],
        tuple(names.get(i, i) for i in body["lecturers"]),
    )  # fmt: skip


def order_of(db: Session, class_id: str) -> OrderLine | None:
    """The newest contract of a class, live or not."""
    row = db.scalars(
        select(OrderContract).where(OrderContract.class_id == class_id).order_by(OrderContract.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _orders(db, [row])[0]


def live_orders(db: Session, class_ids: Collection[str], day: date) -> dict[str, OrderLine]:
    """class → the contract that keeps seats of it on a day."""
    rows = db.scalars(
        select(OrderContract).where(
            OrderContract.class_id.in_(class_ids), OrderContract.state == OrderState.LIVE, OrderContract.until >= day
        )
    ).all()
    return {line.class_id: line for line in _orders(db, rows)}


def orders_of(db: Session, employers: Collection[str], after: str = "", most: int = PAGE) -> list[OrderLine]:
    """The order classes of these employers, newest first."""
    chosen = select(OrderContract).where(OrderContract.employer_id.in_(employers)).order_by(OrderContract.id.desc()).limit(most)
    if after:
        chosen = chosen.where(OrderContract.id < after)
    return _orders(db, db.scalars(chosen).all())


def order(db: Session, order_id: str, employers: Collection[str]) -> OrderLine:
    """An order class of these employers. Raises Missing("order_contract.unknown")."""
    row = db.get(OrderContract, order_id)
    if row is None or row.employer_id not in employers:
        raise Missing("order_contract.unknown")
    return _orders(db, [row])[0]


def attendees(db: Session, order_id: str, now: datetime) -> list[AttendeeLine]:
    """Who of the employer's people sits in its seats, and how much each attended so far."""
    contract = db.get_one(OrderContract, order_id)
    sitting = set(
        db.scalars(select(OrderSeat.person_id).where(OrderSeat.order_id == order_id, OrderSeat.freed_at.is_(None)))
    )
    rows = db.scalars(
        select(Enrolment)
        .where(Enrolment.class_id == contract.class_id, Enrolment.person_id.in_(sitting), Enrolment.left_at.is_(None))
        .order_by(Enrolment.enrolled_at, Enrolment.id)
    ).all()
    names = people.persons(db, [r.person_id for r in rows])
    kept = counts(db, [contract.class_id], now)
    return [
        AttendeeLine(
            names[r.person_id].name, r.state, ENROLMENT.words[EnrolmentState(r.state)],
            str(kept[r.class_id, r.person_id].percent) if (r.class_id, r.person_id) in kept else None, r.completed_on,
        )
        for r in rows
    ]  # fmt: skip


def _orders(db: Session, rows: Sequence[OrderContract]) -> list[OrderLine]:
    found = []
    for r in rows:
        held = db.get_one(CourseClass, r.class_id)
        sitting = db.scalars(select(OrderSeat.id).where(OrderSeat.order_id == r.id, OrderSeat.freed_at.is_(None))).all()
        found.append(
            OrderLine(
                r.id, r.class_id, held.number, db.get_one(Course, held.course_id).title,
                accounts.organisation(db, held.institution_id).name, r.employer_id, accounts.organisation(db, r.employer_id).name,
                r.number, r.title, r.signed_on, r.seats, r.until, len(sitting), r.state, ORDER.words[OrderState(r.state)], r.reason,
                CLASS.words[ClassState(held.state)], held.starts_on, held.ends_on,
            )
        )  # fmt: skip
    return found
