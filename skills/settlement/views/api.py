"""The same for programs. Money in 分."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from flask import request
from pydantic import BaseModel, Field

from skills.kernel.money import SUM
from skills.settlement.actions import advances, claw_backs, objections, payees, statements
from skills.settlement.actions.advances import AdvanceMade
from skills.settlement.actions.claw_backs import ClawBackMade
from skills.settlement.actions.objections import Objected, ObjectionDecided
from skills.settlement.actions.payees import AccountMade
from skills.settlement.actions.statements import StatementMade
from skills.settlement.queries import advances as advance_queries
from skills.settlement.queries import money, notices
from skills.settlement.queries import payees as payee_queries
from skills.settlement.queries import statements as queries
from skills.settlement.queries.advances import AdvanceView
from skills.settlement.queries.money import Calendar, Debt
from skills.settlement.queries.notices import Notice
from skills.settlement.queries.payees import AccountView
from skills.settlement.queries.statements import LinePage, LineView, StatementPage, StatementView
from skills.settlement.states import StatementState
from skills.settlement.views.bureau import mine, seen, states_seen
from skills.settlement.views.words import own_payee, room
from skills.web import paging
from skills.web.amounts import Cents
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, db, me, perform, today

SEE = "statement.see"
REASON = Field(min_length=1, max_length=400)


class AccountBody(BaseModel):
    """An account as it stands on the bank's papers; the number may have blanks and hyphens."""

    holder: str = Field(min_length=1, max_length=80)
    bank: str = Field(min_length=1, max_length=80)
    number: str = Field(min_length=8, max_length=48)


class DrawBody(BaseModel):
    """What to draw up: the district whose money it is, and a quarter as 2026Q4."""

    district: str = Field(max_length=12)
    period: str = Field(max_length=6)


class ReasonBody(BaseModel):
    """Why: those concerned read it."""

    reason: str = REASON


class PaidBody(BaseModel):
    """What the bank's slip says."""

    cents: Annotated[int, Cents(SUM)]
    paid_on: date
    reference: str = Field(min_length=1, max_length=60)


class RepaidBody(BaseModel):
    """What was paid back."""

    cents: Annotated[int, Cents(SUM)]
    reference: str = Field(min_length=1, max_length=60)


class ClawBackBody(BaseModel):
    """How much of what use is to come back, and why."""

    redemption_id: str = Field(max_length=26)
    cents: Annotated[int, Cents(SUM)]
    reason: str = REASON


class AdvanceBody(BaseModel):
    """How much is asked for, of which district's money."""

    district: str = Field(max_length=12)
    cents: Annotated[int, Cents(SUM)]


class ObjectionBody(BaseModel):
    """An objection by real name; only the handler sees name and contact."""

    name: str = Field(min_length=1, max_length=60)
    contact: str = Field(min_length=1, max_length=120)
    text: str = Field(min_length=1, max_length=1000)


class DecisionBody(BaseModel):
    """What an objection came to."""

    upheld: bool
    reply: str = REASON


@dataclass(frozen=True)
class OnNotice:
    """A line on notice, as the public reads it."""

    line_id: str
    masked_name: str
    occupation: str
    level: str
    cents: int


@room.api("GET", "/org/money", may=statements.SUBMIT, answers=Calendar)
def api_money() -> Calendar:
    """The money of one's institution or firm: what is earned, what comes when, what waits and why, what is owed."""
    return money.calendar(db(), own_payee(), today())


@room.api("POST", "/org/money/account", does=payees.enter, body=AccountBody, answers=AccountMade, status=201)
def api_enter(body: AccountBody) -> AccountMade:
    """Enter the account that the money goes to."""
    return perform(payees.enter, request_key(), organisation_id=me().organisation_id, **body.model_dump())


@room.api("GET", "/payees", may=payees.VERIFY, answers=list[AccountView])
def api_payees() -> list[AccountView]:
    """Accounts that wait to be compared with the bank."""
    return payee_queries.to_verify(db(), me().actor.districts_for(payees.VERIFY))


