"""The money calendar of an institution: what it earned, what is on its way and when, what waits and why, what it owes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day, start_of
from skills.kernel.errors import Missing
from skills.settlement.models import ClawBack, PayeeAccount, Statement, StatementLine
from skills.settlement.queries.statements import LineView, StatementView, line_views, of_organisations
from skills.settlement.rules import Kind, Period, may_draw, period_of, sealed_at
from skills.settlement.states import ACCOUNT, CLAW_BACK, AccountState, ClawBackState, LineState, StatementState
from skills.standards import queries as standards
from skills.standards.calendar import add_months, add_working_days
from skills.vouchers.queries import settling

MOST_HELD = 50
OVER = (StatementState.DROPPED, StatementState.RECALLED)
MONTHS = 12


@dataclass(frozen=True)
class AccountView:
    """An account of an institution, its number masked."""

    id: str
    organisation_id: str
    organisation: str
    holder: str
    bank: str
    masked: str
    state: str
    state_zh: str
    state_en: str
    entered_at: datetime
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True)
class Drawable:
    """What can be put on a statement of a district's money: until the end of `period`, from `since` on. Money in 分."""

    district: str
    district_name: str
    period: str
    since: date
    open: bool
    count: int
    cents: int


@dataclass(frozen=True)
class Coming:
    """A payment that is on its way: where it stands, and the day by which the next step is due, if there is one."""

    statement: StatementView
    by: date | None
    zh: str
    en: str


@dataclass(frozen=True)
class Debt:
    """Money that is to come back, in 分."""

    id: str
    redemption_id: str
    organisation: str
    masked_name: str
    cents: int
    state: str
    state_zh: str
    state_en: str
    reason: str
    proposed_at: datetime
    proposed_by: str
    way: str
    reference: str


@dataclass(frozen=True)
class MonthOfMoney:
    """A month (2026-11): what became payable and what the bank paid, in 分."""

    month: str
    earned: int
    paid: int


@dataclass(frozen=True)
class Calendar:
    """Everything about an institution's money on a day."""

    account: AccountView | None
    entered: AccountView | None
    refused: AccountView | None
    drawable: tuple[Drawable, ...]
    coming: tuple[Coming, ...]
    held: tuple[LineView, ...]
    debts: tuple[Debt, ...]
    months: tuple[MonthOfMoney, ...]


def calendar(db: Session, organisation_id: str, day: date) -> Calendar:
    """The money calendar of one institution."""
    statements = of_organisations(db, [organisation_id])
    return Calendar(
        _account(db, organisation_id, AccountState.VERIFIED),
        _account(db, organisation_id, AccountState.ENTERED),
        _account(db, organisation_id, AccountState.REFUSED),
        tuple(drawable(db, organisation_id, day)),
        tuple(c for s in statements if (c := _coming(db, s, day))),
        tuple(_held(db, organisation_id)),
        tuple(debts(db, None, organisation_id)),
        tuple(_months(db, organisation_id, day)),
    )


def accounts_to_verify(db: Session, districts: Sequence[str] | frozenset[str] | None) -> list[AccountView]:
    """Accounts that wait to be compared with the bank, the oldest first."""
    rows = db.scalars(select(PayeeAccount).where(PayeeAccount.state == AccountState.ENTERED).order_by(PayeeAccount.id))
    found = [_account_view(db, row) for row in rows]
    if districts is None:
        return found
    return [a for a in found if accounts.organisation(db, a.organisation_id).district in districts]


def payees_of_bodies(db: Session) -> dict[str, str]:
    """organisation → the keyed digest of the account that its money goes to, or is to go to; for oversight."""
    rows = db.execute(
        select(PayeeAccount.organisation_id, PayeeAccount.blind)
        .where(PayeeAccount.state.in_((AccountState.ENTERED, AccountState.VERIFIED)))
        .order_by(PayeeAccount.state)  # the verified one counts, if there are two
    )
    return dict(rows.all())


def account_to_verify(
    db: Session, box: Box, account_id: str, districts: Sequence[str] | frozenset[str] | None
) -> tuple[AccountView, str]:
    """An account and its number in full, for whoever compares it with the bank. Raises Missing("payee_account.unknown")."""
    row = db.get(PayeeAccount, account_id)
    if row is None or (districts is not None and accounts.organisation(db, row.organisation_id).district not in districts):
        raise Missing("payee_account.unknown")
    return _account_view(db, row), box.open(row.number, sealed_at("payee_account", row.id, "number"))


def debts(
    db: Session, districts: Sequence[str] | frozenset[str] | None, organisation_id: str | None = None, closed: bool = False,
    after: str = "", most: int = 100,
) -> list[Debt]:
    """Claw-backs that are not done (or those that are), newest first; of an institution only what two people agreed on."""
    done = (ClawBackState.RECOVERED, ClawBackState.DROPPED)
    chosen = select(ClawBack).where(ClawBack.state.in_(done) if closed else ClawBack.state.not_in(done))
    if organisation_id is not None:
        chosen = chosen.where(ClawBack.organisation_id == organisation_id, ClawBack.state == ClawBackState.APPROVED)
    if districts is not None:
        chosen = chosen.where(ClawBack.district.in_(districts))
    if after:
        chosen = chosen.where(ClawBack.id < after)
    rows = db.scalars(chosen.order_by(ClawBack.id.desc()).limit(most)).all()
    uses = settling.used(db, [row.redemption_id for row in rows])
    return [
        Debt(
            row.id, row.redemption_id, accounts.organisation(db, row.organisation_id).name, uses[row.redemption_id].masked_name,
            row.cents, row.state, *CLAW_BACK.words[ClawBackState(row.state)], row.reason, row.proposed_at, row.proposed_by,
            row.way, row.reference,
        )
        for row in rows
    ]  # fmt: skip


