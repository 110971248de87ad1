"""A statement on its way: drawn up and applied for by the payee, checked, put on notice, handed over, paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.kernel.acts import Act, action
from skills.kernel.clock import shanghai_day
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.settlement import rules
from skills.settlement.actions.lines import judge, totals_of
from skills.settlement.actions.payees import verified
from skills.settlement.models import PayeeAccount, Statement, StatementLine
from skills.settlement.payee import Payee, payee_of
from skills.settlement.queries.payees import owned_by
from skills.settlement.states import ACCOUNT, STATEMENT, AccountState, LineState, StatementState
from skills.standards.calendar import add_working_days
from skills.standards.queries import value

SUBMIT, CHECK, HAND_OVER, PAY = "statement.submit", "statement.check", "statement.hand_over", "statement.pay"


@dataclass(frozen=True)
class StatementMade:
    """A statement and its state."""

    statement_id: str
    state: str


@action("statement.draw", may=SUBMIT)
def draw(act: Act, organisation_id: str, district: str, period: str) -> StatementMade:
    """Draw up what an institution or an employer earned in a district until the end of a quarter ("2026Q4").

    Raises Refusal("statement.period_unknown" | "statement.not_drawable" | "statement.there_already" |
    "statement.lines_not_free"), Forbidden.
    """
    act.require(SUBMIT, organisation_id)
    return drawn(act, Payee(organisation_id), district, period)


def drawn(act: Act, payee: Payee, district: str, period: str) -> StatementMade:
    """The same for any payee, inside the caller's act."""
    read = rules.read_period(period)
    if read is None:
        raise Refusal("statement.period_unknown")
    rules.may_draw(read, act.today).or_refuse()
    wait_exclusive(act.db, f"statement_number:{period}:{district}")
    mine = (owned_by(Statement, payee), Statement.district == district)
    over = (StatementState.DROPPED, StatementState.RECALLED)
    there = act.db.scalar(select(Statement.number).where(*mine, Statement.period == period, Statement.state.not_in(over)))
    if there is not None:
        raise Refusal("statement.there_already", number=there)
    stuck = select(StatementLine.id).join(Statement, Statement.id == StatementLine.statement_id).where(
        *mine, Statement.state.in_(over), StatementLine.withdrawn_at.is_(None)
    )  # fmt: skip
    if act.db.scalar(stuck.limit(1)):
        raise Refusal("statement.lines_not_free")
    number = act.db.scalar(
        select(func.count()).select_from(Statement).where(Statement.period == period, Statement.district == district)
    )
    row = act.add(
        Statement(
            id=act.new_id(), number=f"{period}-{district}-{(number or 0) + 1:04}", **payee.columns,
            district=district, period=period, state=StatementState.DRAWN, drawn_by=act.actor.account, drawn_at=act.at,
        )
    )  # fmt: skip
    row.job = act.later("settlement.gather", statement_id=row.id)
    act.note("statement.draw", id=row.id, payee=payee.id, district=district, period=period)
    return StatementMade(row.id, row.state)


@action("statement.submit", may=SUBMIT)
def submit(act: Act, statement_id: str) -> StatementMade:
    """Apply for the money. Every line is looked at again before it is checked.

    Raises Missing("statement.unknown"), Refusal("statement.not_ready" | "statement.not_submittable" | "statement.cannot_submit").
    """
    return submitted(act, _own(act, statement_id))


def submitted(act: Act, row: Statement) -> StatementMade:
    """The same for any payee, inside the caller's act."""
    STATEMENT.check(row.state, "submit")
    _ready(row)
    due = act.db.scalar(
        select(func.coalesce(func.sum(StatementLine.cents), 0)).where(
            StatementLine.statement_id == row.id, StatementLine.state == LineState.DUE
        )
    )
    rules.may_submit(int(due or 0), verified(act, payee_of(row)) is not None).or_refuse()
    days = int(value(act.db, "statement.check_days", act.today))
    act.move(
        row, STATEMENT, "submit", submitted_by=act.actor.account, submitted_at=act.at, complete_at=None,
        check_by=add_working_days(act.today, days), reason="", checked_by=None, checked_at=None,
    )  # fmt: skip
    row.job = act.later("settlement.look", statement_id=row.id)
    return StatementMade(row.id, row.state)


@action("statement.drop", may=SUBMIT)
def drop(act: Act, statement_id: str) -> StatementMade:
    """Give a statement up that is not applied for: its lines are free for another one."""
    return dropped(act, _own(act, statement_id))


def dropped(act: Act, row: Statement) -> StatementMade:
    """The same for any payee, inside the caller's act."""
    act.move(row, STATEMENT, "drop")
    row.job = act.later("settlement.free", statement_id=row.id)
    return StatementMade(row.id, row.state)


