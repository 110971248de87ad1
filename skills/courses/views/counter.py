"""The authority's counter: places in classes for somebody who stands there, and the receipt that goes home with them."""

from __future__ import annotations

from flask import make_response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.courses.actions import counter
from skills.courses.actions.enrolments import Enrolled, Left
from skills.courses.actions.leaving import LeaveAsked
from skills.courses.actions.reservations import Reserved
from skills.courses.queries import catalogue, classes, prices, reservations
from skills.courses.queries.facets import Filters
from skills.courses.rules.places import LEAVE_REASONS
from skills.courses.states import LIVE, LIVE_RESERVATION, Admission, ClassState, ReservationState
from skills.courses.views.words import words
from skills.people.queries import person
from skills.vouchers import queries as vouchers
from skills.vouchers.actions.hands import SERVE, reason_of
from skills.vouchers.rules.codes import SLIP_WORDS, SlipReason
from skills.vouchers.states import DisputeState
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, fresh_key, go, office, perform, show, tell, today

room = Room("class_counter", __name__)
room.context_processor(lambda: words() | {"why_words": SLIP_WORDS, "fresh_key": fresh_key})


@room.get("/gov/people/<person_id>/classes", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """The person's places and requests, and classes that are found by words."""
    asked_for = request.args.get("q", "").strip()[:60]
    found = catalogue.catalogue(db(), Filters(words=asked_for), today()).courses if asked_for else ()
    now = office().clock.now()
    page = show(
        "courses/counter.html", who=person(db(), person_id), q=asked_for,
        found=[(course, [c for c in catalogue.open_classes(db(), course.id) if c.state == ClassState.APPROVED]) for course in found],
        places=[_place(p) for p in classes.places_of(db(), person_id) if p.state in LIVE],
        asked=[r for r in reservations.mine(db(), person_id, now) if r.state in LIVE_RESERVATION], leave_words=LEAVE_REASONS,
    )  # fmt: skip
    return _private(page)


def _place(line: classes.PlaceLine) -> tuple[classes.PlaceLine, bool, reservations.LeaveLine | None]:
    """A place, whether it may be left freely today, and the request to leave it."""
    free = reservations.leaving_free_until(db(), line.enrolled_at, line.held.starts_on, today())
    return line, today() <= free, reservations.leave_of(db(), line.id)


@room.get("/gov/people/<person_id>/classes/<class_id>", may=SERVE)
def seat(person_id: str, class_id: str) -> ResponseReturnValue:
    """One class: what it costs the person with each voucher, and the one thing that can be done just now."""
    held = classes.open_class(db(), class_id)
    course = catalogue.course_of(db(), held.course_id, None, today())
    asked = reservations.live_in(db(), class_id, person_id, office().clock.now())
    waiting = reservations.waiting_in(db(), class_id)
    page = show(
        "courses/counter_seat.html", who=person(db(), person_id), held=held, course=course, asked=asked, waiting=waiting,
        choices=[c for c in prices.choices(db(), person_id, today(), course) if not c.missed],
        mine=classes.live_place(db(), class_id, person_id), full=held.seats_left < 1 or waiting > 0,
        confirms=held.admits == Admission.CONFIRMED, offered=asked is not None and asked.state == ReservationState.OFFERED,
    )  # fmt: skip
    return _private(page)


@room.get("/gov/people/<person_id>/receipt", may=SERVE)
def receipt(person_id: str) -> ResponseReturnValue:
    """What stands on paper for somebody without a phone: vouchers, places on lists, denials, classes, with every day that counts."""
    day, now = today(), office().clock.now()
    held = [v for v in vouchers.wallet(db(), person_id, day) if v.state in ("claimed", "reserved", "redeemed", "earned")]
    denied = [d for v in held if (d := vouchers.latest_dispute(db(), v.id)) is not None and d.state == DisputeState.OPENED]
    page = show(
        "courses/receipt.html", who=person(db(), person_id), held=held, lines=vouchers.places_of(db(), person_id), denied=denied,
        places=[p for p in classes.places_of(db(), person_id) if p.state in LIVE], now=now,
        asked=[r for r in reservations.mine(db(), person_id, now) if r.state in LIVE_RESERVATION],
    )  # fmt: skip
    return _private(page)


@room.post("/gov/people/<person_id>/classes/<class_id>/enrol", does=counter.enrol_for, name="enrol")
def enrol(person_id: str, class_id: str) -> ResponseReturnValue:
    perform(counter.enrol_for, OrderForm().key.data, person_id=person_id, class_id=class_id, reason=_reason(), voucher_id=_voucher())
    tell("已替本人报名，请打印回执", "The person holds a place; print the receipt")
    return go("class_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/classes/<class_id>/ask", does=counter.ask_for, name="ask")
def ask(person_id: str, class_id: str) -> ResponseReturnValue:
    done = perform(
        counter.ask_for, OrderForm().key.data, person_id=person_id, class_id=class_id, reason=_reason(), voucher_id=_voucher()
    )
    if done.state == ReservationState.WAITING:
        tell("已替本人排队", "The person is in the queue")
    else:
        tell("已替本人申请，等机构确认", "Asked for the person; the institution answers")
    return go("class_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/seats/<reservation_id>/take", does=counter.take_for, name="take")
def take(person_id: str, reservation_id: str) -> ResponseReturnValue:
    perform(
        counter.take_for, OrderForm().key.data, person_id=person_id, reservation_id=reservation_id, reason=_reason(),
        voucher_id=_voucher(),
    )  # fmt: skip
    tell("已替本人接受名额", "The seat is taken for the person")
    return go("class_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/seats/<reservation_id>/cancel", does=counter.cancel_for, name="cancel")
def cancel(person_id: str, reservation_id: str) -> ResponseReturnValue:
    perform(counter.cancel_for, OrderForm().key.data, person_id=person_id, reservation_id=reservation_id, reason=_reason())
    tell("已替本人取消申请", "The request is cancelled")
    return go("class_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/places/<enrolment_id>/withdraw", does=counter.withdraw_for, name="withdraw")
def withdraw(person_id: str, enrolment_id: str) -> ResponseReturnValue:
    perform(
        counter.withdraw_for, OrderForm().key.data, person_id=person_id, enrolment_id=enrolment_id, reason=_reason(),
        code=request.form.get("code", "")[:24],
    )  # fmt: skip
    tell("已替本人退课，培训券已退回", "The place is given back; the voucher is the person's again")
    return go("class_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/places/<enrolment_id>/leave", does=counter.ask_leave_for, name="ask_leave")
def ask_leave(person_id: str, enrolment_id: str) -> ResponseReturnValue:
    perform(
        counter.ask_leave_for, OrderForm().key.data, person_id=person_id, enrolment_id=enrolment_id, reason=_reason(),
        code=request.form.get("code", "")[:24],
    )  # fmt: skip
    tell("已替本人提交退课申请", "The request to leave is handed in")
    return go("class_counter.desk", person_id=person_id)


class WhyBody(BaseModel):
    """Why it is done at the counter."""

    reason: SlipReason


class SeatForBody(WhyBody):
    """A place in a class, with one of the person's vouchers or without."""

    class_id: str = Field(max_length=26)
    voucher_id: str | None = Field(None, max_length=26)


class TakeForBody(WhyBody):
    """With which voucher, if any."""

    voucher_id: str | None = Field(None, max_length=26)


class LeaveForBody(WhyBody):
    """Why the person leaves: illness, family, work, moved, quality, mistake, other."""

    code: str = Field("other", max_length=24)


@room.api("POST", "/people/<person_id>/enrolments", does=counter.enrol_for, body=SeatForBody, answers=Enrolled, status=201)
def enrol_person(person_id: str, body: SeatForBody) -> Enrolled:
    """Take a place in a class for somebody who is present at the counter."""
    return perform(
        counter.enrol_for, request_key(), person_id=person_id, class_id=body.class_id, reason=body.reason, voucher_id=body.voucher_id
    )


@room.api("POST", "/people/<person_id>/reservations", does=counter.ask_for, body=SeatForBody, answers=Reserved, status=201)
def ask_seat_for_person(person_id: str, body: SeatForBody) -> Reserved:
    """Ask for a seat, or a place in the queue, for somebody who is present at the counter."""
    return perform(
        counter.ask_for, request_key(), person_id=person_id, class_id=body.class_id, reason=body.reason, voucher_id=body.voucher_id
    )


@room.api("POST", "/people/<person_id>/reservations/<reservation_id>/take", does=counter.take_for, body=TakeForBody, answers=Reserved)
def take_seat_for_person(person_id: str, reservation_id: str, body: TakeForBody) -> Reserved:
    """Take the seat that was offered to somebody who is present at the counter."""
    return perform(
        counter.take_for, request_key(), person_id=person_id, reservation_id=reservation_id, reason=body.reason,
        voucher_id=body.voucher_id,
    )  # fmt: skip


@room.api("POST", "/people/<person_id>/reservations/<reservation_id>/cancel", does=counter.cancel_for, body=WhyBody, answers=Reserved)
def cancel_seat_for_person(person_id: str, reservation_id: str, body: WhyBody) -> Reserved:
    """Take a request back for somebody who is present at the counter."""
    return perform(counter.cancel_for, request_key(), person_id=person_id, reservation_id=reservation_id, reason=body.reason)


@room.api("POST", "/people/<person_id>/enrolments/<enrolment_id>/withdraw", does=counter.withdraw_for, body=LeaveForBody, answers=Left)
def withdraw_person(person_id: str, enrolment_id: str, body: LeaveForBody) -> Left:
    """Give a place back for somebody who is present at the counter, while that is free."""
    return perform(
        counter.withdraw_for, request_key(), person_id=person_id, enrolment_id=enrolment_id, reason=body.reason, code=body.code
    )


@room.api("POST", "/people/<person_id>/enrolments/<enrolment_id>/leave", does=counter.ask_leave_for, body=LeaveForBody,
          answers=LeaveAsked, status=201)
def ask_leave_for_person(person_id: str, enrolment_id: str, body: LeaveForBody) -> LeaveAsked:
    """Ask to leave, for somebody who is present at the counter, once leaving is free no more."""
    return perform(
        counter.ask_leave_for, request_key(), person_id=person_id, enrolment_id=enrolment_id, reason=body.reason, code=body.code
    )


def _reason() -> SlipReason:
    return reason_of(request.form.get("reason", ""))


def _voucher() -> str | None:
    return request.form.get("voucher", "")[:26] or None


def _private(page: ResponseReturnValue) -> ResponseReturnValue:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
