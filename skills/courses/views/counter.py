"""The authority's counter: places in classes for somebody who stands there."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field

from skills.courses.actions import counter
from skills.courses.actions.reservations import Reserved
from skills.courses.queries import catalogue, classes, prices, reservations
from skills.courses.queries.facets import Filters
from skills.courses.rules.places import LEAVE_REASONS
from skills.courses.states import LIVE, LIVE_RESERVATION, Admission, ClassState, ReservationState
from skills.courses.views.words import words
from skills.people.actions.counter import SERVE
from skills.people.errands import Desk, Errand, WhyBody, open_desk, part, show_desk
from skills.web.pages import Room, db, office, today

room = Room("class_counter", __name__)
room.context_processor(words)


class TakeForBody(WhyBody):
    """With which voucher, if any."""

    voucher_id: str | None = Field(None, max_length=26)


class SeatForBody(TakeForBody):
    """A place in a class, with one of the person's vouchers or without."""

    class_id: str = Field(max_length=26)


class LeaveForBody(WhyBody):
    """Why the person leaves: illness, family, work, moved, quality, mistake, other."""

    code: str = Field("other", max_length=24)


@room.get("/gov/people/<person_id>/classes", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """The person's places and requests, and classes that are found by words."""
    asked_for = request.args.get("q", "").strip()[:60]
    found = catalogue.catalogue(db(), Filters(words=asked_for), today()).courses if asked_for else ()
    return show_desk(
        "courses/counter.html", person_id, q=asked_for,
        found=[(course, [c for c in catalogue.open_classes(db(), course.id) if c.state == ClassState.APPROVED]) for course in found],
        places=[_place(p) for p in _places(person_id)], asked=_asked(person_id), leave_words=LEAVE_REASONS,
    )  # fmt: skip


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
    return show_desk(
        "courses/counter_seat.html", person_id, held=held, course=course, asked=asked, waiting=waiting,
        choices=[c for c in prices.choices(db(), person_id, today(), course) if not c.missed],
        mine=classes.live_place(db(), class_id, person_id), full=held.seats_left < 1 or waiting > 0,
        confirms=held.admits == Admission.CONFIRMED, offered=asked is not None and asked.state == ReservationState.OFFERED,
    )  # fmt: skip


def _places(person_id: str) -> list[classes.PlaceLine]:
    return [p for p in classes.places_of(db(), person_id) if p.state in LIVE]


def _asked(person_id: str) -> list[reservations.ReservationLine]:
    return [r for r in reservations.mine(db(), person_id, office().clock.now()) if r.state in LIVE_RESERVATION]


def _receipt(person_id: str) -> str:
    return part("courses/_receipt.html", places=_places(person_id), asked=_asked(person_id), **words())


def _told_asked(done: Reserved) -> tuple[str, str]:
    if done.state == ReservationState.WAITING:
        return "已替本人排队", "The person is in the queue"
    return "已替本人申请，等机构确认", "Asked for the person; the institution answers"


open_desk(
    room, Desk("class_counter.desk", "课程", "Classes", _receipt),
    Errand("enrol", counter.enrol_for, "classes/<class_id>/enrol", "enrolments",
           ("已替本人报名，请打印回执", "The person holds a place; print the receipt"), SeatForBody, status=201),
    Errand("ask", counter.ask_for, "classes/<class_id>/ask", "reservations", _told_asked, SeatForBody, status=201),
    Errand("take", counter.take_for, "seats/<reservation_id>/take", "reservations/<reservation_id>/take",
           ("已替本人接受名额", "The seat is taken for the person"), TakeForBody),
    Errand("cancel", counter.cancel_for, "seats/<reservation_id>/cancel", "reservations/<reservation_id>/cancel",
           ("已替本人取消申请", "The request is cancelled")),
    Errand("withdraw", counter.withdraw_for, "places/<enrolment_id>/withdraw", "enrolments/<enrolment_id>/withdraw",
           ("已替本人退课，培训券已退回", "The place is given back; the voucher is the person's again"), LeaveForBody),
    Errand("ask_leave", counter.ask_leave_for, "places/<enrolment_id>/leave", "enrolments/<enrolment_id>/leave",
           ("已替本人提交退课申请", "The request to leave is handed in"), LeaveForBody, status=201),
)  # fmt: skip