@room.api("POST", "/payees/<account_id>/verify", does=payees.verify, answers=AccountMade)
def api_verify(account_id: str) -> AccountMade:
    """Say that holder and number belong together."""
    return perform(payees.verify, request_key(), account_id=account_id)


@room.api("POST", "/payees/<account_id>/refuse", does=payees.refuse, body=ReasonBody, answers=AccountMade)
def api_refuse(account_id: str, body: ReasonBody) -> AccountMade:
    """Say that they do not."""
    return perform(payees.refuse, request_key(), account_id=account_id, reason=body.reason)


@room.api("GET", "/org/statements", may=statements.SUBMIT, answers=list[StatementView], skips=True)
def api_own() -> list[StatementView]:
    """The statements of one's institution, newest first."""
    page = paging.asked()
    return queries.of_payee(db(), own_payee(), page.key, page.limit + 1)


@room.api("POST", "/org/statements", does=statements.draw, body=DrawBody, answers=StatementMade, status=201)
def api_draw(body: DrawBody) -> StatementMade:
    """Draw a statement up; it is ready when `ready` says so."""
    return perform(statements.draw, request_key(), organisation_id=me().organisation_id, **body.model_dump())


@room.api("GET", "/org/statements/<statement_id>", may=statements.SUBMIT, answers=StatementPage)
def api_own_one(statement_id: str) -> StatementPage:
    """One statement of one's institution."""
    return queries.own(db(), statement_id, me().actor.organisations_for(statements.SUBMIT))


@room.api("GET", "/org/statements/<statement_id>/lines", may=statements.SUBMIT, answers=list[LineView], by=("position",), skips=True)
def api_own_lines(statement_id: str) -> list[LineView]:
    """Its lines with what each of them waits for."""
    queries.own(db(), statement_id, me().actor.organisations_for(statements.SUBMIT))
    return lines_asked(statement_id)


@room.api("POST", "/org/statements/<statement_id>/submit", does=statements.submit, answers=StatementMade)
def api_submit(statement_id: str) -> StatementMade:
    """Apply for the money."""
    return perform(statements.submit, request_key(), statement_id=statement_id)


@room.api("POST", "/org/statements/<statement_id>/look", does=statements.look_again, answers=StatementMade)
def api_look(statement_id: str) -> StatementMade:
    """Have every line looked at again."""
    return perform(statements.look_again, request_key(), statement_id=statement_id)


@room.api("POST", "/org/statements/<statement_id>/drop", does=statements.drop, answers=StatementMade)
def api_drop(statement_id: str) -> StatementMade:
    """Give a statement up that is not applied for."""
    return perform(statements.drop, request_key(), statement_id=statement_id)


@room.api("GET", "/statements", may=SEE, answers=list[StatementView], skips=True)
def api_statements() -> list[StatementView]:
    """Statements of one's districts, newest first; `?state=` those in a state. Finance sees what was handed over."""
    page, wanted, allowed = paging.asked(), request.args.get("state", ""), states_seen()
    state = (wanted,) if wanted in set(StatementState) and (allowed is None or wanted in allowed) else allowed
    return queries.of_districts(db(), mine(), state, page.key, page.limit + 1)


@room.api("GET", "/statements/<statement_id>", may=SEE, answers=StatementPage)
def api_statement(statement_id: str) -> StatementPage:
    """One statement."""
    return seen(statement_id)


@room.api("GET", "/statements/<statement_id>/lines", may=SEE, answers=list[LineView], by=("position",), skips=True)
def api_lines(statement_id: str) -> list[LineView]:
    """Its lines."""
    seen(statement_id)
    return lines_asked(statement_id)


@room.api("GET", "/statements/lines/<line_id>", may=SEE, answers=LinePage)
def api_line(line_id: str) -> LinePage:
    """A line with the verdict of the use and those of its settlement."""
    found = queries.line(db(), line_id, mine())
    seen(found.statement.id)
    return found


