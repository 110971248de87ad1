"""Asking for a seat in a class: kept until the institution answers, or in the queue until one is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from skills.courses.actions import orders, queue
from skills.courses.actions.catalogue import said
from skills.courses.actions.classes import MANAGE
from skills.courses.actions.enrolments import ENROL, Enrolled, place, purpose_of
from skills.courses.models import Course, CourseClass, Enrolment, Reservation
from skills.courses.rules import places as rules
from skills.courses.states import KEPT, RESERVATION, Admission, ClassState, ReservationState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.vouchers.actions import redemptions
from skills.vouchers.actions.hands import tell_helped


@dataclass(frozen=True)
class Reserved:
    """Where somebody stands who asked for a seat.

    answer_by      last day for the institution's answer
    offered_until  until when an offered seat may be taken
    enrolment_id   the place, once there is one
    """

    reservation_id: str
    state: str
    answer_by: date | None
    offered_until: datetime | None
    enrolment_id: str | None


@action("reservation.ask", may=ENROL, by_helper=True)
def ask(act: Act, class_id: str, voucher_id: str | None = None) -> Reserved:
    """Ask for a seat in one's own name. A free seat is kept, with the voucher, until the institution answers; a full class
    gives a place in its queue.

    Raises Missing("course_class.unknown"), Refusal("reservation.not_possible") with every condition, and whatever the
    voucher's own rules refuse.
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    done = ask_as(act, act.actor.person, class_id, voucher_id)
    tell_helped(act, act.actor.person, "reservation.told_asked_for")
    return done


def ask_as(act: Act, person_id: str, class_id: str, voucher_id: str | None) -> Reserved:
    """Ask for a person's seat inside the caller's act, who answers for it that the person wants it. Refuses as `ask`."""
    held = _class(act, class_id)
    queue.tidy(act, held)
    waiting = act.db.scalar(
        select(func.count()).select_from(Reservation).where(
            Reservation.class_id == held.id, Reservation.state == ReservationState.WAITING
        )
    ) or 0  # fmt: skip
    rules.may_ask(
        rules.Asked(
            held.state, held.admits, held.starts_on, held.seats - held.taken, waiting,
            act.find(Enrolment, class_id=held.id, person_id=person_id, left_at=None) is not None,
            act.find(Reservation, class_id=held.id, person_id=person_id, closed_at=None) is not None,
        ),
        act.today,
    ).or_refuse()  # fmt: skip
    last = act.db.scalar(select(func.max(Reservation.number)).where(Reservation.class_id == held.id)) or 0
    row = act.add(
        Reservation(
            id=act.new_id(), class_id=held.id, person_id=person_id, number=last + 1, state=ReservationState.WAITING, asked_at=act.at
        )
    )
    act.note("reservation.ask", id=row.id)
    if held.taken < held.seats and not waiting:
        orders.sit(act, held, person_id)
        queue.take_seat(act, held)
        _hold(act, row, held, voucher_id)
    elif held.taken < held.seats:  # an employer's seat that nobody in the queue may take
        queue.offer_next(act, held)
    return _reserved(row)


@action("reservation.take", may=ENROL, by_helper=True)
def take(act: Act, reservation_id: str, voucher_id: str | None = None) -> Reserved:
    """Take the seat that was offered: it becomes a place, or waits for the institution where that one confirms.

    Raises Missing("reservation.unknown"), Refusal("reservation.cannot_take" | "reservation.over") and whatever the
    voucher's own rules refuse.
    """
    person_id = _myself(act)
    done = take_as(act, person_id, reservation_id, voucher_id)
    tell_helped(act, person_id, "reservation.told_taken_for")
    return done


def take_as(act: Act, person_id: str, reservation_id: str, voucher_id: str | None) -> Reserved:
    """Take a person's offered seat inside the caller's act. Refuses as `take`."""
    row, held = _theirs(act, person_id, reservation_id)
    RESERVATION.check(row.state, "take")
    if rules.overdue(row.state, row.answer_by, row.offered_until, act.at, act.today) or act.today >= held.starts_on:
        raise Refusal("reservation.over", until=row.offered_until)
    if held.admits == Admission.CONFIRMED:
        _hold(act, row, held, voucher_id)
    else:
        done = place(act, row.person_id, held, voucher_id)
        act.move(row, RESERVATION, "take", closed_at=act.at, enrolment_id=done.enrolment_id)
    return _reserved(row)