@action("statement.look_again", may=SUBMIT)
def look_again(act: Act, statement_id: str) -> StatementMade:
    """Have every line looked at again: an account was verified, attendance corrected, a hold lifted.

    Raises Refusal("statement.not_open" | "statement.not_ready").
    """
    return looked_at_again(act, _own(act, statement_id))


def looked_at_again(act: Act, row: Statement) -> StatementMade:
    """The same for any payee, inside the caller's act."""
    if row.state not in (StatementState.DRAWN, StatementState.SENT_BACK):
        raise Refusal("statement.not_open")
    _ready(row)
    act.alter(row, Statement.state == row.state, complete_at=None)
    row.job = act.later("settlement.look", statement_id=row.id)
    act.note("statement.look_again", id=row.id)
    return StatementMade(row.id, row.state)


@action("statement.admit", may=CHECK)
def admit(act: Act, line_id: str, reason: str) -> StatementMade:
    """Let a line through although the record now speaks against the person, or nobody's attendance was ever written in the class.

    The fact began after the training, say; or the room had no network and other papers show who came.

    Raises Missing, Refusal("statement.not_in_check" | "statement.reason_needed" | "statement_line.not_admissible").
    """
    line = act.get(StatementLine, id=line_id)
    row = theirs(act, line.statement_id, CHECK)
    if row.state != StatementState.SUBMITTED:
        raise Refusal("statement.not_in_check")
    if not reason.strip():
        raise Refusal("statement.reason_needed")
    missed = {f["code"] for f in line.findings if not f["met"]}
    if line.state != LineState.HELD or not missed & rules.ADMISSIBLE:
        raise Refusal("statement_line.not_admissible")
    rules.may_review(row.submitted_by or "", act.actor.account).or_refuse()
    changed = act.alter(line, StatementLine.state == LineState.HELD, admitted_by=act.actor.account, admit_reason=reason.strip()[:400])
    if not changed:
        raise Refusal("statement_line.changed_meanwhile")
    act.note("statement_line.admit", id=line.id)
    judge(act, line, verified(act, payee_of(row)) is not None)
    return StatementMade(row.id, row.state)


@action("statement.check", may=CHECK)
def check(act: Act, statement_id: str) -> StatementMade:
    """The authority holds the application to be right. Raises Refusal("statement.not_ready" | "statement.own_work")."""
    row = theirs(act, statement_id, CHECK)
    STATEMENT.check(row.state, "check")
    _ready(row)
    rules.may_review(row.submitted_by or "", act.actor.account).or_refuse()
    act.move(row, STATEMENT, "check", checked_by=act.actor.account, checked_at=act.at)
    return StatementMade(row.id, row.state)


@action("statement.send_back", may=CHECK)
def send_back(act: Act, statement_id: str, reason: str) -> StatementMade:
    """Send an application back with what is wrong. Raises Refusal("statement.reason_needed")."""
    row = theirs(act, statement_id, CHECK)
    if not reason.strip():
        raise Refusal("statement.reason_needed")
    act.move(row, STATEMENT, "send_back", reason=reason.strip()[:400])
    send(act, code="statement.told_back", **payee_of(row).columns, number=row.number, reason=row.reason)
    return StatementMade(row.id, row.state)


@action("statement.notice", may=HAND_OVER)
def notice(act: Act, statement_id: str) -> StatementMade:
    """Put a checked statement on public notice, as a second person of the authority.

    Raises Refusal("statement.own_work" | "statement.cannot_notice").
    """
    row = theirs(act, statement_id, HAND_OVER)
    STATEMENT.check(row.state, "notice")
    _second(act, row)
    to = add_working_days(act.today, int(value(act.db, "statement.notice_days", act.today)))
    act.move(row, STATEMENT, "notice", noticed_by=act.actor.account, noticed_at=act.at, notice_to=to)
    send(act, code="statement.told_noticed", **payee_of(row).columns, number=row.number, to=to)
    return StatementMade(row.id, row.state)


@action("statement.close", may=HAND_OVER)
def close(act: Act, statement_id: str) -> StatementMade:
    """The notice is over: look at every line once more and hand what is due over to finance; what somebody objected to stays behind.

    Raises Refusal("statement.not_closable" | "statement.own_work" | "statement.cannot_close").
    """
    row = theirs(act, statement_id, HAND_OVER)
    STATEMENT.check(row.state, "close")
    rules.may_close(row.notice_to, act.today, verified(act, payee_of(row)) is not None).or_refuse()
    _second(act, row)
    act.move(row, STATEMENT, "close", closed_by=act.actor.account, closed_at=act.at)
    row.job = act.later("settlement.close", statement_id=row.id)
    return StatementMade(row.id, row.state)


