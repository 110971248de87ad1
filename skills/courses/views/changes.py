"""变更报备 and 订单班: filed by the institution, decided by the bureau, seen by the employer."""

from __future__ import annotations

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, Field

from skills.accounts import queries as accounts
from skills.courses.actions import changes as acts
from skills.courses.actions import orders as order_acts
from skills.courses.actions.changes import APPROVE, MANAGE, ChangeMade
from skills.courses.actions.orders import SEE, OrderMade
from skills.courses.forms import MoveForm, OrderContractForm, ReasonForm
from skills.courses.queries import changes as queries
from skills.courses.queries import classes
from skills.courses.queries import delivery as held
from skills.courses.queries.changes import AttendeeLine, ChangeLine, OrderLine
from skills.courses.views.words import room
from skills.kernel.errors import Missing
from skills.web import paging
from skills.web.openapi import request_key
from skills.web.pages import db, go, me, office, perform, say, show, tell

CHIPS = {"asked": "warn", "filed": "ok", "granted": "ok", "refused": "bad", "lapsed": "idle", "live": "ok", "declined": "bad", "ended": "idle"}


class MoveBody(BaseModel):
    """A session as it shall be held; lecturers by id of the pool."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    room: str = Field(min_length=1, max_length=60)
    lecturers: list[str] = Field(default_factory=list, max_length=10)
    address: str = Field("", max_length=120)
    reason: str = Field(min_length=1, max_length=400)


class AnswerBody(BaseModel):
    """The bureau's answer."""

    answer: str = Field("", max_length=400)


class OrderBody(BaseModel):
    """An employer's contract for seats of a class."""

    employer_id: str = Field(max_length=26)
    number: str = Field(min_length=1, max_length=40)
    signed_on: date
    seats: int = Field(ge=1, le=1000)
    until: date
    title: str = Field("", max_length=40)


class WhyEndBody(BaseModel):
    """Why; the other side reads it."""

    reason: str = Field(min_length=1, max_length=400)


@room.context_processor
def words() -> dict[str, object]:
    """Words that templates of changes and order classes use."""
    return {"change_chip": lambda line: (CHIPS[line.state], say(*line.state_words))}


def _own(class_id: str) -> None:
    classes.class_of(db(), class_id, me().actor.organisations_for(MANAGE))


# Changes -----------------------------------------------------------------------------------------------------------


@room.get("/org/classes/<class_id>/sessions/<session_id>/move", may=MANAGE, name="move_form")
def move_form(class_id: str, session_id: str) -> ResponseReturnValue:
    """The session as it is, and the form for how it shall be."""
    return _move(class_id, session_id, None)


@room.post("/org/classes/<class_id>/sessions/<session_id>/move", does=acts.move, name="move_session")
def move(class_id: str, session_id: str) -> ResponseReturnValue:
    form = MoveForm()
    order = form.order(db()) if form.validate_on_submit() else None
    if order is None:
        return _move(class_id, session_id, form, 422)
    done = perform(acts.move, form.key.data, session_id=session_id, **order).or_refuse()
    if done.state == "filed":
        tell("已报备，已通知学员", "Filed; the learners were told")
    else:
        tell("已过报备期限，等人力社保局审批", "Too late to be filed; the bureau decides")
    return go("courses.sessions", class_id=class_id)


def _move(class_id: str, session_id: str, form: MoveForm | None, status: int = 200) -> ResponseReturnValue:
    own = classes.class_of(db(), class_id, me().actor.organisations_for(MANAGE))
    line = next((s for s in held.records(db(), class_id, office().clock.now()) if s.session_id == session_id), None)
    if line is None:
        raise Missing("class_session.unknown")
    return show("courses/changes/move.html", status, held=own, line=line, form=form or MoveForm.of(line))


