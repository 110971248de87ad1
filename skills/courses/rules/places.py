"""Asking for a seat, waiting for one, and leaving a place: who may, until when (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from skills.courses.rules.classes import PROCESS
from skills.courses.states import Admission, ClassState, EnrolmentState, ReservationState
from skills.kernel.findings import Finding, Verdict, all_of
from skills.standards.calendar import add_working_days

LEAVE_REASONS: dict[str, tuple[str, str]] = {
    "illness": ("本人生病或受伤", "Illness or injury"),
    "family": ("家中有急事", "An emergency in the family"),
    "work": ("找到工作或工作变动", "A new job or a change of work"),
    "moved": ("搬到外地", "Moved away"),
    "quality": ("课程与介绍不符", "The course is not what was promised"),
    "mistake": ("选错了", "Chosen by mistake"),
    "other": ("其他", "Something else"),
}


@dataclass(frozen=True)
class Asked:
    """A class as somebody sees it who asks for a seat. `free` counts seats that are neither taken nor kept."""

    state: str
    admits: str
    starts_on: date
    free: int
    waiting: int
    enrolled_already: bool
    asked_already: bool


def may_ask(asked: Asked, day: date) -> Verdict:
    """Whether a seat may be asked for, or a place in the queue. `reservation.not_possible`.

    A class that takes people at once and has a seat needs no asking: the place is taken directly.
    """
    open_ = asked.admits == Admission.CONFIRMED or asked.free < 1 or asked.waiting > 0
    return all_of(
        "reservation.not_possible",
        [
            Finding("enrolment.class_approved", asked.state == ClassState.APPROVED, PROCESS),
            Finding("enrolment.before_start", day < asked.starts_on, facts={"starts": asked.starts_on}),
            Finding("enrolment.once", not asked.enrolled_already),
            Finding("reservation.once", not asked.asked_already),
            Finding("reservation.seat_at_once", open_),
        ],
    )


def overdue(state: str, answer_by: date | None, offered_until: datetime | None, now: datetime, day: date) -> bool:
    """Whether a kept seat is free again: computed when read, booked by the next act that needs it."""
    if state == ReservationState.HELD:
        return answer_by is not None and day > answer_by
    return state == ReservationState.OFFERED and offered_until is not None and now > offered_until


def voucher_until(asked_on: date, life_left: int, own_doing: bool, day: date) -> date:
    """The last day of a voucher that comes back from a kept seat.

    Its life stood still while others decided; who takes the own word back has the old last day.
    """
    return (asked_on if own_doing else day) + timedelta(days=life_left)


def free_until(enrolled_on: date, starts_on: date, cooling_off: int) -> date:
    """The last day on which a place may be left freely.

    cooling_off  working days after the place was taken (policy); 0: there is none, and it is free until the class begins
    """
    return add_working_days(enrolled_on, cooling_off) if cooling_off else starts_on - timedelta(days=1)


def may_leave(enrolled_on: date, starts_on: date, cooling_off: int, day: date) -> Verdict:
    """Whether a place may be left freely today. `enrolment.too_late`."""
    until = free_until(enrolled_on, starts_on, cooling_off)
    return all_of("enrolment.too_late", [Finding("enrolment.leave_free", day <= until, facts={"until": until})], until=until)


def may_ask_leave(state: str, free: bool, asked_already: bool, code: str) -> Verdict:
    """Whether somebody may ask to leave now that it is free no more. `leave_request.not_possible`."""
    return all_of(
        "leave_request.not_possible",
        [
            Finding("leave_request.live_place", state in (EnrolmentState.ENROLLED, EnrolmentState.ATTENDING)),
            Finding("leave_request.not_free", not free),
            Finding("leave_request.once", not asked_already),
            Finding("leave_request.reason_code", code in LEAVE_REASONS),
        ],
    )