@action("reservation.cancel", may=ENROL, by_helper=True)
def cancel(act: Act, reservation_id: str) -> Reserved:
    """Take one's own word back: seat and voucher are free. Raises Missing, Refusal("reservation.cannot_cancel")."""
    person_id = _myself(act)
    done = cancel_as(act, person_id, reservation_id)
    tell_helped(act, person_id, "reservation.told_cancelled_for")
    return done


def cancel_as(act: Act, person_id: str, reservation_id: str) -> Reserved:
    """Take a person's request back inside the caller's act. Refuses as `cancel`."""
    row, _ = _theirs(act, person_id, reservation_id)
    queue.end(act, row, "cancel", own_doing=True)
    return _reserved(row)


@action("reservation.confirm", may=MANAGE)
def confirm(act: Act, reservation_id: str) -> Enrolled:
    """The institution says yes: the place is taken and the voucher used, in one act.

    Raises Missing("reservation.unknown"), Refusal("reservation.cannot_confirm" | "reservation.over") and whatever the
    voucher's own rules refuse by now.
    """
    row, held = _to_answer(act, reservation_id, "confirm")
    done = place(act, row.person_id, held, row.voucher_id, life_left=row.life_left)
    act.move(row, RESERVATION, "confirm", closed_at=act.at, enrolment_id=done.enrolment_id)
    send(act, code="reservation.told_confirmed", person_id=row.person_id, course=queue.course_title(act, held),
         place=done.enrolment_id, starts=held.starts_on)  # fmt: skip
    return done


@action("reservation.decline", may=MANAGE)
def decline(act: Act, reservation_id: str, reason: str) -> Reserved:
    """The institution says no, with a reason that the person reads. Raises Missing, Refusal."""
    row, held = _to_answer(act, reservation_id, "decline")
    told = said(reason)
    send(act, code="reservation.told_declined", person_id=row.person_id, course=queue.course_title(act, held), reason=told)
    queue.end(act, row, "decline", own_doing=False, reason=told)
    return _reserved(row)


@action("reservation.expire", may="system.jobs")
def expire(act: Act, class_id: str) -> None:
    """Book what is over in a class: the next in the queue is told at once, not when somebody happens to look."""
    queue.tidy(act, act.get(CourseClass, id=class_id))


def _class(act: Act, class_id: str) -> CourseClass:
    held = act.get(CourseClass, id=class_id)
    if held.state in (ClassState.PLANNED, ClassState.SUBMITTED, ClassState.RETURNED):
        raise Missing("course_class.unknown")
    return held


def _hold(act: Act, row: Reservation, held: CourseClass, voucher_id: str | None) -> None:
    """Keep the seat (already counted) and the voucher until the institution's last day to answer."""
    days = int(value(act.db, "course.confirm_days", act.today))
    by = add_working_days(act.today, days)
    course = act.get(Course, id=held.course_id)
    left = None
    if voucher_id is not None:
        left = redemptions.reserve(
            act, voucher_id=voucher_id, holder_id=row.person_id, purpose=purpose_of(course, row.id), until=by
        )
    act.move(row, RESERVATION, "hold", voucher_id=voucher_id, held_on=act.today, answer_by=by, life_left=left)
    send(act, code="reservation.told_asked", organisation_id=held.institution_id, course=course.title, number=held.number, by=by)


def _myself(act: Act) -> str:
    if act.actor.person is None:
        raise Missing("reservation.unknown")
    return act.actor.person


def _theirs(act: Act, person_id: str, reservation_id: str) -> tuple[Reservation, CourseClass]:
    """A person's own request, with its class locked."""
    row = act.find(Reservation, id=reservation_id)
    if row is None or row.person_id != person_id:
        raise Missing("reservation.unknown")
    return row, queue.lock_request(act, row)


def _to_answer(act: Act, reservation_id: str, how: str) -> tuple[Reservation, CourseClass]:
    """A request to one's own class that may still be answered. Elsewhere it does not exist."""
    row = act.find(Reservation, id=reservation_id)
    held = act.get(CourseClass, id=row.class_id) if row else None
    if row is None or held is None or not act.actor.may(MANAGE, held.institution_id):
        raise Missing("reservation.unknown")
    queue.lock_request(act, row)
    RESERVATION.check(row.state, how)
    if rules.overdue(row.state, row.answer_by, row.offered_until, act.at, act.today) or act.today >= held.starts_on:
        raise Refusal("reservation.over", until=row.answer_by)
    return row, held


def _reserved(row: Reservation) -> Reserved:
    kept = row.state in KEPT
    return Reserved(
        row.id, row.state, row.answer_by if kept else None, row.offered_until if kept else None, row.enrolment_id
    )
