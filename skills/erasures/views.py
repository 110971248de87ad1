"""Asking to be forgotten, and the desk where two people decide; pages and JSON API."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.erasures import actions, queries
from skills.erasures.actions import Asked, Decided
from skills.erasures.queries import RequestLine
from skills.erasures.rules import REASONS, STAYS
from skills.erasures.states import OPEN, ErasureState
from skills.kernel.errors import Missing, Refusal
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import MenuEntry, Room, db, fresh_key, go, lang, me, perform, say, show, tell, today

room = Room("erasures", __name__)
FACES = [room]
MENU = [MenuEntry("gov", "/gov/erasures", "ban", "删除个人信息", "Erasures", may="erasure.see")]
ASK, SEE = "erasure.ask", "erasure.see"
CHIPS = {
    ErasureState.ASKED: "info", ErasureState.EXAMINED: "warn", ErasureState.GRANTED: "idle", ErasureState.REFUSED: "bad",
    ErasureState.WITHDRAWN: "idle",
}  # fmt: skip


@dataclass(frozen=True)
class Outlook:
    """Whether one may be erased now, what was looked at, what would stay, and the request there is."""

    yes: bool
    findings: list[dict[str, object]]
    stays: dict[str, int]
    request: RequestLine | None


class ExamineBody(BaseModel):
    """grant or refuse; a refusal has a reason: matters, period or identity."""

    proposal: str = Field(max_length=8)
    reason: str = Field(default="", max_length=16)


class DecideBody(BaseModel):
    """Whether the second hand agrees with what the first proposes."""

    agree: bool


class CounterBody(BaseModel):
    """The number of the paper that was signed at the counter."""

    form_number: str = Field(max_length=40)


@room.get("/account/erase", may=ASK)
def mine() -> ResponseReturnValue:
    """What would go, what would stay, what stands against it; and the request there is."""
    verdict = queries.outlook(db(), _person(), today())
    return show(
        "erasures/mine.html", verdict=verdict, findings=i18n.tell_findings(verdict.findings, lang()),
        stays=_stays(queries.stays(db(), _person())), held=queries.of_person(db(), _person(), today()), open_states=OPEN,
        chips=CHIPS, reasons=REASONS, key=fresh_key(),
    )  # fmt: skip


@room.post("/account/erase", does=actions.ask)
def ask() -> ResponseReturnValue:
    """Ask, knowing that it cannot be undone."""
    if request.form.get("sure") != "yes":
        raise Refusal("erasure.not_sure")
    done = perform(actions.ask, OrderForm().key.data)
    tell(f"已收到申请，{done.due_on} 前答复", f"We have your request and answer by {done.due_on}")
    return go("erasures.mine")


@room.post("/account/erase/<request_id>/withdraw", does=actions.withdraw)
def withdraw(request_id: str) -> ResponseReturnValue:
    """Take it back."""
    perform(actions.withdraw, OrderForm().key.data, request_id=request_id)
    tell("已撤回，什么也没有删除", "Taken back: nothing was erased")
    return go("erasures.mine")


@room.post("/gov/people/<person_id>/erase", does=actions.ask_at_counter)
def at_counter(person_id: str) -> ResponseReturnValue:
    """Take a request in at the counter."""
    done = perform(
        actions.ask_at_counter, OrderForm().key.data, person_id=person_id, form_number=request.form.get("form_number", "")
    )
    tell(f"已受理删除申请，{done.due_on} 前答复", f"The request is taken in; it is answered by {done.due_on}")
    return go("counter.desk")


@room.get("/gov/erasures", may=SEE)
def listing() -> ResponseReturnValue:
    """Requests, what is due first."""
    closed = request.args.get("closed") == "1"
    return show("erasures/desk.html", lines=queries.requests(db(), today(), closed=closed), closed=closed, chips=CHIPS)


@room.get("/gov/erasures/<request_id>", may=SEE)
def one(request_id: str) -> ResponseReturnValue:
    """One request with everything it is decided on."""
    line = queries.request(db(), request_id, today())
    verdict = queries.verdict_on(db(), request_id, today()) if line.state in OPEN else None
    kept = queries.stays(db(), line.person_id) if verdict else line.kept
    return show(
        "erasures/case.html", r=line, verdict=verdict, stays=_stays(kept), chips=CHIPS, reasons=REASONS, key=fresh_key(),
        findings=i18n.tell_findings(verdict.findings, lang()) if verdict else (), mine=line.examined_by == me().actor.account,
    )  # fmt: skip


@room.post("/gov/erasures/<request_id>/examine", does=actions.examine)
def examine(request_id: str) -> ResponseReturnValue:
    """The first hand."""
    proposal, reason = request.form.get("proposal", ""), request.form.get("reason", "")
    perform(actions.examine, OrderForm().key.data, request_id=request_id, proposal=proposal, reason=reason)
    tell("已初审，等待另一位同事复核", "Examined: a second colleague decides")
    return go("erasures.one", request_id=request_id)


@room.post("/gov/erasures/<request_id>/decide", does=actions.decide)
def decide(request_id: str) -> ResponseReturnValue:
    """The second hand."""
    agree = request.form.get("agree") == "yes"
    done = perform(actions.decide, OrderForm().key.data, request_id=request_id, agree=agree)
    if done.state == ErasureState.GRANTED:
        tell("已删除：密钥随即销毁，不能恢复", "Erased: the key is destroyed now, for good", "warn")
    elif done.state == ErasureState.REFUSED:
        tell("已决定不予删除，已告知本人", "Refused; the person is told")
    else:
        tell("已退回初审", "Sent back to be examined again")
    return go("erasures.one", request_id=request_id)


@room.api("GET", "/me/erasure", may=ASK, answers=Outlook)
def api_outlook() -> Outlook:
    """Whether one may be erased now, what stands against it, what would stay."""
    verdict = queries.outlook(db(), _person(), today())
    told = [{"code": f.code, "met": f.met, "text": f.text, "todo": f.todo} for f in i18n.tell_findings(verdict.findings, lang())]
    return Outlook(verdict.yes, told, queries.stays(db(), _person()), queries.of_person(db(), _person(), today()))


@room.api("POST", "/me/erasure", does=actions.ask, answers=Asked, status=201)
def api_ask() -> Asked:
    """Ask to be erased."""
    return perform(actions.ask, request_key())


@room.api("POST", "/me/erasure/<request_id>/withdraw", does=actions.withdraw, answers=None)
def api_withdraw(request_id: str) -> None:
    """Take one's request back."""
    perform(actions.withdraw, request_key(), request_id=request_id)


