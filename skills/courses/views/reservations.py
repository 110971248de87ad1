"""Seats that are asked for: by people, answered by institutions; leaving, decided by the bureau."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.courses.actions import leaving, reservations
from skills.courses.actions.classes import MANAGE
from skills.courses.actions.enrolments import ENROL
from skills.courses.actions.leaving import DECIDE
from skills.courses.forms import EnrolForm, ReasonForm
from skills.courses.queries import catalogue, prices
from skills.courses.queries import reservations as queries
from skills.courses.rules.places import LEAVE_REASONS
from skills.courses.states import LEAVE, ReservationState
from skills.courses.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, office, perform, say, show, tell, today


@room.post("/me/reservations/<class_id>", does=reservations.ask, name="ask_seat")
def ask(class_id: str) -> ResponseReturnValue:
    form = EnrolForm()
    done = perform(reservations.ask, form.key.data, class_id=class_id, voucher_id=form.voucher.data or None)
    if done.state == ReservationState.WAITING:
        tell("已排队，轮到时会通知你", "You are in the queue and are told when it is your turn")
    else:
        tell("已申请，等机构确认", "Asked; the institution answers")
    return go("courses.places")


@room.get("/me/reservations/<reservation_id>/take", may=ENROL, name="offered_seat")
def offered(reservation_id: str) -> ResponseReturnValue:
    """The offered seat, what it costs, with which voucher: one page before the last tap."""
    line = queries.one(db(), reservation_id, me().person_id, office().clock.now())
    course = catalogue.course_of(db(), line.held.course_id, None, today())
    choices = [c for c in prices.choices(db(), me().person_id, today(), course) if not c.missed]
    wanted = request.args.get("voucher")
    chosen = next((c for c in choices if c.voucher_id == wanted), choices[0] if choices and wanted != "none" else None)
    form = EnrolForm()
    form.voucher.data = chosen.voucher_id if chosen else ""
    return show("courses/offered.html", line=line, held=line.held, course=course, choices=choices, chosen=chosen, form=form)


@room.post("/me/reservations/<reservation_id>/take", does=reservations.take, name="take_seat")
def take(reservation_id: str) -> ResponseReturnValue:
    form = EnrolForm()
    done = perform(reservations.take, form.key.data, reservation_id=reservation_id, voucher_id=form.voucher.data or None)
    if done.enrolment_id:
        tell("报名成功", "You hold a place")
        return go("courses.place", enrolment_id=done.enrolment_id)
    tell("已接受，等机构确认", "Taken; the institution answers")
    return go("courses.places")


@room.post("/me/reservations/<reservation_id>/cancel", does=reservations.cancel, name="cancel_seat")
def cancel(reservation_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(reservations.cancel, form.key.data, reservation_id=reservation_id)
    tell("已取消申请", "The request is cancelled")
    return go("courses.places")


@room.get("/org/requests", may=MANAGE, name="requests")
def requests() -> ResponseReturnValue:
    """What has to be answered, the most urgent first."""
    mine, after = me().actor.organisations_for(MANAGE), request.args.get("after", "")[:26]
    lines = queries.requests(db(), mine, office().clock.now(), after)
    return show("courses/requests.html", lines=lines, more=len(lines) == queries.PAGE)


@room.post("/org/requests/<reservation_id>/confirm", does=reservations.confirm, name="confirm_seat")
def confirm(reservation_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(reservations.confirm, form.key.data, reservation_id=reservation_id)
    tell("已确认录取", "Confirmed")
    return go("courses.requests")


@room.post("/org/requests/<reservation_id>/decline", does=reservations.decline, name="decline_seat")
def decline(reservation_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(reservations.decline, form.key.data, reservation_id=reservation_id, reason=form.reason.data or "")
    tell("已婉拒，名额和券已退回", "Declined; seat and voucher are free")
    return go("courses.requests")


@room.get("/gov/leaves", may=DECIDE, name="leaves")
def leaves() -> ResponseReturnValue:
    """Requests to leave, the earliest due first; or those that are closed."""
    opened, after = request.args.get("state") != "closed", request.args.get("after", "")[:26]
    lines = queries.leave_requests(db(), me().actor.districts_for(DECIDE), opened, after)
    more = len(lines) == queries.PAGE
    return show("courses/leaves.html", lines=lines, more=more, opened=opened, why=why, chip=leave_chip, day_now=today())


@room.get("/gov/leaves/<request_id>", may=DECIDE, name="leave_request")
def leave_request(request_id: str) -> ResponseReturnValue:
    """One request: the place, the reason, the person's words."""
    line = queries.leave_request(db(), request_id, me().actor.districts_for(DECIDE))
    return show("courses/leave.html", line=line, why=why, chip=leave_chip, form=ReasonForm(), day_now=today())


@room.post("/gov/leaves/<request_id>/grant", does=leaving.grant, name="grant_leave")
def grant(request_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(leaving.grant, form.key.data, request_id=request_id, reason=form.reason.data or "")
    tell("已准予退课，券已退回", "Granted; the voucher is back")
    return go("courses.leave_request", request_id=request_id)


@room.post("/gov/leaves/<request_id>/refuse", does=leaving.refuse, name="refuse_leave")
def refuse(request_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(leaving.refuse, form.key.data, request_id=request_id, reason=form.reason.data or "")
    tell("未准予，已告知本人", "Refused; the person is told")
    return go("courses.leave_request", request_id=request_id)


def why(code: str) -> str:
    """A reason for leaving in words."""
    return say(*LEAVE_REASONS[code])


def leave_chip(state: str) -> tuple[str, str]:
    """A chip's kind and words."""
    kinds = {"opened": "warn", "granted": "ok", "refused": "bad", "withdrawn": "idle"}
    return kinds[state], say(*LEAVE.words[LEAVE.states(state)])
