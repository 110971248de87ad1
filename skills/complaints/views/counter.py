"""The authority's counter: complaints taken in with or without a name, and what their authors have to say later."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Base64Bytes, Field

from skills.complaints import actions
from skills.complaints.actions import Followed, Received
from skills.complaints.forms import CounterForm
from skills.complaints.queries import Case, CaseLine
from skills.complaints.queries import counter as held
from skills.complaints.rules import LONGEST
from skills.complaints.states import OPEN
from skills.complaints.views.api import CaseBody, Words
from skills.complaints.views.base import sent_papers, take_papers
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people.actions.counter import SERVE, reason_of
from skills.people.errands import Desk, Errand, WhyBody, open_desk, part, private, show_desk
from skills.people.queries import person
from skills.people.rules.counter import CounterReason
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, close_db, db, go, lang, me, perform, show, tell, today, tool

room = Room("complaint_counter", __name__)


class FileForBody(CaseBody, WhyBody):
    """What somebody at the counter complains of under their own name."""


class ReplyForBody(WhyBody):
    """What the person answers, and papers to it."""

    text: Words
    papers: list[Base64Bytes] = Field(default_factory=list, max_length=3)


class SaidForBody(WhyBody):
    """What the person says."""

    text: str = Field(min_length=1, max_length=LONGEST)


@room.get("/gov/people/<person_id>/complaints", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """The person's cases, and taking a new one in."""
    return _desk(person_id, CounterForm(named=True))


@room.post("/gov/people/<person_id>/complaints", does=actions.file_for, name="file")
def file(person_id: str) -> ResponseReturnValue:
    """Take one in under the person's name; the receipt is shown once, with the word that opens the case."""
    form = CounterForm(named=True)
    if not form.validate_on_submit():
        return _desk(person_id, form, 422)
    try:
        order = {"reason": reason_of(form.reason.data), **_order(form, person_id)}
        done = perform(actions.file_for, form.key.data, person_id=person_id, **order)
    except Refusal as no:  # what was written is not lost: the form is shown again
        return _desk(person_id, form, 409, i18n.tell_refusal(no, lang()))
    return show_desk("complaints/counter_received.html", person_id, done=done)


@room.get("/gov/people/<person_id>/complaints/<number>", may=SERVE, name="case")
def case(person_id: str, number: str) -> ResponseReturnValue:
    """Where a case stands, what is asked and answered, and what the person may do about it."""
    return _case(person_id, number)


@room.post("/gov/people/<person_id>/complaints/<number>/reply", does=actions.reply_for, name="reply")
def reply(person_id: str, number: str) -> ResponseReturnValue:
    """Write down what the person answers, with papers."""
    try:
        reason = reason_of(request.form.get("reason", ""))
        papers = take_papers(OrderForm().key.data or "", sent_papers(), person_id)
        perform(
            actions.reply_for, OrderForm().key.data, person_id=person_id, number=number, text=request.form.get("text", ""), reason=reason,
            papers=papers,
        )  # fmt: skip
    except Refusal as no:
        return _case(person_id, number, 409, i18n.tell_refusal(no, lang()))
    tell("已替本人补充", "The reply is handed in for the person")
    return go("complaint_counter.case", person_id=person_id, number=number)


@room.get("/gov/counter/complaints", may=SERVE, name="unnamed")
def unnamed() -> ResponseReturnValue:
    """Taking a complaint in from somebody who gives no name: nobody is looked up for it."""
    return _unnamed(CounterForm(named=False))


@room.post("/gov/counter/complaints", does=actions.file_unnamed, name="file_unnamed")
def file_unnamed() -> ResponseReturnValue:
    form = CounterForm(named=False)
    if not form.validate_on_submit():
        return _unnamed(form, 422)
    try:
        done = perform(actions.file_unnamed, form.key.data, **_order(form, None))
    except Refusal as no:
        return _unnamed(form, 409, i18n.tell_refusal(no, lang()))
    return private(show("complaints/counter_unnamed_received.html", done=done))