@room.get("/gov/changes", may=APPROVE, name="changes")
def changes() -> ResponseReturnValue:
    """Changes that wait, or the others."""
    asked, after = request.args.get("state") != "closed", request.args.get("after", "")[:26]
    found = queries.changes(db(), me().actor.districts_for(APPROVE), asked, after, queries.PAGE + 1)
    return show("courses/changes/changes.html", changes=found[: queries.PAGE], more=len(found) > queries.PAGE, asked=asked)


@room.post("/gov/changes/<change_id>/grant", does=acts.grant, name="grant_change")
def grant(change_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    done = perform(acts.grant, form.key.data, change_id=change_id, answer=form.reason.data or "").or_refuse()
    if done.state == "lapsed":
        tell("课已开始，申请过期", "The session has begun; it is too late")
    else:
        tell("已同意变更，已通知学员", "Granted; the learners were told")
    return go("courses.changes")


@room.post("/gov/changes/<change_id>/refuse", does=acts.refuse, name="refuse_change")
def refuse(change_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(acts.refuse, form.key.data, change_id=change_id, answer=form.reason.data or "")
    tell("未同意变更", "Refused")
    return go("courses.changes")


@room.api("POST", "/sessions/<session_id>/move", does=acts.move, body=MoveBody, answers=ChangeMade, status=201)
def api_move_session(session_id: str, body: MoveBody) -> ChangeMade:
    """File that a session is held at another time, in another room or by others."""
    order = body.model_dump(exclude={"lecturers"})
    return perform(acts.move, request_key(), session_id=session_id, lecturers=tuple(body.lecturers), **order).or_refuse()


@room.api("GET", "/classes/<class_id>/changes", may=MANAGE, answers=list[ChangeLine])
def list_class_changes(class_id: str) -> list[ChangeLine]:
    """The history of changes of one's own class, newest first."""
    _own(class_id)
    return queries.changes_of(db(), class_id)


@room.api("GET", "/changes", may=APPROVE, answers=list[ChangeLine], skips=True)
def list_changes() -> list[ChangeLine]:
    """Changes that wait for the bureau, newest first; `?state=closed` for the others."""
    page, asked = paging.asked(), request.args.get("state") != "closed"
    return queries.changes(db(), me().actor.districts_for(APPROVE), asked, page.key, page.limit + 1)


@room.api("POST", "/changes/<change_id>/grant", does=acts.grant, body=AnswerBody, answers=ChangeMade)
def api_grant_change(change_id: str, body: AnswerBody) -> ChangeMade:
    """Agree to a late change."""
    return perform(acts.grant, request_key(), change_id=change_id, answer=body.answer).or_refuse()


@room.api("POST", "/changes/<change_id>/refuse", does=acts.refuse, body=AnswerBody, answers=ChangeMade)
def api_refuse_change(change_id: str, body: AnswerBody) -> ChangeMade:
    """The session stays as it is."""
    return perform(acts.refuse, request_key(), change_id=change_id, answer=body.answer)


# Order classes -----------------------------------------------------------------------------------------------------


@room.get("/org/classes/<class_id>/order", may=MANAGE, name="order_form")
def order_form(class_id: str) -> ResponseReturnValue:
    """The contract of one's own class, or the form to put one on record."""
    return _order(class_id, OrderContractForm())


def _order(class_id: str, form: OrderContractForm, status: int = 200) -> ResponseReturnValue:
    own = classes.class_of(db(), class_id, me().actor.organisations_for(MANAGE))
    return show("courses/changes/order.html", status, held=own, order=queries.order_of(db(), class_id), form=form)


@room.post("/org/classes/<class_id>/order", does=order_acts.record, name="record_order")
def record_order(class_id: str) -> ResponseReturnValue:
    form = OrderContractForm()
    if not form.validate_on_submit():
        return _order(class_id, form, 422)
    code = form.employer.data.upper()
    employer = next((o.id for o in accounts.organisations(db(), "enterprise", "approved") if o.credit_code == code), None)
    if employer is None:
        form.employer.errors = [say("没有查到这个用人单位，请核对统一社会信用代码", "No employer on record has this credit code")]
        return _order(class_id, form, 422)
    perform(order_acts.record, form.key.data, class_id=class_id, employer_id=employer, **form.order())
    tell("合同已登记，已通知用人单位", "On record; the employer was told")
    return go("courses.order_form", class_id=class_id)


@room.post("/org/classes/<class_id>/order/<order_id>/end", does=order_acts.end, name="end_order")
def end_order(class_id: str, order_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(order_acts.end, form.key.data, order_id=order_id, reason=form.reason.data or "")
    tell("合同已终止", "The contract has ended")
    return go("courses.order_form", class_id=class_id)


@room.get("/ent/order-classes", may=SEE, name="order_classes")
def order_classes() -> ResponseReturnValue:
    """The order classes of one's own firm."""
    found = queries.orders_of(db(), me().actor.organisations_for(SEE), request.args.get("after", "")[:26], queries.PAGE + 1)
    return show("courses/changes/order_classes.html", orders=found[: queries.PAGE], more=len(found) > queries.PAGE)


@room.get("/ent/order-classes/<order_id>", may=SEE, name="order_class")
def order_class(order_id: str) -> ResponseReturnValue:
    """One of them, with who attends."""
    line = queries.order(db(), order_id, me().actor.organisations_for(SEE))
    return show("courses/changes/order_class.html", order=line, people=queries.attendees(db(), order_id, office().clock.now()))


@room.post("/ent/order-classes/<order_id>/decline", does=order_acts.decline, name="decline_order")
def decline_order(order_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(order_acts.decline, form.key.data, order_id=order_id, reason=form.reason.data or "")
    tell("已否认，已告知培训机构", "Declined; the institution was told")
    return go("courses.order_class", order_id=order_id)


@room.api("GET", "/classes/<class_id>/order", may=MANAGE, answers=OrderLine)
def api_order_of(class_id: str) -> OrderLine:
    """The newest contract of one's own class."""
    _own(class_id)
    found = queries.order_of(db(), class_id)
    if found is None:
        raise Missing("order_contract.unknown")
    return found


@room.api("POST", "/classes/<class_id>/order", does=order_acts.record, body=OrderBody, answers=OrderMade, status=201)
def api_record_order(class_id: str, body: OrderBody) -> OrderMade:
    """Put an employer's contract for seats of a class on record."""
    return perform(order_acts.record, request_key(), class_id=class_id, **body.model_dump())


@room.api("POST", "/orders/<order_id>/end", does=order_acts.end, body=WhyEndBody, answers=OrderMade)
def api_end_order(order_id: str, body: WhyEndBody) -> OrderMade:
    """The contract ends."""
    return perform(order_acts.end, request_key(), order_id=order_id, reason=body.reason)


@room.api("GET", "/ent/order-classes", may=SEE, answers=list[OrderLine], skips=True)
def list_order_classes() -> list[OrderLine]:
    """The order classes of one's own firm, newest first."""
    page = paging.asked()
    return queries.orders_of(db(), me().actor.organisations_for(SEE), page.key, page.limit + 1)


@room.api("GET", "/ent/order-classes/<order_id>/people", may=SEE, answers=list[AttendeeLine])
def list_order_people(order_id: str) -> list[AttendeeLine]:
    """Who of one's own people attends an order class."""
    queries.order(db(), order_id, me().actor.organisations_for(SEE))
    return queries.attendees(db(), order_id, office().clock.now())


@room.api("POST", "/orders/<order_id>/decline", does=order_acts.decline, body=WhyEndBody, answers=OrderMade)
def api_decline_order(order_id: str, body: WhyEndBody) -> OrderMade:
    """One's own firm signed no such contract."""
    return perform(order_acts.decline, request_key(), order_id=order_id, reason=body.reason)