@room.api("POST", "/statements/lines/<line_id>/admit", does=statements.admit, body=ReasonBody, answers=StatementMade)
def api_admit(line_id: str, body: ReasonBody) -> StatementMade:
    """Let a line through although the record now speaks against the person."""
    return perform(statements.admit, request_key(), line_id=line_id, reason=body.reason)


@room.api("POST", "/statements/<statement_id>/check", does=statements.check, answers=StatementMade)
def api_check(statement_id: str) -> StatementMade:
    """Hold an application to be right."""
    return perform(statements.check, request_key(), statement_id=statement_id)


@room.api("POST", "/statements/<statement_id>/back", does=statements.send_back, body=ReasonBody, answers=StatementMade)
def api_back(statement_id: str, body: ReasonBody) -> StatementMade:
    """Send an application back."""
    return perform(statements.send_back, request_key(), statement_id=statement_id, reason=body.reason)


@room.api("POST", "/statements/<statement_id>/notice", does=statements.notice, answers=StatementMade)
def api_notice(statement_id: str) -> StatementMade:
    """Put a checked statement on public notice."""
    return perform(statements.notice, request_key(), statement_id=statement_id)


@room.api("POST", "/statements/<statement_id>/close", does=statements.close, answers=StatementMade)
def api_close(statement_id: str) -> StatementMade:
    """Close the notice and hand what is due over to finance."""
    return perform(statements.close, request_key(), statement_id=statement_id)


@room.api("POST", "/statements/<statement_id>/pay", does=statements.pay, body=PaidBody, answers=StatementMade)
def api_pay(statement_id: str, body: PaidBody) -> StatementMade:
    """Report that the bank has paid."""
    return perform(statements.pay, request_key(), statement_id=statement_id, **body.model_dump())


@room.api("POST", "/statements/<statement_id>/bounce", does=statements.bounce, body=ReasonBody, answers=StatementMade)
def api_bounce(statement_id: str, body: ReasonBody) -> StatementMade:
    """Report that the bank sent the money back."""
    return perform(statements.bounce, request_key(), statement_id=statement_id, reason=body.reason)


@room.api("POST", "/statements/<statement_id>/resend", does=statements.resend, answers=StatementMade)
def api_resend(statement_id: str) -> StatementMade:
    """Hand a bounced statement over again."""
    return perform(statements.resend, request_key(), statement_id=statement_id)


@room.api("POST", "/statements/<statement_id>/recall", does=statements.recall, answers=StatementMade)
def api_recall(statement_id: str) -> StatementMade:
    """Do not send a bounced statement again."""
    return perform(statements.recall, request_key(), statement_id=statement_id)


@room.api("GET", "/notices/statements", may=PUBLIC, answers=list[Notice], by=("id",))
def api_notices() -> list[Notice]:
    """Statements on public notice."""
    return notices.notices(db(), today())


@room.api("GET", "/notices/statements/<statement_id>/lines", may=PUBLIC, answers=list[OnNotice], by=("line_id",))
def api_notice_lines(statement_id: str) -> list[OnNotice]:
    """The lines of a statement on notice."""
    found, after = [], 0
    while True:
        page = notices.notice(db(), statement_id, today(), after)
        found += [OnNotice(n.id, n.use.masked_name, n.use.occupation, n.use.level_zh, n.use.cents) for n in page.lines]
        if page.more is None:
            return found
        after = page.more


@room.api("POST", "/notices/statements/lines/<line_id>/objections", does=objections.raise_, body=ObjectionBody, answers=Objected, status=201)
def api_object(line_id: str, body: ObjectionBody) -> Objected:
    """Object to a line on notice; it freezes that line alone."""
    return perform(objections.raise_, request_key(), line_id=line_id, **body.model_dump())


@room.api("POST", "/statements/objections/<objection_id>/decide", does=objections.decide, body=DecisionBody, answers=ObjectionDecided)
def api_decide(objection_id: str, body: DecisionBody) -> ObjectionDecided:
    """Decide an objection."""
    return perform(objections.decide, request_key(), objection_id=objection_id, upheld=body.upheld, reply=body.reply)