@room.api("POST", "/people/<person_id>/erasure", does=actions.ask_at_counter, body=CounterBody, answers=Asked, status=201)
def api_at_counter(person_id: str, body: CounterBody) -> Asked:
    """Take a request in at the counter."""
    return perform(actions.ask_at_counter, request_key(), person_id=person_id, form_number=body.form_number)


@room.api("GET", "/erasures", may=SEE, answers=list[RequestLine])
def api_requests() -> list[RequestLine]:
    """Open requests, what is due first."""
    return list(queries.requests(db(), today()))


@room.api("POST", "/erasures/<request_id>/examination", does=actions.examine, body=ExamineBody, answers=None)
def api_examine(request_id: str, body: ExamineBody) -> None:
    """The first hand: what it proposes."""
    perform(actions.examine, request_key(), request_id=request_id, proposal=body.proposal, reason=body.reason)


@room.api("POST", "/erasures/<request_id>/decision", does=actions.decide, body=DecideBody, answers=Decided)
def api_decide(request_id: str, body: DecideBody) -> Decided:
    """The second hand: as proposed, or back."""
    return perform(actions.decide, request_key(), request_id=request_id, agree=body.agree)


def _person() -> str:
    person_id = me().actor.person
    if person_id is None:
        raise Missing("person.unknown")
    return person_id


def _stays(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(say(*STAYS[name]), counts[name]) for name in STAYS if counts.get(name)]
