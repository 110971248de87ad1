"""The money of an institution or a firm: calendar, account, and its statements."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.settlement.actions import advances, payees, statements
from skills.settlement.forms import AccountForm
from skills.settlement.queries import money
from skills.settlement.queries import statements as queries
from skills.settlement.states import LINE, LineState
from skills.settlement.views.words import chip, line_chip, other_chip, own_payee, room, steps, told
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, say, show, tell, today

SUBMIT, ENTER = statements.SUBMIT, payees.ENTER


@room.get("/org/money", may=SUBMIT, name="money")
def money_() -> ResponseReturnValue:
    """What is earned, what comes when, what waits and why, what is owed."""
    mine = own_payee()
    return show(
        "settlement/money.html", c=money.calendar(db(), mine, today()), chip=chip, other_chip=other_chip, told=told,
        statements=queries.of_payee(db(), mine), may_enter=me().actor.may(ENTER), may_advance=me().actor.may(advances.ASK),
        key=OrderForm().key.data,
    )  # fmt: skip


@room.get("/org/money/account", may=ENTER, name="account")
def account() -> ResponseReturnValue:
    form = AccountForm()
    form.holder.data = me().organisation_name
    return _account(form)


@room.post("/org/money/account", does=payees.enter, name="enter_account")
def enter_account() -> ResponseReturnValue:
    form = AccountForm()
    if not form.validate_on_submit():
        return _account(form, 422)
    perform(
        payees.enter, form.key.data, organisation_id=me().organisation_id, holder=form.holder.data, bank=form.bank.data,
        number=form.number.data,
    )  # fmt: skip
    tell("账户已登记，等待人力社保局核验", "The account is entered; the authority compares it with the bank")
    return go("settlement.money")


def _account(form: AccountForm, status: int = 200) -> ResponseReturnValue:
    return show("settlement/account.html", status, form=form)


@room.post("/org/money/draw", does=statements.draw, name="draw")
def draw() -> ResponseReturnValue:
    done = perform(
        statements.draw, OrderForm().key.data, organisation_id=me().organisation_id, district=request.form.get("district", "")[:12],
        period=request.form.get("period", "")[:6],
    )  # fmt: skip
    tell("正在编制结算单", "The statement is being drawn up")
    return go("settlement.own_statement", statement_id=done.statement_id)


@room.get("/org/statements/<statement_id>", may=SUBMIT, name="own_statement")
def own_statement(statement_id: str) -> ResponseReturnValue:
    """One statement with its lines, and what can be done with it."""
    page = queries.own(db(), statement_id, me().actor.organisations_for(SUBMIT))
    return show("settlement/own_statement.html", **shown(page), may_enter=me().actor.may(ENTER))


def shown(page: queries.StatementPage) -> dict[str, Any]:
    """What the page of a statement needs, for whoever looks at it."""
    wanted, after = request.args.get("lines", ""), request.args.get("after", "0")
    state = wanted if wanted in set(LineState) else ""
    place = int(after) if after.isdecimal() and len(after) < 9 else 0
    lines = queries.lines(db(), page.statement.id, state, place, queries.PAGE + 1)
    more = lines[queries.PAGE - 1].position if len(lines) > queries.PAGE else None
    return {
        "p": page, "s": page.statement, "lines": lines[: queries.PAGE], "more": more, "line_state": state,
        "line_states": [(str(s), say(*LINE.words[s])) for s in LineState], "counts": queries.counts(db(), page.statement.id),
        "chip": chip, "line_chip": line_chip, "other_chip": other_chip, "steps": steps(page.statement.state), "told": told,
        "key": OrderForm().key.data,
    }  # fmt: skip


@room.post("/org/statements/<statement_id>/submit", does=statements.submit, name="submit")
def submit(statement_id: str) -> ResponseReturnValue:
    perform(statements.submit, OrderForm().key.data, statement_id=statement_id)
    tell("已提交申请，审核时限见下", "Applied for; below it says by when it is checked")
    return go("settlement.own_statement", statement_id=statement_id)


@room.post("/org/statements/<statement_id>/look", does=statements.look_again, name="look_again")
def look_again(statement_id: str) -> ResponseReturnValue:
    perform(statements.look_again, OrderForm().key.data, statement_id=statement_id)
    tell("正在重新核对", "Every line is being looked at again")
    return go("settlement.own_statement", statement_id=statement_id)


@room.post("/org/statements/<statement_id>/drop", does=statements.drop, name="drop")
def drop(statement_id: str) -> ResponseReturnValue:
    perform(statements.drop, OrderForm().key.data, statement_id=statement_id)
    tell("已作废，明细可以重新编制", "Given up; its lines can be drawn up again")
    return go("settlement.money")


@room.get("/org/statements/<statement_id>/receipt", may=SUBMIT, name="receipt")
def receipt(statement_id: str) -> ResponseReturnValue:
    """The receipt of a payment, to print."""
    page = queries.own(db(), statement_id, me().actor.organisations_for(SUBMIT))
    return show("settlement/receipt.html", p=page, s=page.statement)
