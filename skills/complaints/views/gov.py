"""The authority's cases."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.complaints import actions, queries, rules
from skills.complaints.queries import owners
from skills.complaints.states import COMPLAINT, OUTCOME_WORDS, Outcome
from skills.complaints.views.base import SEE, private, room
from skills.complaints.views.public import paper_of
from skills.kernel.box import Box
from skills.web.forms import OrderForm
from skills.web.pages import db, fresh_key, go, me, perform, show, tell, today, tool

HANDLE = "complaint.handle"


@room.get("/gov/complaints", may=SEE)
def cases() -> ResponseReturnValue:
    """Open cases, the late ones first; of a kind, late ones, one's own; or closed ones. With the chart of all open ones."""
    actor = me().actor
    view = request.args.get("view", "open")
    view = "closed" if request.args.get("closed") == "1" else view if view in ("open", "late", "mine", "closed") else "open"
    kind = request.args.get("kind", "")
    districts, without = actor.districts_for(SEE), actor.organisations
    lines = queries.cases(
        db(), today(), closed=view == "closed", kind=kind, late=view == "late", mine=actor.account if view == "mine" else "",
        after=request.args.get("after", "")[:26], districts=districts, without=without,
    )  # fmt: skip
    more = lines[-1].id if view == "closed" and len(lines) == queries.PAGE else None
    return show(
        "complaints/cases.html", cases=lines, view=view, kind=kind, kinds=queries.kinds(db(), today()), more=more,
        counts=queries.counts(db(), today(), districts, without), levels=rules.LEVEL_WORDS,
    )  # fmt: skip


@room.get("/gov/complaints/<complaint_id>", may=SEE)
def case(complaint_id: str) -> ResponseReturnValue:
    actor = me().actor
    found = queries.case(db(), tool(Box), complaint_id, today(), actor)
    held = {m.name for m in COMPLAINT.open_moves(found.line.state)} if actor.may(HANDLE) else set()
    mine = found.taken_by in (None, actor.account)
    moves = held if mine else held & {"assign"}
    may_assign = "assign" in moves and actor.may("complaint.assign")
    return private(
        show(
            "complaints/case.html", c=found, moves=moves, key=fresh_key(), levels=rules.LEVEL_WORDS,
            colleagues=owners.colleagues(db(), complaint_id) if may_assign else [], outcomes=_outcomes(),
            ways=queries.elsewhere(db(), today()),
        )
    )  # fmt: skip


def _outcomes() -> list[tuple[str, tuple[str, str]]]:
    return [(o.value, OUTCOME_WORDS[o]) for o in Outcome if o != Outcome.NOT_FOR_US]


@room.get("/gov/complaints/<complaint_id>/papers/<paper_id>", may=SEE, name="paper")
def paper(complaint_id: str, paper_id: str) -> ResponseReturnValue:
    queries.case(db(), tool(Box), complaint_id, today(), me().actor)
    return paper_of(complaint_id, paper_id)


@room.post("/gov/complaints/<complaint_id>/take", does=actions.take, name="take")
def take(complaint_id: str) -> ResponseReturnValue:
    perform(actions.take, OrderForm().key.data, complaint_id=complaint_id)
    tell("已承办", "You handle this case")
    return go("complaints.case", complaint_id=complaint_id)


@room.post("/gov/complaints/<complaint_id>/assign", does=actions.assign, name="assign")
def assign(complaint_id: str) -> ResponseReturnValue:
    account = request.form.get("account", "")
    perform(actions.assign, OrderForm().key.data, complaint_id=complaint_id, account_id=account)
    tell("已交办", "Given to a colleague")
    return go("complaints.case", complaint_id=complaint_id)


@room.post("/gov/complaints/<complaint_id>/ask", does=actions.ask, name="ask")
def ask(complaint_id: str) -> ResponseReturnValue:
    perform(actions.ask, OrderForm().key.data, complaint_id=complaint_id, text=request.form.get("text", ""))
    tell("已请投诉人补充，期限停止计算", "The author is asked; the clock stands still")
    return go("complaints.case", complaint_id=complaint_id)


@room.post("/gov/complaints/<complaint_id>/hear", does=actions.hear, name="hear")
def hear(complaint_id: str) -> ResponseReturnValue:
    perform(actions.hear, OrderForm().key.data, complaint_id=complaint_id, text=request.form.get("text", ""))
    tell("已请被反映方说明", "The party is asked for its word")
    return go("complaints.case", complaint_id=complaint_id)


@room.post("/gov/complaints/<complaint_id>/answer", does=actions.answer, name="answer")
def answer(complaint_id: str) -> ResponseReturnValue:
    perform(
        actions.answer, OrderForm().key.data, complaint_id=complaint_id, text=request.form.get("text", ""),
        outcome=request.form.get("outcome", ""),
    )  # fmt: skip
    tell("已答复", "Answered")
    return go("complaints.case", complaint_id=complaint_id)


@room.post("/gov/complaints/<complaint_id>/pass-on", does=actions.pass_on, name="pass_on")
def pass_on(complaint_id: str) -> ResponseReturnValue:
    perform(
        actions.pass_on, OrderForm().key.data, complaint_id=complaint_id, text=request.form.get("text", ""),
        elsewhere=request.form.get("elsewhere", ""),
    )  # fmt: skip
    tell("已转送", "Passed on")
    return go("complaints.case", complaint_id=complaint_id)