@action("statement.pay", may=PAY)
def pay(act: Act, statement_id: str, cents: int, paid_on: date, reference: str) -> StatementMade:
    """Finance reports that the bank has paid: the total must be the one that was handed over, to the fen.

    Raises Refusal("statement.not_payable" | "statement.reference_needed" | "statement.cannot_pay").
    """
    row = theirs(act, statement_id, PAY)
    STATEMENT.check(row.state, "pay")
    if not reference.strip():
        raise Refusal("statement.reference_needed")
    if row.cents is None or row.handed_over_at is None:
        raise ValueError(f"{row.id} is handed over without totals")
    rules.may_pay(row.cents, cents, shanghai_day(row.handed_over_at), paid_on, act.today).or_refuse()
    act.move(
        row, STATEMENT, "pay", paid_by=act.actor.account, paid_at=act.at, paid_on=paid_on, reference=reference.strip()[:60]
    )
    row.job = act.later("settlement.book", statement_id=row.id)
    send(act, code="statement.told_paid", **payee_of(row).columns, number=row.number,
         yuan=f"{row.cents / 100:.2f}", on=paid_on, reference=row.reference)  # fmt: skip
    return StatementMade(row.id, row.state)


@action("statement.bounce", may=PAY)
def bounce(act: Act, statement_id: str, reason: str) -> StatementMade:
    """The bank sent the money back: the account counts no more until another one is verified.

    Raises Refusal("statement.reason_needed" | "statement.cannot_bounce").
    """
    row = theirs(act, statement_id, PAY)
    if not reason.strip():
        raise Refusal("statement.reason_needed")
    act.move(row, STATEMENT, "bounce", reason=reason.strip()[:400])
    account = act.get(PayeeAccount, id=row.account_id)
    if account.state == AccountState.VERIFIED:
        act.move(account, ACCOUNT, "doubt", decided_by=act.actor.account, decided_at=act.at, reason=row.reason)
    send(act, code="statement.told_bounced", **payee_of(row).columns, number=row.number, reason=row.reason)
    return StatementMade(row.id, row.state)


@action("statement.resend", may=HAND_OVER)
def resend(act: Act, statement_id: str) -> StatementMade:
    """Hand a bounced statement over again, to an account that was verified since.

    Raises Refusal("statement.account_needed" | "statement.cannot_resend" | "statement.own_work").
    """
    row = theirs(act, statement_id, HAND_OVER)
    STATEMENT.check(row.state, "resend")
    _second(act, row)
    account = verified(act, payee_of(row))
    if account is None:
        raise Refusal("statement.account_needed")
    count, cents, digest = totals_of(act, row, account.blind)
    act.move(
        row, STATEMENT, "resend", account_id=account.id, count=count, cents=cents, digest=digest, handed_over_at=act.at, reason=""
    )
    return StatementMade(row.id, row.state)


@action("statement.recall", may=HAND_OVER)
def recall(act: Act, statement_id: str) -> StatementMade:
    """A bounced statement is not sent again: its uses are payable as before, and can be frozen."""
    row = theirs(act, statement_id, HAND_OVER)
    STATEMENT.check(row.state, "recall")
    _second(act, row)
    act.move(row, STATEMENT, "recall", handed_over_at=None)
    row.job = act.later("settlement.free", statement_id=row.id)
    return StatementMade(row.id, row.state)


def theirs(act: Act, statement_id: str, right: str) -> Statement:
    """A statement of the actor's districts. Raises Missing("statement.unknown")."""
    row = act.find(Statement, id=statement_id)
    bounds = act.actor.districts_for(right)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("statement.unknown")
    return row


def _own(act: Act, statement_id: str) -> Statement:
    row = act.find(Statement, id=statement_id)
    if row is None or row.organisation_id is None or not act.actor.may(SUBMIT, row.organisation_id):
        raise Missing("statement.unknown")
    return row


def _ready(row: Statement) -> None:
    if row.complete_at is None:
        raise Refusal("statement.not_ready")


def _second(act: Act, row: Statement) -> None:
    """Nobody who applied, checked or admitted a line decides on it again."""
    admitted = act.db.scalars(
        select(StatementLine.admitted_by).where(StatementLine.statement_id == row.id, StatementLine.admitted_by.is_not(None))
    )
    earlier = [row.checked_by or "", *(str(a) for a in admitted)]
    rules.may_review(row.submitted_by or "", act.actor.account, earlier).or_refuse()