@room.api("GET", "/people/<person_id>/complaints", may=SERVE, answers=list[CaseLine], by=("number",))
def complaints_of_person(person_id: str) -> list[CaseLine]:
    """Cases of somebody who is present at the counter; those in which the caller is concerned are left out."""
    return list(held.of_person(db(), me().actor, person(db(), person_id).id, today()))


@room.api("GET", "/people/<person_id>/complaints/<number>", may=SERVE, answers=Case)
def complaint_of_person(person_id: str, number: str) -> Case:
    """One of them: where it stands, what was asked and answered."""
    return held.case_of_person(db(), tool(Box), me().actor, person_id, number, today())


@room.api("POST", "/people/<person_id>/complaints", does=actions.file_for, body=FileForBody, answers=Received, status=201)
def file_for_person(person_id: str, body: FileForBody) -> Received:
    """Take in what somebody who is present at the counter complains of; the receipt holds the word that opens it later."""
    return perform(actions.file_for, request_key(), person_id=person_id, reason=body.reason, **_sent(body, person_id))


@room.api("POST", "/people/<person_id>/complaints/<number>/reply", does=actions.reply_for, body=ReplyForBody, answers=Followed)
def reply_for_person(person_id: str, number: str, body: ReplyForBody) -> Followed:
    """Write down what somebody who is present at the counter answers the desk."""
    papers = take_papers(request_key(), list(body.papers), person_id)
    return perform(
        actions.reply_for, request_key(), person_id=person_id, number=number, text=body.text, reason=CounterReason(body.reason), papers=papers
    )


@room.api("POST", "/counter/complaints", does=actions.file_unnamed, body=CaseBody, answers=Received, status=201)
def file_complaint_without_name(body: CaseBody) -> Received:
    """Take in, at the counter, what somebody complains of who gives no name."""
    return perform(actions.file_unnamed, request_key(), **_sent(body, None))


def _order(form: CounterForm, person_id: str | None) -> dict[str, Any]:
    order = {
        "kind": form.kind.data, "text": form.text.data, "contact": form.contact.data or "", "about_id": form.about.data or None,
        "matter": form.matter.data or "", "ref": form.ref.data or "", "papers": take_papers(form.key.data or "", sent_papers(), person_id),
    }  # fmt: skip
    close_db()
    return order


def _sent(body: CaseBody, person_id: str | None) -> dict[str, Any]:
    papers = take_papers(request_key(), list(body.papers), person_id)
    close_db()
    return {
        "kind": body.kind, "text": body.text, "contact": body.contact, "about_id": body.about_id, "matter": body.matter, "ref": body.ref,
        "papers": papers,
    }  # fmt: skip


def _desk(person_id: str, form: CounterForm, status: int = 200, problem: i18n.Told | None = None) -> ResponseReturnValue:
    cases = held.of_person(db(), me().actor, person_id, today())
    page = show_desk("complaints/counter.html", person_id, form=form, cases=cases, problem=problem)
    page.status_code = status
    return page


def _case(person_id: str, number: str, status: int = 200, problem: i18n.Told | None = None) -> ResponseReturnValue:
    found = held.case_of_person(db(), tool(Box), me().actor, person_id, number, today())
    page = show_desk("complaints/counter_case.html", person_id, case=found, open=found.line.state in OPEN, problem=problem)
    page.status_code = status
    return page


def _unnamed(form: CounterForm, status: int = 200, problem: i18n.Told | None = None) -> ResponseReturnValue:
    return private(show("complaints/counter_unnamed.html", status, form=form, problem=problem))


def _receipt(person_id: str) -> str:
    """What waits for its answer, without a word of what it is about."""
    cases = held.of_person(db(), me().actor, person_id, today())
    return part("complaints/_receipt.html", cases=[c for c in cases if c.state in OPEN])


_HERE = "complaints/<number>"
open_desk(
    room, Desk("complaint_counter.desk", "投诉", "Complaints", _receipt, place=2),
    Errand("escalate", actions.escalate_for, f"{_HERE}/escalate", f"{_HERE}/escalate",
           ("已替本人申请上级处理", "Taken to the level above for the person"), SaidForBody),
    Errand("withdraw", actions.withdraw_for, f"{_HERE}/withdraw", f"{_HERE}/withdraw", ("已替本人撤回", "Taken back for the person")),
)  # fmt: skip
