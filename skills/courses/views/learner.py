"""A person's own way: choose a class, confirm, follow it, leave in time."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.courses.actions import enrolments, leaving
from skills.courses.actions.enrolments import ENROL
from skills.courses.forms import EnrolForm, LeaveForm
from skills.courses.queries import catalogue, classes, prices, reservations
from skills.courses.states import LIVE, LIVE_RESERVATION, Admission
from skills.courses.views.reservations import leave_chip, why
from skills.courses.views.words import room
from skills.standards import queries as standards
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, office, perform, say, show, tell, today


@room.get("/me/enrol/<class_id>", may=ENROL, name="confirm")
def confirm(class_id: str) -> ResponseReturnValue:
    """What is taken, what it costs, what the voucher pays: one page before the last tap."""
    held = classes.open_class(db(), class_id)
    course = catalogue.course_of(db(), held.course_id, None, today())
    asked = prices.choices(db(), me().person_id, today(), course)
    choices = [c for c in asked if not c.missed]
    wanted = request.args.get("voucher")
    chosen = next((c for c in choices if c.voucher_id == wanted), choices[0] if choices and wanted != "none" else None)
    unfit = [c for c in asked if c.missed]
    form = EnrolForm()
    form.voucher.data = chosen.voucher_id if chosen else ""
    mine = classes.live_place(db(), class_id, me().person_id)
    waiting = reservations.waiting_in(db(), class_id)
    full = held.seats_left < 1 or waiting > 0
    return show(
        "courses/confirm.html", held=held, course=course, choices=choices, chosen=chosen, unfit=unfit, form=form,
        mine=mine, asked=reservations.live_in(db(), class_id, me().person_id, office().clock.now()), full=full, waiting=waiting,
        confirms=held.admits == Admission.CONFIRMED, days=standards.value(db(), "course.confirm_days", today()),
    )


@room.post("/me/enrol/<class_id>", does=enrolments.enrol, name="enrol")
def enrol(class_id: str) -> ResponseReturnValue:
    form = EnrolForm()
    done = perform(enrolments.enrol, form.key.data, class_id=class_id, voucher_id=form.voucher.data or None)
    tell("报名成功", "You hold a place")
    return go("courses.place", enrolment_id=done.enrolment_id)


@room.get("/me/courses", may=ENROL, name="places")
def places() -> ResponseReturnValue:
    """My courses with their progress."""
    asked = reservations.mine(db(), me().person_id, office().clock.now())
    return show("courses/places.html", places=classes.places_of(db(), me().person_id), steps=progress, asked=asked,
                live=LIVE_RESERVATION)  # fmt: skip


@room.get("/me/courses/<enrolment_id>", may=ENROL, name="place")
def place(enrolment_id: str) -> ResponseReturnValue:
    """One of my courses: progress, timetable, money, certificate."""
    return place_page(enrolment_id, LeaveForm())


def place_page(enrolment_id: str, form: LeaveForm, status: int = 200) -> ResponseReturnValue:
    """The page of a place, with the form to leave it as far as it is filled in."""
    held = classes.place_of(db(), enrolment_id, me().person_id)
    free = reservations.leaving_free_until(db(), held.enrolled_at, held.held.starts_on, today())
    asked = reservations.leave_of(db(), enrolment_id)
    return show(
        "courses/place.html", place=held, steps=progress, live=held.state in LIVE, free_until=free, free=today() <= free, asked=asked,
        form=form, why=why, leave_chip=leave_chip, status=status,
    )


@room.post("/me/courses/<enrolment_id>/withdraw", does=enrolments.withdraw, name="withdraw")
def withdraw(enrolment_id: str) -> ResponseReturnValue:
    form = LeaveForm()
    if not form.validate():
        return place_page(enrolment_id, form, 422)
    perform(enrolments.withdraw, form.key.data, enrolment_id=enrolment_id, code=form.code.data, reason=form.words.data)
    tell("已退课，培训券已退回券包", "You have left the class; the voucher is back in your wallet")
    return go("courses.place", enrolment_id=enrolment_id)


@room.post("/me/courses/<enrolment_id>/leave", does=leaving.ask, name="ask_leave")
def ask_leave(enrolment_id: str) -> ResponseReturnValue:
    form = LeaveForm()
    if not form.validate():
        return place_page(enrolment_id, form, 422)
    perform(leaving.ask, form.key.data, enrolment_id=enrolment_id, code=form.code.data, words=form.words.data)
    tell("退课申请已提交", "Your request to leave is handed in")
    return go("courses.place", enrolment_id=enrolment_id)


@room.post("/me/leaves/<request_id>/withdraw", does=leaving.withdraw, name="withdraw_leave")
def withdraw_leave(request_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(leaving.withdraw, form.key.data, request_id=request_id)
    tell("已撤回退课申请", "The request is taken back")
    return go("courses.places")


def progress(state: str) -> list[tuple[str, str]]:
    """Steps for the macro: text and state."""
    return [(say(zh, en), how) for zh, en, how in classes.steps(state)]
