"""窗口代办: a seat asked for, taken or given back for somebody who stands at the authority's counter, the document seen.

The rules are the learner's own; whose hand it was stands with the act, and the person is told.
"""

from __future__ import annotations

from skills.courses.actions import enrolments, leaving, reservations
from skills.courses.actions.enrolments import Enrolled, Left
from skills.courses.actions.leaving import LeaveAsked
from skills.courses.actions.reservations import Reserved
from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason
from skills.vouchers.rules.codes import Hand


@action("enrolment.enrol_for", may=SERVE)
def enrol_for(act: Act, person_id: str, class_id: str, reason: CounterReason, voucher_id: str | None = None) -> Enrolled:
    """Take a place for somebody at the counter, and use their voucher for it in the same act.

    Raises Missing("person.unknown") and what `enrolments.enrol` refuses.
    """
    serve(act, person_id, reason)
    done = enrolments.take_place(act, person_id, class_id, voucher_id, hand=Hand.COUNTER)
    send(act, code="enrolment.told_enrolled_at_counter", person_id=person_id, place=done.enrolment_id)
    return done


@action("reservation.ask_for", may=SERVE)
def ask_for(act: Act, person_id: str, class_id: str, reason: CounterReason, voucher_id: str | None = None) -> Reserved:
    """Ask for a seat, or a place in the queue, for somebody at the counter.

    Raises Missing("person.unknown") and what `reservations.ask` refuses.
    """
    serve(act, person_id, reason)
    done = reservations.ask_as(act, person_id, class_id, voucher_id)
    send(act, code="reservation.told_asked_at_counter", person_id=person_id)
    return done


@action("reservation.take_for", may=SERVE)
def take_for(act: Act, person_id: str, reservation_id: str, reason: CounterReason, voucher_id: str | None = None) -> Reserved:
    """Take the seat that was offered to somebody at the counter.

    Raises Missing("person.unknown") and what `reservations.take` refuses.
    """
    serve(act, person_id, reason)
    done = reservations.take_as(act, person_id, reservation_id, voucher_id)
    send(act, code="reservation.told_taken_at_counter", person_id=person_id)
    return done


@action("reservation.cancel_for", may=SERVE)
def cancel_for(act: Act, person_id: str, reservation_id: str, reason: CounterReason) -> Reserved:
    """Take a request back for somebody at the counter. Raises Missing("person.unknown") and what `reservations.cancel` refuses."""
    serve(act, person_id, reason)
    done = reservations.cancel_as(act, person_id, reservation_id)
    send(act, code="reservation.told_cancelled_at_counter", person_id=person_id)
    return done


@action("enrolment.withdraw_for", may=SERVE)
def withdraw_for(act: Act, person_id: str, enrolment_id: str, reason: CounterReason, code: str = "other") -> Left:
    """Give a place back for somebody at the counter while that is free; the voucher goes back. `code` is one of LEAVE_REASONS.

    Raises Missing("person.unknown") and what `enrolments.withdraw` refuses.
    """
    serve(act, person_id, reason)
    done = enrolments.give_back(act, person_id, enrolment_id, code, "")
    send(act, code="enrolment.told_left_at_counter", person_id=person_id, place=done.enrolment_id)
    return done


@action("leave.ask_for", may=SERVE)
def ask_leave_for(act: Act, person_id: str, enrolment_id: str, reason: CounterReason, code: str) -> LeaveAsked:
    """Ask to leave for somebody at the counter, once leaving is free no more. `code` is one of LEAVE_REASONS.

    Raises Missing("person.unknown") and what `leaving.ask` refuses.
    """
    serve(act, person_id, reason)
    return leaving.ask_as(act, person_id, enrolment_id, code, "")
