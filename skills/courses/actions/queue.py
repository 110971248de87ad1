"""Seats that are kept, and the queue behind them: who was first is offered the seat that becomes free.

A seat never becomes free between two acts: whoever frees one offers it to the first in the queue in the same act. One act
at a time moves a queue, and it reads the class after it has the lock; whoever locks persons too locks the class first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from skills.courses.models import Course, CourseClass, Reservation
from skills.courses.rules.places import overdue, voucher_until
from skills.courses.states import KEPT, LIVE_RESERVATION, RESERVATION, ClassState, ReservationState
from skills.kernel.acts import Act
from skills.kernel.clock import SHANGHAI
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.store import Change, fresh
from skills.messages.actions import send
from skills.standards.queries import value
from skills.vouchers.actions import redemptions

_TAKE = Change(
    CourseClass, CourseClass.taken < CourseClass.seats, CourseClass.state == ClassState.APPROVED, taken=CourseClass.taken + 1
)


def lock_class(act: Act, class_id: str) -> CourseClass:
    """Wait until nobody else moves the queue of this class; the class as it is then."""
    wait_exclusive(act.db, f"queue_of:{class_id}")
    held = fresh(act.db, CourseClass, class_id)
    if held is None:
        raise Missing("course_class.unknown")
    return held


def lock_request(act: Act, row: Reservation) -> CourseClass:
    """The same for the class of a request, which is as it is now too."""
    held = lock_class(act, row.class_id)
    act.db.refresh(row)
    return held


def take_seat(act: Act, held: CourseClass) -> None:
    """One seat fewer, decided by the database when two want the last. Raises Refusal("enrolment.full")."""
    if not _TAKE.on(act.db, held):
        raise Refusal("enrolment.full", seats=held.seats)


def free_seat(act: Act, class_id: str) -> None:
    """A seat is free: the first in the queue is offered it, else it is anybody's."""
    held = lock_class(act, class_id)
    act.alter(held, CourseClass.taken > 0, taken=CourseClass.taken - 1)
    offer_next(act, held)


def offer_next(act: Act, held: CourseClass) -> None:
    """Offer the seats of a locked class that are free to the first in the queue, in the order in which they came.

    An employer's seat goes to the first of its people.
    """
    from skills.courses.actions import orders

    if held.state != ClassState.APPROVED or act.today >= held.starts_on or held.taken >= held.seats:
        return
    waiting = act.db.scalars(
        select(Reservation)
        .where(Reservation.class_id == held.id, Reservation.state == ReservationState.WAITING)
        .order_by(Reservation.number)
    ).all()
    for row in waiting:
        if held.taken >= held.seats:
            return
        if not orders.may_sit(act, held, row.person_id):
            continue
        orders.sit(act, held, row.person_id)
        take_seat(act, held)
        hours = int(value(act.db, "course.offer_hours", act.today))
        begins = datetime.combine(held.starts_on, datetime.min.time(), SHANGHAI)
        until = min(act.at + timedelta(hours=hours), begins)
        act.move(row, RESERVATION, "offer", offered_until=until)
        send(act, code="reservation.told_offered", person_id=row.person_id, course=course_title(act, held), until=until)


def tidy(act: Act, held: CourseClass) -> None:
    """Book what is over by now: seats kept too long go to the next in the queue."""
    lock_class(act, held.id)
    rows = act.db.scalars(
        select(Reservation).where(Reservation.class_id == held.id, Reservation.state.in_(KEPT)).order_by(Reservation.number)
    ).all()
    for row in rows:
        if overdue(row.state, row.answer_by, row.offered_until, act.at, act.today):
            _tell_expired(act, row, held)
            end(act, row, "expire", own_doing=row.state == ReservationState.OFFERED)
    offer_next(act, lock_class(act, held.id))  # seats of an employer whose contract is over are anybody's


def _tell_expired(act: Act, row: Reservation, held: CourseClass) -> None:
    title = course_title(act, held)
    if row.state == ReservationState.HELD:
        send(act, code="reservation.told_unanswered", person_id=row.person_id, course=title)
        send(act, code="reservation.told_missed", organisation_id=held.institution_id, course=title, number=held.number)
    else:
        send(act, code="reservation.told_not_taken", person_id=row.person_id, course=title)


def end(act: Act, row: Reservation, how: str, *, own_doing: bool, reason: str = "") -> None:
    """End a reservation without a place: the voucher is its holder's again, the seat goes to the next."""
    from skills.courses.actions.orders import stand_up

    before = row.state
    act.move(row, RESERVATION, how, closed_at=act.at, reason=reason)
    if before == ReservationState.HELD and row.voucher_id and row.held_on and row.life_left is not None:
        until = voucher_until(row.held_on, row.life_left, own_doing, act.today)
        redemptions.unreserve(act, voucher_id=row.voucher_id, until=until)
    if before in KEPT:
        stand_up(act, row.class_id, row.person_id)
        free_seat(act, row.class_id)


def close(act: Act, held: CourseClass, how: str) -> None:
    """The class begins ("expire") or is cancelled ("cancel"): nobody waits for it any longer."""
    code = "reservation.told_begun" if how == "expire" else "reservation.told_class_cancelled"
    title = course_title(act, held)
    rows = act.db.scalars(
        select(Reservation).where(Reservation.class_id == held.id, Reservation.state.in_(LIVE_RESERVATION)).order_by(Reservation.number)
    ).all()
    for row in rows:
        send(act, code=code, person_id=row.person_id, course=title)
        end(act, row, how, own_doing=False)


def course_title(act: Act, held: CourseClass) -> str:
    """What the class is called in a message."""
    return act.get(Course, id=held.course_id).title
