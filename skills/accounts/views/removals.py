"""Documents that are on a record by mistake: asked at the desk by one, taken off by another; pages and JSON API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.accounts.queries import name_of
from skills.accounts.views.counter import FIND, REMOVAL_CHIPS, DocumentOnRecord, documents_on_record, private
from skills.people.actions.removals import RemovalAsked, RemovalDecided, ask_removal, decide_removal, withdraw_removal
from skills.people.parts import Issued, issued_with
from skills.people.queries.removals import RemovalLine, removals
from skills.people.states import RemovalState
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, fresh_key, go, me, perform, show, tell

room = Room("removals", __name__)


@dataclass(frozen=True)
class Removal(RemovalLine):
    """A document that is wanted off, with the names of who asked and who decided, and the certificates that name it."""

    asker: str
    decider: str
    issued: Sequence[Issued]


@dataclass(frozen=True)
class WantedOff:
    """One line for a program: the number masked, no name; and the certificates that name it."""

    id: str
    addition_id: str | None
    document_id: str
    person_id: str
    document: str
    reason_zh: str
    reason_en: str
    state: str
    asked_at: datetime
    decided_at: datetime | None
    certificates: Sequence[Issued]


class AskBody(BaseModel):
    """Why it is taken off (of_another, mistyped, not_proved), and what was seen that shows it; birth date and sex (M, F) as they
    are read off a document that stays, where no number says them.
    """

    reason: str = Field(max_length=16)
    grounds: str = Field(max_length=400)
    birth: date | None = None
    sex: str = Field(default="", max_length=1)


class DecideBody(BaseModel):
    """Whether the second person takes it off; a refusal says why."""

    agree: bool
    answer: str = Field(default="", max_length=400)


@room.get("/gov/people/removals", may=FIND)
def listing() -> ResponseReturnValue:
    """What waits for a second person, the oldest first; or what was decided."""
    closed = request.args.get("closed") == "1"
    lines = [_named(line) for line in removals(db(), closed=closed)]
    return private(show("people/removals.html", lines=lines, closed=closed, chips=REMOVAL_CHIPS, account=me().actor.account, key=fresh_key()))


@room.post("/gov/people/documents/<document_id>/removal", does=ask_removal)
def ask(document_id: str) -> ResponseReturnValue:
    """It is on this record by mistake."""
    said = {name: request.form.get(name, "") for name in ("reason", "grounds", "sex")}
    birth = request.form.get("birth", type=date.fromisoformat)
    perform(ask_removal, OrderForm().key.data, document_id=document_id, birth=birth, **said)
    tell("已提交，等待另一位同事复核；复核前这个号码仍能查到此人", "Handed in: the number finds the person until a colleague has decided")
    return go("removals.listing")


@room.post("/gov/people/removals/<removal_id>/decide", does=decide_removal)
def decide(removal_id: str) -> ResponseReturnValue:
    """The second person."""
    agree = request.form.get("agree") == "yes"
    done = perform(decide_removal, OrderForm().key.data, removal_id=removal_id, agree=agree, answer=request.form.get("answer", ""))
    if done.state == RemovalState.REMOVED:
        tell("已撤下：这个号码不再查到此人，已告知本人", "Taken off: the number finds this person no more, who has been told")
    else:
        tell("不予撤下，理由已记录", "It stays; the reason is on record")
    return go("removals.listing")


@room.post("/gov/people/removals/<removal_id>/withdraw", does=withdraw_removal)
def withdraw(removal_id: str) -> ResponseReturnValue:
    """Take the wish back."""
    perform(withdraw_removal, OrderForm().key.data, removal_id=removal_id)
    tell("已撤回", "Taken back")
    return go("removals.listing")


@room.api("GET", "/people/removals", may=FIND, answers=list[WantedOff])
def api_listing() -> list[WantedOff]:
    """Documents that are to be taken off and wait for a second person, the oldest first; with ?closed=1 what was decided."""
    return [
        WantedOff(
            r.id, r.addition_id, r.document_id, r.person_id, r.masked, r.reason_zh, r.reason_en, r.state, r.asked_at, r.decided_at,
            issued_with(db(), r.person_id, r.document_id),
        )
        for r in removals(db(), closed=request.args.get("closed") == "1")
    ]  # fmt: skip


@room.api("GET", "/people/<person_id>/documents", may=FIND, answers=list[DocumentOnRecord])
def api_documents(person_id: str) -> list[DocumentOnRecord]:
    """The documents that find a person, and the certificates that name each."""
    return documents_on_record(person_id)


@room.api("POST", "/people/documents/<document_id>/removal", does=ask_removal, body=AskBody, answers=RemovalAsked, status=201)
def api_ask(document_id: str, body: AskBody) -> RemovalAsked:
    """Ask that a document which is on a record by mistake is taken off, be it the one with which the record was made."""
    return perform(ask_removal, request_key(), document_id=document_id, **body.model_dump())


@room.api("POST", "/people/removals/<removal_id>/decision", does=decide_removal, body=DecideBody, answers=RemovalDecided)
def api_decide(removal_id: str, body: DecideBody) -> RemovalDecided:
    """The second person: taken off, or it stays, with the reason."""
    return perform(decide_removal, request_key(), removal_id=removal_id, agree=body.agree, answer=body.answer)


@room.api("POST", "/people/removals/<removal_id>/withdrawal", does=withdraw_removal, answers=None)
def api_withdraw(removal_id: str) -> None:
    """Take a wish back that nobody has decided."""
    perform(withdraw_removal, request_key(), removal_id=removal_id)


def _named(line: RemovalLine) -> Removal:
    return Removal(
        **{f.name: getattr(line, f.name) for f in fields(line)}, asker=name_of(db(), line.asked_by),
        decider=name_of(db(), line.decided_by) if line.decided_by else "", issued=issued_with(db(), line.person_id, line.document_id),
    )  # fmt: skip
