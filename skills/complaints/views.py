"""The complaints desk: writing, following with number and word, and the authority's cases."""

from __future__ import annotations

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.complaints import actions, queries
from skills.complaints.actions import Received
from skills.complaints.forms import ComplaintForm, FollowForm
from skills.complaints.queries import CaseLine
from skills.complaints.rules import LONGEST
from skills.complaints.states import COMPLAINT
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.limits import limiter
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, MenuEntry, Room, db, fresh_key, go, lang, me, perform, show, tell, today, tool

room = Room("complaints", __name__)
FACES = [room]
MENU = [MenuEntry("gov", "/gov/complaints", "flag", "投诉举报", "Complaints", may="complaint.see")]
SEE = "complaint.see"


class ComplaintBody(BaseModel):
    """A complaint. `kind` is one of the published kinds; `contact` may be empty where the kind may be anonymous."""

    kind: str = Field(max_length=24)
    text: str = Field(min_length=1, max_length=LONGEST)
    contact: str = Field(default="", max_length=200)
    about_id: str | None = None


@room.get("/complaints/new", may=PUBLIC)
def new() -> ResponseReturnValue:
    return show("complaints/new.html", form=ComplaintForm(), kinds=queries.kinds(db(), today()))


@room.post("/complaints/new", does=actions.file, name="file")
@limiter.limit("10 per hour")
def file() -> ResponseReturnValue:
    """Take it in; the receipt is shown once, with the word that opens the case."""
    form = ComplaintForm()
    if not form.validate_on_submit():
        return show("complaints/new.html", 422, form=form, kinds=queries.kinds(db(), today()))
    done = perform(
        actions.file, form.key.data, kind=form.kind.data, text=form.text.data, contact=form.contact.data or "",
        about_id=form.about.data or None,
    )  # fmt: skip
    return _private(show("complaints/received.html", done=done))


@room.get("/complaints/follow", may=PUBLIC)
def follow() -> ResponseReturnValue:
    return show("complaints/follow.html", form=FollowForm(), case=None, problem=None)


@room.post("/complaints/follow", may=PUBLIC, name="followed")
@limiter.limit("20 per hour")
def followed() -> ResponseReturnValue:
    """Number and word open the case; the word never stands in an address."""
    form = FollowForm()
    if not form.validate_on_submit():
        return show("complaints/follow.html", 422, form=form, case=None, problem=None)
    try:
        case = queries.by_word(db(), tool(Box), form.number.data or "", form.word.data or "", today())
    except Missing as missing:
        problem = i18n.tell_refusal(missing, lang())
        return _private(show("complaints/follow.html", 404, form=form, case=None, problem=problem))
    return _private(show("complaints/follow.html", form=form, case=case, problem=None))


@room.get("/gov/complaints", may=SEE)
def cases() -> ResponseReturnValue:
    closed = request.args.get("closed") == "1"
    return show("complaints/cases.html", cases=queries.cases(db(), today(), closed=closed), closed=closed)


@room.get("/gov/complaints/<complaint_id>", may=SEE)
def case(complaint_id: str) -> ResponseReturnValue:
    found = queries.case(db(), tool(Box), complaint_id, today())
    moves = {m.name for m in COMPLAINT.open_moves(found.line.state)} if me().actor.may("complaint.handle") else set()
    mine = found.taken_by in (None, me().actor.account)
    return _private(show("complaints/case.html", c=found, moves=moves if mine else set(), key=fresh_key()))


@room.post("/gov/complaints/<complaint_id>/take", does=actions.take, name="take")
def take(complaint_id: str) -> ResponseReturnValue:
    perform(actions.take, OrderForm().key.data, complaint_id=complaint_id)
    tell("已承办", "You handle this case")
    return go("complaints.case", complaint_id=complaint_id)


@room.post("/gov/complaints/<complaint_id>/answer", does=actions.answer, name="answer")
def answer(complaint_id: str) -> ResponseReturnValue:
    perform(actions.answer, OrderForm().key.data, complaint_id=complaint_id, text=request.form.get("text", ""))
    tell("已答复", "Answered")
    return go("complaints.case", complaint_id=complaint_id)


@room.post("/gov/complaints/<complaint_id>/pass-on", does=actions.pass_on, name="pass_on")
def pass_on(complaint_id: str) -> ResponseReturnValue:
    perform(actions.pass_on, OrderForm().key.data, complaint_id=complaint_id, text=request.form.get("text", ""))
    tell("已转送", "Passed on")
    return go("complaints.case", complaint_id=complaint_id)


@room.api("POST", "/complaints", does=actions.file, body=ComplaintBody, answers=Received, status=201)
def create_complaint(body: ComplaintBody) -> Received:
    """File a complaint; the receipt holds the word that opens it later."""
    return perform(
        actions.file, request_key(), kind=body.kind, text=body.text, contact=body.contact, about_id=body.about_id
    )


@room.api("GET", "/complaints", may=SEE, answers=list[CaseLine])
def list_complaints() -> list[CaseLine]:
    """Open cases by their last day."""
    return list(queries.cases(db(), today()))


def _private(answer: ResponseReturnValue) -> Response:
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response
