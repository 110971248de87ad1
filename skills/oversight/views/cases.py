"""The authority's queue of cases, one case, and its decisions."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.oversight.actions import cases as actions
from skills.oversight.forms import ReasonForm
from skills.oversight.queries import cases as queries
from skills.oversight.rules.words import KIND_WORDS, RULE_WORDS
from skills.oversight.views.words import chip, room, strength, told, two
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today

SEE = "case.see"


@room.get("/gov/cases", may=SEE, name="cases")
def listing() -> ResponseReturnValue:
    """Open cases, the strongest first; or closed ones; of one rule; one's own."""
    view = request.args.get("view", "open")
    rule = request.args.get("rule", "")
    rule = rule if rule in RULE_WORDS else ""
    lines = queries.cases(
        db(), me().actor, today(), closed=view == "closed", rule=rule, mine=view == "mine",
        after=request.args.get("after", "")[:26],
    )  # fmt: skip
    more = lines[-1].id if len(lines) == queries.PAGE else None
    return show(
        "oversight/cases.html", lines=lines, view=view if view in ("mine", "closed") else "open", rule=rule, rules=RULE_WORDS,
        kinds=KIND_WORDS, chip=chip, strength=strength, more=more, waiting=queries.waiting(db(), me().actor),
    )  # fmt: skip


@room.get("/gov/cases/<case_id>", may=SEE, name="case")
def one(case_id: str) -> ResponseReturnValue:
    """Everything that a case is decided on."""
    found = queries.case(db(), case_id, me().actor.districts_for(SEE), today())
    actor = me().actor
    own = found.assigned_to == actor.account
    may = {
        "assign": actor.may("case.handle") and "assign" in found.moves,
        "decide": actor.may("case.handle") and own and found.line.state == "assigned",
        "confirm": actor.may("case.confirm") and found.line.state == "proposed" and found.proposed_by != actor.account,
        "refer": actor.may("case.handle") and found.line.state == "confirmed",
    }
    return show(
        "oversight/case.html", c=found, chip=chip, strength=strength, told=told, two=two, may=may, form=ReasonForm(), own=own,
        handlers=queries.handlers(db()) if may["assign"] and actor.may("case.assign") else [], kinds=KIND_WORDS,
    )  # fmt: skip


@room.post("/gov/cases/<case_id>/assign", does=actions.assign)
def assign(case_id: str) -> ResponseReturnValue:
    """Take it on, or give it to somebody."""
    account = request.form.get("account", "") or me().actor.account
    perform(actions.assign, OrderForm().key.data, case_id=case_id, account_id=account)
    tell("已交办", "Assigned")
    return go("oversight.case", case_id=case_id)


@room.post("/gov/cases/<case_id>/propose", does=actions.propose)
def propose(case_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(actions.propose, form.key.data, case_id=case_id, reason=form.reason.data or "")
    tell("已提交，等待另一位同事复核", "Handed on: a second colleague decides")
    return go("oversight.case", case_id=case_id)


@room.post("/gov/cases/<case_id>/clear", does=actions.clear)
def clear(case_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(actions.clear, form.key.data, case_id=case_id, reason=form.reason.data or "")
    tell("已排除；冻结的付款都已解冻，同样的证据不会再立案", "Cleared; what was frozen is free, and the same evidence opens nothing again")
    return go("oversight.case", case_id=case_id)


@room.post("/gov/cases/<case_id>/refer", does=actions.refer)
def refer(case_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(actions.refer, form.key.data, case_id=case_id, reason=form.reason.data or "")
    tell("已移送；冻结的付款不会解冻", "Referred; what is frozen stays frozen")
    return go("oversight.case", case_id=case_id)


@room.post("/gov/cases/<case_id>/confirm", does=actions.confirm)
def confirm(case_id: str) -> ResponseReturnValue:
    perform(actions.confirm, OrderForm().key.data, case_id=case_id)
    tell("已认定；涉及的用券不予付款", "Confirmed: no use that it concerns is paid", "warn")
    return go("oversight.case", case_id=case_id)


@room.post("/gov/cases/<case_id>/back", does=actions.send_back)
def send_back(case_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(actions.send_back, form.key.data, case_id=case_id, reason=form.reason.data or "")
    tell("已退回承办人", "Sent back to the handler")
    return go("oversight.case", case_id=case_id)