@room.api("GET", "/claw-backs", may=SEE, answers=list[Debt], skips=True)
def api_claw_backs() -> list[Debt]:
    """Money that is to come back, newest first; `?closed=1` what has, or was given up."""
    page = paging.asked()
    return money.debts(db(), mine(), closed=request.args.get("closed") == "1", after=page.key, most=page.limit + 1)


@room.api("POST", "/claw-backs", does=claw_backs.propose, body=ClawBackBody, answers=ClawBackMade, status=201)
def api_propose(body: ClawBackBody) -> ClawBackMade:
    """Propose that paid money comes back."""
    return perform(claw_backs.propose, request_key(), **body.model_dump())


@room.api("POST", "/claw-backs/<claw_back_id>/approve", does=claw_backs.approve, answers=ClawBackMade)
def api_approve(claw_back_id: str) -> ClawBackMade:
    """Approve it as a second person."""
    return perform(claw_backs.approve, request_key(), claw_back_id=claw_back_id)


@room.api("POST", "/claw-backs/<claw_back_id>/drop", does=claw_backs.drop, answers=ClawBackMade)
def api_drop_claw_back(claw_back_id: str) -> ClawBackMade:
    """Do not approve it."""
    return perform(claw_backs.drop, request_key(), claw_back_id=claw_back_id)


@room.api("POST", "/claw-backs/<claw_back_id>/repaid", does=claw_backs.repaid, body=RepaidBody, answers=ClawBackMade)
def api_repaid(claw_back_id: str, body: RepaidBody) -> ClawBackMade:
    """Report that the institution paid it back."""
    return perform(claw_backs.repaid, request_key(), claw_back_id=claw_back_id, **body.model_dump())


@room.api("GET", "/org/money/advances", may=advances.ASK, answers=list[AdvanceView], skips=True)
def api_own_advances() -> list[AdvanceView]:
    """Advances of one's institution, newest first."""
    page = paging.asked()
    return advance_queries.advances(db(), None, me().organisation_id or "", after=page.key, most=page.limit + 1)


@room.api("POST", "/org/money/advances", does=advances.ask, body=AdvanceBody, answers=AdvanceMade, status=201)
def api_ask_advance(body: AdvanceBody) -> AdvanceMade:
    """Ask for money before it is earned."""
    return perform(advances.ask, request_key(), organisation_id=me().organisation_id, **body.model_dump())


@room.api("GET", "/advances", may=SEE, answers=list[AdvanceView], skips=True)
def api_advances() -> list[AdvanceView]:
    """Advances of one's districts, newest first."""
    page = paging.asked()
    return advance_queries.advances(db(), mine(), after=page.key, most=page.limit + 1)


@room.api("POST", "/advances/<advance_id>/approve", does=advances.approve, answers=AdvanceMade)
def api_approve_advance(advance_id: str) -> AdvanceMade:
    """Agree to an advance."""
    return perform(advances.approve, request_key(), advance_id=advance_id)


@room.api("POST", "/advances/<advance_id>/refuse", does=advances.refuse, body=ReasonBody, answers=AdvanceMade)
def api_refuse_advance(advance_id: str, body: ReasonBody) -> AdvanceMade:
    """Do not agree to it."""
    return perform(advances.refuse, request_key(), advance_id=advance_id, reason=body.reason)


@room.api("POST", "/advances/<advance_id>/pay", does=advances.pay, body=PaidBody, answers=AdvanceMade)
def api_pay_advance(advance_id: str, body: PaidBody) -> AdvanceMade:
    """Report that the bank has paid it."""
    return perform(advances.pay, request_key(), advance_id=advance_id, **body.model_dump())


def lines_asked(statement_id: str) -> list[LineView]:
    page = paging.asked()
    after = int(page.key) if page.key.isdecimal() else 0
    return queries.lines(db(), statement_id, "", after, page.limit + 1)
