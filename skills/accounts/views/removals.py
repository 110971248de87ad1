"""Documents that were added by mistake: asked at the desk by one, taken off by another; pages and JSON API."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.accounts.queries import name_of
from skills.accounts.views.counter import FIND, REMOVAL_CHIPS, private
from skills.people.actions.removals import RemovalAsked, RemovalDecided, ask_removal, decide_removal, withdraw_removal
from skills.people.queries.removals import RemovalLine, removals
from skills.people.states import RemovalState
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, fresh_key, go, me, perform, show, tell

room = Room("removals", __name__)


@dataclass(frozen=True)
class Removal(RemovalLine):
    """A document that is wanted off, with the names of who asked and who decided."""

    asker: str
    decider: str


@dataclass(frozen=True)
class WantedOff:
    """One line for a program: the number masked, no name."""

    id: str
    addition_id: str
    person_id: str
    document: str
    reason_zh: str
    reason_en: str
    state: str
    asked_at: datetime
    decided_at: datetime | None


class AskBody(BaseModel):
    """Why it is taken off (of_another, mistyped, not_proved), and what was seen that shows it."""

    reason: str = Field(max_length=16)
    grounds: str = Field(max_length=400)


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


@room.post("/gov/people/documents/<addition_id>/removal", does=ask_removal)
def ask(addition_id: str) -> ResponseReturnValue:
    """It was added by mistake."""
    said = {name: request.form.get(name, "") for name in ("reason", "grounds")}
    perform(ask_removal, OrderForm().key.data, addition_id=addition_id, **said)
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
    """Documents that are to be taken off and wait for a second person, the oldest first."""
    return [
        WantedOff(r.id, r.addition_id, r.person_id, r.masked, r.reason_zh, r.reason_en, r.state, r.asked_at, r.decided_at)
        for r in removals(db())
    ]


@room.api("POST", "/people/documents/<addition_id>/removal", does=ask_removal, body=AskBody, answers=RemovalAsked, status=201)
def api_ask(addition_id: str, body: AskBody) -> RemovalAsked:
    """Ask that a document which was added by mistake is taken off."""
    return perform(ask_removal, request_key(), addition_id=addition_id, reason=body.reason, grounds=body.grounds)


@room.api("POST", "/people/removals/<removal_id>/decision", does=decide_removal, body=DecideBody, answers=RemovalDecided)
def api_decide(removal_id: str, body: DecideBody) -> RemovalDecided:
    """The second person: taken off, or it stays, with the reason."""
    return perform(decide_removal, request_key(), removal_id=removal_id, agree=body.agree, answer=body.answer)


@room.api("POST", "/people/removals/<removal_id>/withdrawal", does=withdraw_removal, answers=None)
def api_withdraw(removal_id: str) -> None:
    """Take a wish back that nobody has decided."""
    perform(withdraw_removal, request_key(), removal_id=removal_id)


def _named(line: RemovalLine) -> Removal:
    return Removal(**asdict(line), asker=name_of(db(), line.asked_by), decider=name_of(db(), line.decided_by) if line.decided_by else "")
