"""Seats that were asked for, as their askers, institutions and the bureau see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from skills.courses.models import Course, CourseClass, Enrolment, LeaveRequest, OrderContract, Reservation
from skills.courses.queries.catalogue import ClassLine, class_lines
from skills.courses.rules.places import free_until, overdue
from skills.courses.states import KEPT, LIVE_RESERVATION, ClassState, LeaveState, ReservationState
from skills.courses.states.changes import OrderState
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.standards import queries as standards
from skills.standards.calendar import working_days_between

PAGE = 50


@dataclass(frozen=True)
class ReservationLine:
    """A seat that somebody asked for.

    state    as it is now: what is over by its own time is shown as expired before anything has booked it
    ahead    how many wait before this person (waiting)
    days     working days left for the institution's answer (held)
    """

    id: str
    held: ClassLine
    person_id: str
    state: str
    asked_at: datetime
    answer_by: date | None
    offered_until: datetime | None
    days: int | None
    ahead: int
    with_voucher: bool
    enrolment_id: str | None
    reason: str


@dataclass(frozen=True)
class RequestLine:
    """A request that an institution has to answer: the name to call, no document. `id` is the reservation's."""

    id: str
    line: ReservationLine
    name: str


@dataclass(frozen=True)
class LeaveLine:
    """A request to leave, for whoever decides it. `said` is the person's own words."""

    id: str
    masked_name: str
    course: str
    number: str
    institution: str
    starts_on: date
    ends_on: date
    place_state: str
    enrolled_at: datetime
    voucher_cents: int
    code: str
    said: str
    state: str
    opened_at: datetime
    due: date
    reason: str


def mine(db: Session, person_id: str, now: datetime, after: str = "", most: int | None = None) -> list[ReservationLine]:
    """What a person asked for and has not got, and what ended without a place, newest first: up to `most` behind a row, or all."""
    chosen = select(Reservation).where(Reservation.person_id == person_id, Reservation.state != ReservationState.CONFIRMED)
    if after:
        chosen = chosen.where(Reservation.id < after)
    return lines(db, db.scalars(chosen.order_by(Reservation.id.desc()).limit(most)).all(), now)


def one(db: Session, reservation_id: str, person_id: str, now: datetime) -> ReservationLine:
    """One of a person's own. Raises Missing("reservation.unknown")."""
    row = db.get(Reservation, reservation_id)
    if row is None or row.person_id != person_id:
        raise Missing("reservation.unknown")
    return lines(db, [row], now)[0]


def live_in(db: Session, class_id: str, person_id: str, now: datetime) -> ReservationLine | None:
    """What the person has asked for in this class."""
    row = db.scalar(
        select(Reservation).where(
            Reservation.class_id == class_id, Reservation.person_id == person_id, Reservation.closed_at.is_(None)
        )
    )
    found = lines(db, [row], now) if row else []
    return found[0] if found and found[0].state in LIVE_RESERVATION else None


def waiting_in(db: Session, class_id: str) -> int:
    """How many wait in the queue of a class."""
    return _count(db, Reservation.class_id == class_id, Reservation.state == ReservationState.WAITING)


def requests(
    db: Session, institutions: Collection[str], now: datetime, after: str = "", most: int = PAGE
) -> list[RequestLine]:
    """What these institutions have to answer, the most urgent first: up to `most` behind a row, answered by now or not."""
    chosen = (
        select(Reservation)
        .join(CourseClass, CourseClass.id == Reservation.class_id)
        .where(
            CourseClass.institution_id.in_(institutions), Reservation.state == ReservationState.HELD,
            Reservation.answer_by >= shanghai_day(now),
        )
    )  # fmt: skip
    last = db.get(Reservation, after) if after else None
    if last is not None:
        chosen = chosen.where(tuple_(Reservation.answer_by, Reservation.id) > (last.answer_by, last.id))
    rows = db.scalars(chosen.order_by(Reservation.answer_by, Reservation.id).limit(most)).all()
    names = people.persons(db, [r.person_id for r in rows])
    return [RequestLine(line.id, line, names[line.person_id].name) for line in lines(db, rows, now)]


def to_answer(db: Session, institutions: Collection[str], day: date) -> int:
    """How many requests these institutions have to answer."""
    chosen = select(func.count()).select_from(Reservation).join(CourseClass, CourseClass.id == Reservation.class_id)
    return db.scalar(
        chosen.where(
            CourseClass.institution_id.in_(institutions), Reservation.state == ReservationState.HELD, Reservation.answer_by >= day
        )
    ) or 0  # fmt: skip


def leaves_open(db: Session, districts: Collection[str] | None) -> int:
    """How many requests to leave wait in these districts."""
    chosen = select(func.count()).select_from(LeaveRequest).where(LeaveRequest.state == LeaveState.OPENED)
    return db.scalar(chosen if districts is None else chosen.where(LeaveRequest.district.in_(districts))) or 0