def drawable(db: Session, organisation_id: str, day: date) -> list[Drawable]:
    """By district: of what is payable and on no statement, the part that can be drawn up now, and the part that waits."""
    names = {d.code: d.name for d in standards.districts(db)}
    listed = _listed_by_month(db, organisation_id)
    now = period_of(day)
    ended = Period(*_before(now))
    there = set(
        db.scalars(
            select(Statement.district).where(
                Statement.organisation_id == organisation_id, Statement.period == ended.code, Statement.state.not_in(OVER)
            )
        )
    )
    found: dict[tuple[str, Period], list[int]] = {}
    for row in settling.earned_by_month(db, organisation_id):
        on, cents = listed.get((row.district, row.month), (0, 0))
        earned = period_of(date(int(row.month[:4]), int(row.month[5:]), 1))
        period = ended if may_draw(earned, day) and row.district not in there else now
        if row.count > on:
            sums = found.setdefault((row.district, period), [0, 0])
            sums[0] += row.count - on
            sums[1] += row.cents - cents
    return [
        Drawable(
            district, names.get(district, district), period.code, period.last + timedelta(days=1), period == ended, count, cents
        )
        for (district, period), (count, cents) in sorted(found.items())
    ]


def _before(period: Period) -> tuple[int, int]:
    return (period.year - 1, 4) if period.quarter == 1 else (period.year, period.quarter - 1)


def _listed_by_month(db: Session, organisation_id: str) -> dict[tuple[str, str], tuple[int, int]]:
    """(district, month in which it became payable) → uses on a live statement that are not handed over, and their money."""
    rows = db.execute(
        select(StatementLine.redemption_id)
        .join(Statement, Statement.id == StatementLine.statement_id)
        .where(
            Statement.organisation_id == organisation_id, StatementLine.kind == Kind.PAY, StatementLine.withdrawn_at.is_(None),
            StatementLine.state.in_((LineState.DUE, LineState.HELD)),
        )
    )  # fmt: skip
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for use in settling.used(db, [row[0] for row in rows]).values():
        if use.earned_at is not None and use.state == "earned":
            key = (use.district, shanghai_day(use.earned_at).isoformat()[:7])
            count, cents = found.get(key, (0, 0))
            found[key] = (count + 1, cents + use.cents)
    return found


_STEPS: dict[StatementState, tuple[str, str]] = {
    StatementState.DRAWN: ("提交申请后开始审核", "It is checked once you apply for it"),
    StatementState.SENT_BACK: ("补正后重新提交", "Mend it and apply again"),
    StatementState.SUBMITTED: ("审核时限", "The check is due"),
    StatementState.CHECKED: ("等待公示", "It goes on notice next"),
    StatementState.NOTICED: ("公示至", "On notice until"),
    StatementState.CLOSING: ("正在移交财政", "It is being handed over to finance"),
    StatementState.HANDED_OVER: ("等待财政拨付", "Finance pays it next"),
    StatementState.BOUNCED: ("退票，等待核验新账户", "It bounced and waits for another account"),
}


def _coming(db: Session, statement: StatementView, day: date) -> Coming | None:
    state = StatementState(statement.state)
    if state not in _STEPS:
        return None
    by = {StatementState.SUBMITTED: statement.check_by, StatementState.NOTICED: statement.notice_to}.get(state)
    if state is StatementState.CHECKED:
        by = add_working_days(day, int(standards.value(db, "statement.notice_days", day)))
        return Coming(statement, by, "公示最早到", "Its notice ends on")
    return Coming(statement, by, *_STEPS[state])


def _held(db: Session, organisation_id: str) -> list[LineView]:
    """Lines that wait on statements that are not over, with what each waits for."""
    rows = db.scalars(
        select(StatementLine)
        .join(Statement, Statement.id == StatementLine.statement_id)
        .where(Statement.organisation_id == organisation_id, StatementLine.state == LineState.HELD)
        .order_by(StatementLine.id)
        .limit(MOST_HELD)
    ).all()
    return line_views(db, rows)


def _months(db: Session, organisation_id: str, day: date) -> list[MonthOfMoney]:
    """The last twelve months, oldest first."""
    first = add_months(date(day.year, day.month, 1), 1 - MONTHS)
    earned, paid = settling.money_by_month(db, organisation_id, start_of(first))
    names = [add_months(first, n).isoformat()[:7] for n in range(MONTHS)]
    return [MonthOfMoney(name, earned.get(name, 0), paid.get(name, 0)) for name in names]


def _account(db: Session, organisation_id: str, state: AccountState) -> AccountView | None:
    row = db.scalars(
        select(PayeeAccount)
        .where(PayeeAccount.organisation_id == organisation_id, PayeeAccount.state == state)
        .order_by(PayeeAccount.id.desc())
        .limit(1)
    ).first()
    return _account_view(db, row) if row else None


def _account_view(db: Session, row: PayeeAccount) -> AccountView:
    return AccountView(
        row.id, row.organisation_id, accounts.organisation(db, row.organisation_id).name, row.holder, row.bank, row.masked,
        row.state, *ACCOUNT.words[AccountState(row.state)], row.entered_at, row.decided_at, row.reason,
    )  # fmt: skip


def owed(db: Session, districts: Sequence[str] | frozenset[str] | None, state: ClawBackState) -> int:
    """How many claw-backs of these districts are in a state."""
    chosen = select(func.count()).select_from(ClawBack).where(ClawBack.state == state)
    if districts is not None:
        chosen = chosen.where(ClawBack.district.in_(districts))
    return db.scalar(chosen) or 0
