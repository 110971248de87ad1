"""Two records of one person: pairs that look alike, a proposal, and the decision of a second person; pages and JSON API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.accounts.queries import name_of
from skills.accounts.views.counter import FIND, private
from skills.people.actions.joining import JoinDecided, Proposed, decide_join, propose_join, withdraw_join
from skills.people.queries import joining
from skills.people.rules.joining import JOIN_REASONS
from skills.people.states import JoinState
from skills.standards.queries import districts
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, fresh_key, go, lang, me, perform, show, tell, today

room = Room("joins", __name__)
CHIPS = {JoinState.PROPOSED: "warn", JoinState.JOINED: "ok", JoinState.REFUSED: "bad", JoinState.WITHDRAWN: "idle"}


@dataclass(frozen=True)
class JoinSummary:
    """A proposal for a program: no name."""

    id: str
    kept_id: str
    gone_id: str
    reason_zh: str
    reason_en: str
    state: str
    proposed_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class Alike:
    """Two records with the same name and birth date, by their numbers; the earlier one first."""

    first_id: str
    second_id: str
    born: date
    documents: list[str]


class ProposeBody(BaseModel):
    """The record that stays, the one that goes, why there are two (documents, changed), and what was seen."""

    kept_id: str = Field(max_length=26)
    gone_id: str = Field(max_length=26)
    reason: str = Field(max_length=16)
    grounds: str = Field(max_length=400)


class DecideBody(BaseModel):
    """Whether the second person joins them; a refusal says why."""

    agree: bool
    answer: str = Field(default="", max_length=400)


@room.get("/gov/people/joins", may=FIND)
def listing() -> ResponseReturnValue:
    """What waits for a second person, what was decided, and pairs that look alike."""
    view = request.args.get("view", "")
    pairs = joining.doubles(db()) if view == "alike" else ()
    lines = joining.joins(db(), closed=view == "closed") if view != "alike" else ()
    return private(show("people/joins.html", view=view, lines=lines, pairs=pairs, chips=CHIPS))


@room.get("/gov/people/<person_id>/join", may="person.register")
def new(person_id: str) -> ResponseReturnValue:
    """This record and another one beside each other, before it is proposed to join them."""
    gone = request.args.get("gone", "").strip()
    found = _against(person_id, gone)
    return private(show("people/join_new.html", **_sides(person_id, gone), reasons=JOIN_REASONS, key=fresh_key(), findings=found))


@room.post("/gov/people/joins", does=propose_join)
def propose() -> ResponseReturnValue:
    """Propose it, for a second person to decide."""
    said = {name: request.form.get(name, "").strip() for name in ("kept_id", "gone_id", "reason", "grounds")}
    done = perform(propose_join, OrderForm().key.data, **said)
    tell("已提出，等待另一位同事复核", "Proposed: a colleague decides")
    return go("joins.one", join_id=done.join_id)


@room.get("/gov/people/joins/<join_id>", may=FIND)
def one(join_id: str) -> ResponseReturnValue:
    """One proposal with everything it is decided on."""
    line = joining.join(db(), join_id)
    waits = line.state == JoinState.PROPOSED
    return private(
        show(
            "people/join.html", j=line, chips=CHIPS, key=fresh_key(), mine=line.proposed_by == me().actor.account,
            proposer=name_of(db(), line.proposed_by), decider=name_of(db(), line.decided_by) if line.decided_by else "",
            findings=_against(line.kept_id, line.gone_id) if waits else (), **_sides(line.kept_id, line.gone_id),
        )
    )  # fmt: skip


@room.post("/gov/people/joins/<join_id>/decide", does=decide_join)
def decide(join_id: str) -> ResponseReturnValue:
    """The second person."""
    agree = request.form.get("agree") == "yes"
    done = perform(decide_join, OrderForm().key.data, join_id=join_id, agree=agree, answer=request.form.get("answer", ""))
    if done.state == JoinState.JOINED:
        tell(f"已合并：{done.moved} 条记录归到保留的档案", f"Joined: {done.moved} rows follow the record that stays")
    else:
        tell("不予合并，理由已记录", "Not joined; the reason is on record")
    return go("joins.one", join_id=join_id)


@room.post("/gov/people/joins/<join_id>/withdraw", does=withdraw_join)
def withdraw(join_id: str) -> ResponseReturnValue:
    """Take it back."""
    perform(withdraw_join, OrderForm().key.data, join_id=join_id)
    tell("已撤回", "Taken back")
    return go("joins.listing")


@room.api("GET", "/people/joins", may=FIND, answers=list[JoinSummary])
def api_listing() -> list[JoinSummary]:
    """Proposals that wait for a second person, the oldest first."""
    return [
        JoinSummary(j.id, j.kept_id, j.gone_id, j.reason_zh, j.reason_en, j.state, j.proposed_at, j.decided_at)
        for j in joining.joins(db())
    ]


@room.api("GET", "/people/alike", may=FIND, answers=list[Alike], by=("first_id", "second_id"))
def api_alike() -> list[Alike]:
    """Pairs of records with the same name and birth date, about which nobody has decided; documents are masked."""
    return [Alike(a.id, b.id, a.birth, [d.masked for d in (*a.documents, *b.documents)]) for a, b in joining.doubles(db())]


@room.api("POST", "/people/joins", does=propose_join, body=ProposeBody, answers=Proposed, status=201)
def api_propose(body: ProposeBody) -> Proposed:
    """Propose to join two records."""
    return perform(propose_join, request_key(), **body.model_dump())


@room.api("POST", "/people/joins/<join_id>/decision", does=decide_join, body=DecideBody, answers=JoinDecided)
def api_decide(join_id: str, body: DecideBody) -> JoinDecided:
    """The second person: joined for good, or refused with the reason."""
    return perform(decide_join, request_key(), join_id=join_id, agree=body.agree, answer=body.answer)


@room.api("POST", "/people/joins/<join_id>/withdrawal", does=withdraw_join, answers=None)
def api_withdraw(join_id: str) -> None:
    """Take a proposal back that nobody has decided."""
    perform(withdraw_join, request_key(), join_id=join_id)


def _against(kept: str, gone: str) -> object:
    """What has to be settled first, in words."""
    return i18n.tell_findings(joining.stands_against(db(), kept, gone, today()), lang())


def _sides(kept: str, gone: str) -> dict[str, Any]:
    return {
        "kept": joining.record(db(), kept), "gone": joining.record(db(), gone), "districts": {d.code: d.name for d in districts(db())},
    }
