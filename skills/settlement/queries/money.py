"""The money calendar of a payee: what it earned, what is on its way and when, what waits and why, what it owes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.clock import shanghai_day, start_of
from skills.settlement.models import ClawBack, Statement, StatementLine
from skills.settlement.payee import Payee, payee_of
from skills.settlement.queries.payees import AccountView, account_of, names_of, owned_by
from skills.settlement.queries.statements import LineView, StatementView, line_views, of_payee
from skills.settlement.rules import Kind, Period, may_draw, period_of
from skills.settlement.states import CLAW_BACK, AccountState, ClawBackState, LineState, StatementState
from skills.standards import queries as standards
from skills.standards.calendar import add_months, add_working_days
from skills.vouchers.queries import settling
from skills.vouchers.queries.doubts import refuted, refuting

MOST_HELD = 50
OVER = (StatementState.DROPPED, StatementState.RECALLED)
MONTHS = 12


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
    """Money that is to come back, in 分. `refuted`: the training was completed again, so nothing has to come back."""

    id: str
    redemption_id: str
    payee: str
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
    refuted: bool


@dataclass(frozen=True)
class MonthOfMoney:
    """A month (2026-11): what became payable and what the bank paid, in 分."""

    month: str
    earned: int
    paid: int


@dataclass(frozen=True)
class Calendar:
    """Everything about a payee's money on a day."""

    account: AccountView | None
    entered: AccountView | None
    refused: AccountView | None
    drawable: tuple[Drawable, ...]
    coming: tuple[Coming, ...]
    held: tuple[LineView, ...]
    debts: tuple[Debt, ...]
    months: tuple[MonthOfMoney, ...]


def calendar(db: Session, payee: Payee, day: date) -> Calendar:
    """The money calendar of one payee."""
    statements = of_payee(db, payee)
    return Calendar(
        account_of(db, payee, AccountState.VERIFIED),
        account_of(db, payee, AccountState.ENTERED),
        account_of(db, payee, AccountState.REFUSED),
        tuple(drawable(db, payee, day)),
        tuple(c for s in statements if (c := _coming(db, s, day))),
        tuple(_held(db, payee)),
        tuple(debts(db, None, payee)),
        tuple(_months(db, payee, day)),
    )


def debts(
    db: Session, districts: Sequence[str] | frozenset[str] | None, payee: Payee | None = None, closed: bool = False,
    after: str = "", most: int = 100,
) -> list[Debt]:
    """Claw-backs that are not done (or those that are), newest first; of a payee only what two people agreed on and
    what has kept its ground."""
    done = (ClawBackState.RECOVERED, ClawBackState.DROPPED)
    chosen = select(ClawBack).where(ClawBack.state.in_(done) if closed else ClawBack.state.not_in(done))
    if payee is not None:
        chosen = chosen.where(
            owned_by(ClawBack, payee), ClawBack.state == ClawBackState.APPROVED, ClawBack.id.not_in(refuting())
        )  # fmt: skip
    if districts is not None:
        chosen = chosen.where(ClawBack.district.in_(districts))
    if after:
        chosen = chosen.where(ClawBack.id < after)
    rows = db.scalars(chosen.order_by(ClawBack.id.desc()).limit(most)).all()
    uses = settling.used(db, [row.redemption_id for row in rows])
    payees, gone = names_of(db, map(payee_of, rows)), refuted(db, [row.id for row in rows])
    return [
        Debt(
            row.id, row.redemption_id, payees[payee_of(row)], uses[row.redemption_id].masked_name,
            row.cents, row.state, *CLAW_BACK.words[ClawBackState(row.state)], row.reason, row.proposed_at, row.proposed_by,
            row.way, row.reference, row.id in gone,
        )
        for row in rows
    ]  # fmt: skip


def drawable(db: Session, payee: Payee, day: date) -> list[Drawable]:
    """By district: of what is payable and on no statement, the part that can be drawn up now, and the part that waits."""
    names = {d.code: d.name for d in standards.districts(db)}
    listed = _listed_by_month(db, payee)
    now = period_of(day)
    ended = Period(*_before(now))
    there = set(
        db.scalars(
            select(Statement.district).where(
                owned_by(Statement, payee), Statement.period == ended.code, Statement.state.not_in(OVER)
            )
        )
    )
    found: dict[tuple[str, Period], list[int]] = {}
    for row in settling.earned_by_month(db, payee.id):
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


def _listed_by_month(db: Session, payee: Payee) -> dict[tuple[str, str], tuple[int, int]]:
    """(district, month in which it became payable) → uses on a live statement that are not handed over, and their money."""
    rows = db.execute(
        select(StatementLine.redemption_id)
        .join(Statement, Statement.id == StatementLine.statement_id)
        .where(
            owned_by(Statement, payee), StatementLine.kind == Kind.PAY, StatementLine.withdrawn_at.is_(None),
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


def _held(db: Session, payee: Payee) -> list[LineView]:
    """Lines that wait on statements that are not over, with what each waits for."""
    rows = db.scalars(
        select(StatementLine)
        .join(Statement, Statement.id == StatementLine.statement_id)
        .where(owned_by(Statement, payee), StatementLine.state == LineState.HELD)
        .order_by(StatementLine.id)
        .limit(MOST_HELD)
    ).all()
    return line_views(db, rows)


def _months(db: Session, payee: Payee, day: date) -> list[MonthOfMoney]:
    """The last twelve months, oldest first."""
    first = add_months(date(day.year, day.month, 1), 1 - MONTHS)
    earned, paid = settling.money_by_month(db, payee.id, start_of(first))
    names = [add_months(first, n).isoformat()[:7] for n in range(MONTHS)]
    return [MonthOfMoney(name, earned.get(name, 0), paid.get(name, 0)) for name in names]


def to_forgo(db: Session, districts: Sequence[str] | frozenset[str] | None) -> int:
    """How many claw-backs of these districts were agreed on and have lost their ground."""
    chosen = select(func.count()).select_from(ClawBack).where(
        ClawBack.state == ClawBackState.APPROVED, ClawBack.id.in_(refuting())
    )  # fmt: skip
    if districts is not None:
        chosen = chosen.where(ClawBack.district.in_(districts))
    return db.scalar(chosen) or 0


def owed(db: Session, districts: Sequence[str] | frozenset[str] | None, state: ClawBackState) -> int:
    """How many claw-backs of these districts are in a state."""
    chosen = select(func.count()).select_from(ClawBack).where(ClawBack.state == state)
    if districts is not None:
        chosen = chosen.where(ClawBack.district.in_(districts))
    return db.scalar(chosen) or 0
