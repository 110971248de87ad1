"""Somebody new by a number that was taken off another record: asked at the desk by one, released by another; pages and JSON API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.accounts.queries import name_of
from skills.accounts.views.counter import FIND, past_page, person_form, person_in, private
from skills.kernel.box import Box
from skills.people.actions.registrations import (
    RegistrationAsked,
    RegistrationDecided,
    ask_registration,
    decide_registration,
    withdraw_registration,
)
from skills.people.queries.registrations import RegistrationLine, registrations
from skills.people.queries.removals import PastUse, past_uses
from skills.people.states import RegistrationState
from skills.standards.queries import districts
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, fresh_key, go, me, perform, show, tell, tool

room = Room("registrations", __name__)
CHIPS = {
    RegistrationState.ASKED: "warn", RegistrationState.REGISTERED: "ok", RegistrationState.REFUSED: "bad", RegistrationState.WITHDRAWN: "idle",
}  # fmt: skip


@dataclass(frozen=True)
class Newcomer(RegistrationLine):
    """Somebody who is to be put on record, with the names of who asked and who decided."""

    asker: str
    decider: str


@dataclass(frozen=True)
class WantedOnRecord:
    """One line for a program: the number masked, no name; where the number stood before."""

    id: str
    document: str
    past: Sequence[PastUse]
    state: str
    asked_at: datetime
    decided_at: datetime | None
    person_id: str | None


class RegistrationBody(BaseModel):
    """Who comes with the number, and what was seen that shows this to be somebody else than the person of the earlier record."""

    name: str = Field(max_length=80)
    document_kind: str = Field(max_length=16)
    document_number: str = Field(max_length=40)
    birth: date
    sex: str = Field(max_length=1)
    district: str = Field(max_length=12)
    seen: str = Field(max_length=400)
    phone: str = Field(default="", max_length=20)


class ReleaseBody(BaseModel):
    """Whether the second person puts them on record; a refusal says why."""

    agree: bool
    answer: str = Field(default="", max_length=400)


@room.get("/gov/people/registrations", may=FIND)
def listing() -> ResponseReturnValue:
    """Who waits for a second person, the oldest first; or what was decided."""
    closed = request.args.get("closed") == "1"
    lines, places = [_named(line) for line in registrations(db(), closed=closed)], {d.code: d.name for d in districts(db())}
    return private(
        show(
            "people/registrations.html", lines=lines, closed=closed, chips=CHIPS, account=me().actor.account, key=fresh_key(), places=places
        )
    )


@room.post("/gov/people/registrations", does=ask_registration)
def ask() -> ResponseReturnValue:
    """Somebody is here with a number that was taken off another record."""
    form = person_form()
    document = form.document_kind.data or "", form.document_number.data or ""
    if not form.validate_on_submit():
        return past_page(form, past_uses(db(), tool(Box), [document]).get(document, ()))
    perform(ask_registration, form.key.data, seen=form.seen.data or "", **person_in(form))
    tell("已提交，等待另一位同事复核；复核后才另建档案", "Handed in: there is a record once a colleague has released it")
    return go("registrations.listing")


@room.post("/gov/people/registrations/<registration_id>/decide", does=decide_registration)
def decide(registration_id: str) -> ResponseReturnValue:
    """The second person."""
    agree = request.form.get("agree") == "yes"
    done = perform(
        decide_registration, OrderForm().key.data, registration_id=registration_id, agree=agree, answer=request.form.get("answer", "")
    )
    if done.state == RegistrationState.REGISTERED:
        tell("已登记，另成一份档案", "On record, as somebody new")
    else:
        tell("不予登记，理由已记录", "Not put on record; the reason is kept")
    return go("registrations.listing")


@room.post("/gov/people/registrations/<registration_id>/withdraw", does=withdraw_registration)
def withdraw(registration_id: str) -> ResponseReturnValue:
    """Take it back."""
    perform(withdraw_registration, OrderForm().key.data, registration_id=registration_id)
    tell("已撤回", "Taken back")
    return go("registrations.listing")


@room.api("GET", "/people/registrations", may=FIND, answers=list[WantedOnRecord])
def api_listing() -> list[WantedOnRecord]:
    """Who is to be put on record by a number that was taken off another record, the oldest first."""
    return [WantedOnRecord(r.id, r.masked, r.past, r.state, r.asked_at, r.decided_at, r.person_id) for r in registrations(db())]


@room.api("POST", "/people/registrations", does=ask_registration, body=RegistrationBody, answers=RegistrationAsked, status=201)
def api_ask(body: RegistrationBody) -> RegistrationAsked:
    """Ask that somebody new is put on record by a number that was taken off another record."""
    return perform(ask_registration, request_key(), **body.model_dump())


@room.api("POST", "/people/registrations/<registration_id>/decision", does=decide_registration, body=ReleaseBody, answers=RegistrationDecided)
def api_decide(registration_id: str, body: ReleaseBody) -> RegistrationDecided:
    """The second person: put on record, or not, with the reason."""
    return perform(decide_registration, request_key(), registration_id=registration_id, agree=body.agree, answer=body.answer)


@room.api("POST", "/people/registrations/<registration_id>/withdrawal", does=withdraw_registration, answers=None)
def api_withdraw(registration_id: str) -> None:
    """Take back what nobody has decided."""
    perform(withdraw_registration, request_key(), registration_id=registration_id)


def _named(line: RegistrationLine) -> Newcomer:
    return Newcomer(
        **{f.name: getattr(line, f.name) for f in fields(line)}, asker=name_of(db(), line.asked_by),
        decider=name_of(db(), line.decided_by) if line.decided_by else "",
    )  # fmt: skip
