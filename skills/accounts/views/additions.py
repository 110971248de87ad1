"""Further documents of a person: asked at the desk by one, released by another; pages and JSON API."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.accounts.queries import name_of
from skills.accounts.views.counter import CHIPS, FIND, person_page, private
from skills.people.actions.additions import Asked, Released, ask_addition, decide_addition, withdraw_addition
from skills.people.queries.additions import AdditionLine, additions
from skills.people.states import AdditionState
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, fresh_key, go, me, perform, show, tell

room = Room("additions", __name__)


@dataclass(frozen=True)
class Addition(AdditionLine):
    """A further document that was asked for, with the names of who asked and who decided."""

    asker: str
    decider: str


@dataclass(frozen=True)
class AskedDocument:
    """One line for a program: the number masked, no name."""

    id: str
    person_id: str
    document: str
    reason_zh: str
    reason_en: str
    state: str
    asked_at: datetime
    decided_at: datetime | None


class AskBody(BaseModel):
    """A further document, why there is one (further, renewed, changed), what was seen that shows both to be one person's,
    and the name as it is written on it, if otherwise than on the record.
    """

    document_kind: str = Field(max_length=16)
    document_number: str = Field(max_length=40)
    reason: str = Field(max_length=16)
    grounds: str = Field(max_length=400)
    name: str = Field(default="", max_length=80)


class DecideBody(BaseModel):
    """Whether the second person releases it; a refusal says why."""

    agree: bool
    answer: str = Field(default="", max_length=400)


@room.get("/gov/people/documents", may=FIND)
def listing() -> ResponseReturnValue:
    """What waits for a second person, the oldest first; or what was decided."""
    closed = request.args.get("closed") == "1"
    lines = [_named(line) for line in additions(db(), closed=closed)]
    return private(show("people/additions.html", lines=lines, closed=closed, chips=CHIPS, account=me().actor.account, key=fresh_key()))


@room.post("/gov/people/<person_id>/documents", does=ask_addition)
def ask(person_id: str) -> ResponseReturnValue:
    """The person is here with a further document."""
    said = {name: request.form.get(name, "") for name in ("document_kind", "document_number", "reason", "grounds", "name")}
    perform(ask_addition, OrderForm().key.data, person_id=person_id, **said)
    tell("已提交，等待另一位同事复核；复核后这个号码才能查到此人", "Handed in: once a colleague has released it, this number finds the person")
    return private(person_page(person_id))


@room.post("/gov/people/documents/<addition_id>/decide", does=decide_addition)
def decide(addition_id: str) -> ResponseReturnValue:
    """The second person."""
    agree = request.form.get("agree") == "yes"
    done = perform(decide_addition, OrderForm().key.data, addition_id=addition_id, agree=agree, answer=request.form.get("answer", ""))
    if done.state == AdditionState.ADDED:
        tell("已追加：两个号码都指向同一个人", "Added: both numbers find the same person")
    else:
        tell("不予追加，理由已记录", "Not added; the reason is on record")
    return go("additions.listing")


@room.post("/gov/people/documents/<addition_id>/withdraw", does=withdraw_addition)
def withdraw(addition_id: str) -> ResponseReturnValue:
    """Take it back."""
    perform(withdraw_addition, OrderForm().key.data, addition_id=addition_id)
    tell("已撤回", "Taken back")
    return go("additions.listing")


@room.api("GET", "/people/documents", may=FIND, answers=list[AskedDocument])
def api_listing() -> list[AskedDocument]:
    """Further documents that wait for a second person, the oldest first."""
    return [
        AskedDocument(a.id, a.person_id, a.masked, a.reason_zh, a.reason_en, a.state, a.asked_at, a.decided_at) for a in additions(db())
    ]


@room.api("POST", "/people/<person_id>/documents", does=ask_addition, body=AskBody, answers=Asked, status=201)
def api_ask(person_id: str, body: AskBody) -> Asked:
    """Ask for a further document of a person who is at the desk."""
    return perform(ask_addition, request_key(), person_id=person_id, **body.model_dump())


@room.api("POST", "/people/documents/<addition_id>/decision", does=decide_addition, body=DecideBody, answers=Released)
def api_decide(addition_id: str, body: DecideBody) -> Released:
    """The second person: released, or refused with the reason."""
    return perform(decide_addition, request_key(), addition_id=addition_id, agree=body.agree, answer=body.answer)


@room.api("POST", "/people/documents/<addition_id>/withdrawal", does=withdraw_addition, answers=None)
def api_withdraw(addition_id: str) -> None:
    """Take a request back that nobody has decided."""
    perform(withdraw_addition, request_key(), addition_id=addition_id)


def _named(line: AdditionLine) -> Addition:
    return Addition(
        **asdict(line), asker=name_of(db(), line.asked_by), decider=name_of(db(), line.decided_by) if line.decided_by else ""
    )
