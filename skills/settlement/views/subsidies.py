"""A person's own subsidies, where the programme pays the learner: the account, what can be applied for, and how far it is."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.settlement.actions import subsidies
from skills.settlement.actions.payees import AccountMade
from skills.settlement.actions.statements import StatementMade
from skills.settlement.forms import OwnAccountForm
from skills.settlement.payee import Payee
from skills.settlement.queries import money
from skills.settlement.queries import statements as queries
from skills.settlement.queries.money import Calendar
from skills.settlement.queries.statements import LineView, StatementPage, StatementView
from skills.settlement.views.api import DrawBody, lines_asked
from skills.settlement.views.own import shown
from skills.settlement.views.words import chip, other_chip, room, told
from skills.web import paging
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import db, go, me, perform, show, tell, today

APPLY = subsidies.APPLY


class OwnAccountBody(BaseModel):
    """One's own account; it is verified in one's own name."""

    bank: str = Field(min_length=1, max_length=80)
    number: str = Field(min_length=8, max_length=48)


def _me() -> Payee:
    return Payee(person_id=me().person_id)


@room.get("/me/subsidies", may=APPLY, name="subsidies")
def own_subsidies() -> ResponseReturnValue:
    """What can be applied for, what is on its way, and to which account it goes."""
    return show(
        "settlement/subsidies.html", c=money.calendar(db(), _me(), today()), statements=queries.of_payee(db(), _me()), chip=chip,
        other_chip=other_chip, told=told,
    )  # fmt: skip


@room.get("/me/subsidies/account", may=APPLY, name="own_account")
def own_account() -> ResponseReturnValue:
    return show("settlement/own_account.html", form=OwnAccountForm())


@room.post("/me/subsidies/account", does=subsidies.enter_account, name="enter_own_account")
def enter_own_account() -> ResponseReturnValue:
    form = OwnAccountForm()
    if not form.validate_on_submit():
        return show("settlement/own_account.html", 422, form=form)
    perform(subsidies.enter_account, form.key.data, bank=form.bank.data, number=form.number.data)
    tell("账户已登记，等待人力社保局核验", "The account is entered; the authority compares it with the bank")
    return go("settlement.subsidies")


@room.post("/me/subsidies/statements", does=subsidies.draw, name="draw_subsidy")
def draw_subsidy() -> ResponseReturnValue:
    done = perform(
        subsidies.draw, OrderForm().key.data, district=request.form.get("district", "")[:12], period=request.form.get("period", "")[:6]
    )
    return go("settlement.subsidy", statement_id=done.statement_id)


@room.get("/me/subsidies/statements/<statement_id>", may=APPLY, name="subsidy")
def subsidy(statement_id: str) -> ResponseReturnValue:
    """One of them with its lines, and what can be done with it."""
    return show("settlement/subsidy.html", **shown(queries.own(db(), statement_id, [me().person_id])))


@room.post("/me/subsidies/statements/<statement_id>/submit", does=subsidies.submit, name="submit_subsidy")
def submit_subsidy(statement_id: str) -> ResponseReturnValue:
    perform(subsidies.submit, OrderForm().key.data, statement_id=statement_id)
    tell("已申请，审核时限见下", "Applied for; below it says by when it is checked")
    return go("settlement.subsidy", statement_id=statement_id)


@room.post("/me/subsidies/statements/<statement_id>/look", does=subsidies.look_again, name="look_at_subsidy")
def look_at_subsidy(statement_id: str) -> ResponseReturnValue:
    perform(subsidies.look_again, OrderForm().key.data, statement_id=statement_id)
    tell("正在重新核对", "Every line is being looked at again")
    return go("settlement.subsidy", statement_id=statement_id)


@room.post("/me/subsidies/statements/<statement_id>/drop", does=subsidies.drop, name="drop_subsidy")
def drop_subsidy(statement_id: str) -> ResponseReturnValue:
    perform(subsidies.drop, OrderForm().key.data, statement_id=statement_id)
    tell("已作废，可以重新申请", "Given up; it can be applied for again")
    return go("settlement.subsidies")


@room.api("GET", "/me/subsidies", may=APPLY, answers=Calendar)
def api_subsidies() -> Calendar:
    """What one has earned, what is on its way and when, what waits and why, what is owed."""
    return money.calendar(db(), _me(), today())


@room.api("POST", "/me/subsidies/account", does=subsidies.enter_account, body=OwnAccountBody, answers=AccountMade, status=201)
def api_own_account(body: OwnAccountBody) -> AccountMade:
    """Enter one's own account."""
    return perform(subsidies.enter_account, request_key(), **body.model_dump())


@room.api("GET", "/me/subsidies/statements", may=APPLY, answers=list[StatementView], skips=True)
def api_own_subsidies() -> list[StatementView]:
    """One's own statements, newest first."""
    page = paging.asked()
    return queries.of_payee(db(), _me(), page.key, page.limit + 1)


@room.api("POST", "/me/subsidies/statements", does=subsidies.draw, body=DrawBody, answers=StatementMade, status=201)
def api_draw_subsidy(body: DrawBody) -> StatementMade:
    """Draw up what one has earned; it is ready when `ready` says so."""
    return perform(subsidies.draw, request_key(), **body.model_dump())


@room.api("GET", "/me/subsidies/statements/<statement_id>", may=APPLY, answers=StatementPage)
def api_subsidy(statement_id: str) -> StatementPage:
    """One of one's own statements."""
    return queries.own(db(), statement_id, [me().person_id])


@room.api("GET", "/me/subsidies/statements/<statement_id>/lines", may=APPLY, answers=list[LineView], by=("position",), skips=True)
def api_subsidy_lines(statement_id: str) -> list[LineView]:
    """Its lines with what each of them waits for."""
    queries.own(db(), statement_id, [me().person_id])
    return lines_asked(statement_id)


@room.api("POST", "/me/subsidies/statements/<statement_id>/submit", does=subsidies.submit, answers=StatementMade)
def api_submit_subsidy(statement_id: str) -> StatementMade:
    """Apply for the money."""
    return perform(subsidies.submit, request_key(), statement_id=statement_id)


@room.api("POST", "/me/subsidies/statements/<statement_id>/look", does=subsidies.look_again, answers=StatementMade)
def api_look_at_subsidy(statement_id: str) -> StatementMade:
    """Have every line looked at again."""
    return perform(subsidies.look_again, request_key(), statement_id=statement_id)


@room.api("POST", "/me/subsidies/statements/<statement_id>/drop", does=subsidies.drop, answers=StatementMade)
def api_drop_subsidy(statement_id: str) -> StatementMade:
    """Give a statement up that is not applied for."""
    return perform(subsidies.drop, request_key(), statement_id=statement_id)