def lines(db: Session, rows: Sequence[Reservation], now: datetime) -> list[ReservationLine]:
    """Rows as they are shown."""
    classes = db.scalars(select(CourseClass).where(CourseClass.id.in_({r.class_id for r in rows}))).all()
    held = {c.id: c for c in class_lines(db, classes)}
    day = shanghai_day(now)
    found = []
    for r in rows:
        over = overdue(r.state, r.answer_by, r.offered_until, now, day)
        days = working_days_between(day, r.answer_by) if r.state == ReservationState.HELD and r.answer_by and not over else None
        ahead = _ahead(db, r) if r.state == ReservationState.WAITING else 0
        found.append(
            ReservationLine(
                r.id, held[r.class_id], r.person_id, ReservationState.EXPIRED if over else r.state, r.asked_at, r.answer_by,
                r.offered_until, days, ahead, r.voucher_id is not None, r.enrolment_id, r.reason,
            )
        )  # fmt: skip
    return found


def with_overdue(db: Session, now: datetime) -> list[str]:
    """Classes in which a kept seat is over, or in which somebody waits for seats of a contract that is."""
    kept = select(Reservation.class_id).where(
        Reservation.state.in_(KEPT),
        or_(Reservation.answer_by < shanghai_day(now), Reservation.offered_until < now),
    )
    over = (
        select(OrderContract.class_id)
        .join(CourseClass, CourseClass.id == OrderContract.class_id)
        .join(Reservation, Reservation.class_id == OrderContract.class_id)
        .where(
            OrderContract.state == OrderState.LIVE, OrderContract.until < shanghai_day(now), Reservation.state == ReservationState.WAITING,
            CourseClass.state == ClassState.APPROVED, CourseClass.taken < CourseClass.seats,
        )
    )  # fmt: skip
    return sorted({*db.scalars(kept), *db.scalars(over)})


def leave_requests(
    db: Session, districts: Collection[str] | None, opened: bool = True, after: str = "", most: int = PAGE
) -> list[LeaveLine]:
    """Requests to leave in these districts (None: the whole city), up to `most` behind a row: those that wait, the earliest
    due first; or those that are closed, the last asked first."""
    chosen = select(LeaveRequest)
    if districts is not None:
        chosen = chosen.where(LeaveRequest.district.in_(districts))
    return _leaves(db, db.scalars(_behind(db, chosen, opened, after).limit(most)).all())


def _behind(db: Session, chosen: Select[LeaveRequest], opened: bool, after: str) -> Select[LeaveRequest]:
    """In order, from the row behind `after` on: that one may be decided by now, its day and id still say where it stood."""
    if not opened:
        chosen = chosen.where(LeaveRequest.state != LeaveState.OPENED)
        return (chosen.where(LeaveRequest.id < after) if after else chosen).order_by(LeaveRequest.id.desc())
    chosen = chosen.where(LeaveRequest.state == LeaveState.OPENED)
    last = db.get(LeaveRequest, after) if after else None
    if last is not None:
        chosen = chosen.where(tuple_(LeaveRequest.due, LeaveRequest.id) > (last.due, last.id))
    return chosen.order_by(LeaveRequest.due, LeaveRequest.id)


def leave_request(db: Session, request_id: str, districts: Collection[str] | None) -> LeaveLine:
    """One of them. Raises Missing("leave_request.unknown")."""
    row = db.get(LeaveRequest, request_id)
    if row is None or (districts is not None and row.district not in districts):
        raise Missing("leave_request.unknown")
    return _leaves(db, [row])[0]


def leave_of(db: Session, enrolment_id: str) -> LeaveLine | None:
    """The latest request to leave a place."""
    row = db.scalar(
        select(LeaveRequest).where(LeaveRequest.enrolment_id == enrolment_id).order_by(LeaveRequest.id.desc()).limit(1)
    )
    return _leaves(db, [row])[0] if row else None


def leaving_free_until(db: Session, enrolled_at: datetime, starts_on: date, day: date) -> date:
    """The last day on which a place may be left freely."""
    return free_until(shanghai_day(enrolled_at), starts_on, int(standards.value(db, "course.cooling_off_days", day)))


def _leaves(db: Session, rows: Sequence[LeaveRequest]) -> list[LeaveLine]:
    found = {
        place.id: (place, held, title)
        for place, held, title in db.execute(
            select(Enrolment, CourseClass, Course.title)
            .join(CourseClass, CourseClass.id == Enrolment.class_id)
            .join(Course, Course.id == CourseClass.course_id)
            .where(Enrolment.id.in_([r.enrolment_id for r in rows]))
        )
    }
    names = people.persons(db, [r.person_id for r in rows])
    lines = {c.id: c for c in class_lines(db, [held for _, held, _ in found.values()])}
    return [
        LeaveLine(
            r.id, names[r.person_id].masked_name, title, held.number, lines[held.id].institution, held.starts_on, held.ends_on,
            place.state, place.enrolled_at, place.voucher_cents, r.code, r.said, r.state, r.opened_at, r.due, r.reason,
        )
        for r in rows
        for place, held, title in [found[r.enrolment_id]]
    ]  # fmt: skip


def _ahead(db: Session, row: Reservation) -> int:
    waiting = (Reservation.class_id == row.class_id, Reservation.state == ReservationState.WAITING)
    return _count(db, *waiting, Reservation.number < row.number)


def _count(db: Session, *where: object) -> int:
    return db.scalar(select(func.count()).select_from(Reservation).where(*where)) or 0  # type: ignore[arg-type]
