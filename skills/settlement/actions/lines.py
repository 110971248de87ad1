"""The lines of a statement: gathered, looked at, closed, booked; fifty in an act, so that nobody waits for a long one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.clock import end_of
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding
from skills.settlement import rules
from skills.settlement.actions.payees import verified
from skills.settlement.models import Advance, AdvanceBack, ClawBack, Statement, StatementLine
from skills.settlement.payee import Payee, payee_of
from skills.settlement.queries.payees import owned_by
from skills.settlement.queries.terms import pay_terms
from skills.settlement.rules import Attendance, Claim, Debt, Kind
from skills.settlement.states import (
    ADVANCE,
    CLAW_BACK,
    LINE,
    STATEMENT,
    AdvanceState,
    ClawBackState,
    LineState,
    StatementState,
)
from skills.vouchers.actions import settling
from skills.vouchers.actions.redemptions import lock_person
from skills.vouchers.actions.settling import Payable
from skills.vouchers.queries.doubts import refuted, refuting
from skills.vouchers.queries.settling import payable, used
from skills.vouchers.states import RedemptionState

MOST_IN_ONE_ACT = 50
OPEN = (LineState.DUE, LineState.HELD)


@dataclass(frozen=True)
class Walked:
    """How many lines an act looked at, and where it came to; `last` is None at the end."""

    lines: int
    last: str | None


@action("statement.gather", may="system.jobs")
def gather(act: Act, statement_id: str, after: str) -> Walked:
    """Put the next payable uses on a statement that is being drawn up; what stands on another is left there."""
    statement = act.get(Statement, id=statement_id)
    if statement.state != StatementState.DRAWN:
        return Walked(0, None)
    before = end_of(_last_day(statement))
    ids = payable(act.db, payee_of(statement).id, statement.district, before, after, MOST_IN_ONE_ACT)
    listed = set(
        act.db.scalars(
            select(StatementLine.redemption_id).where(
                StatementLine.redemption_id.in_(ids), StatementLine.kind == Kind.PAY, StatementLine.withdrawn_at.is_(None)
            )
        )
    )
    position, account = _next(act, statement), verified(act, payee_of(statement)) is not None
    for redemption_id in ids:
        if redemption_id in listed:
            continue
        cents, findings = _judged(act, settling.look_at(act, redemption_id), account, admitted=False)
        act.add(
            StatementLine(
                id=act.new_id(), statement_id=statement.id, position=position, redemption_id=redemption_id, kind=Kind.PAY,
                state=LineState.DUE if cents else LineState.HELD, cents=cents, findings=findings, looked_at=act.at,
            )
        )  # fmt: skip
        position += 1
    act.note("statement.gather", id=statement.id, lines=len(ids) - len(listed))
    if len(ids) == MOST_IN_ONE_ACT:
        return Walked(len(ids), ids[-1])
    _set_off(act, statement)
    act.alter(statement, Statement.state == StatementState.DRAWN, complete_at=act.at)
    return Walked(len(ids), None)


@action("statement.look", may="system.jobs")
def look(act: Act, statement_id: str, after: int) -> Walked:
    """Look at the next lines again: what has changed since they were written decides."""
    statement = act.get(Statement, id=statement_id)
    lines = _open_lines(act, statement, after)
    account = verified(act, payee_of(statement)) is not None
    for line in lines:
        if line.kind == Kind.PAY:
            judge(act, line, account)
    if len(lines) == MOST_IN_ONE_ACT:
        return Walked(len(lines), str(lines[-1].position))
    act.alter(statement, Statement.complete_at.is_(None), complete_at=act.at)
    return Walked(len(lines), None)


@action("statement.close_lines", may="system.jobs")
def close(act: Act, statement_id: str, after: int) -> Walked:
    """The notice is over: of the next lines order what may be paid, and take out what may not.

    People are locked in the order of their ids, so that of a denial and a hand-over at once the first one counts.
    """
    statement = act.get(Statement, id=statement_id)
    if statement.state != StatementState.CLOSING:
        return Walked(0, None)
    lines = [line for line in _open_lines(act, statement, after) if line.kind == Kind.PAY]
    last = str(lines[-1].position) if len(lines) == MOST_IN_ONE_ACT else None
    people = used(act.db, [line.redemption_id for line in lines])
    for person_id in sorted({u.person_id for u in people.values()}):
        lock_person(act, person_id)
    account = verified(act, payee_of(statement)) is not None
    for line in lines:
        judge(act, line, account)
        if line.state == LineState.DUE:
            settling.order(act, line.redemption_id)
            act.move(line, LINE, "order")
        else:
            act.move(line, LINE, "drop", withdrawn_at=act.at)
    if last is None:
        _hand_over(act, statement)
    return Walked(len(lines), last)


@action("statement.book", may="system.jobs")
def book(act: Act, statement_id: str) -> Walked:
    """The bank has paid: write the next lines into the ledger. `last` is not None while more wait."""
    statement = act.get(Statement, id=statement_id)
    lines = _in_state(act, statement, LineState.ORDERED)
    people = used(act.db, [line.redemption_id for line in lines])
    for person_id in sorted({u.person_id for u in people.values()}):
        lock_person(act, person_id)
    for line in lines:
        if line.kind == Kind.PAY:
            settling.settle(act, line.redemption_id, line.cents)
        else:
            debt = act.get(ClawBack, id=line.claw_back_id)
            settling.claw_back(act, line.redemption_id, -line.cents)
            act.move(debt, CLAW_BACK, "recover", recovered_at=act.at, way="set_off", reference=statement.reference)
        act.move(line, LINE, "pay")
    if len(lines) < MOST_IN_ONE_ACT:
        _book_advances(act, statement)
    return Walked(len(lines), "more" if len(lines) == MOST_IN_ONE_ACT else None)


@action("statement.free_lines", may="system.jobs")
def free(act: Act, statement_id: str) -> Walked:
    """A statement was given up: its next lines are free for another one."""
    statement = act.get(Statement, id=statement_id)
    recalled = statement.state == StatementState.RECALLED
    lines = _in_state(act, statement, *((LineState.ORDERED,) if recalled else OPEN))
    for line in lines:
        if recalled:
            if line.kind == Kind.PAY:
                settling.recall(act, line.redemption_id)
            act.move(line, LINE, "recall", withdrawn_at=act.at)
        else:
            act.move(line, LINE, "drop", withdrawn_at=act.at)
    for back in _backs(act, statement):
        act.alter(back, AdvanceBack.withdrawn_at.is_(None), withdrawn_at=act.at)
    return Walked(len(lines), "more" if len(lines) == MOST_IN_ONE_ACT else None)


def judge(act: Act, line: StatementLine, account: bool) -> None:
    """Look at one line again and move it to where it now belongs."""
    seen = settling.look_at(act, line.redemption_id)
    cents, findings = _judged(act, seen, account, line.admitted_by is not None)
    values = {"cents": cents, "findings": findings, "looked_at": act.at}
    if bool(cents) == (line.state == LineState.DUE):
        if not act.alter(line, StatementLine.state == line.state, **values):
            raise Refusal("statement_line.changed_meanwhile")
    else:
        act.move(line, LINE, "free" if cents else "hold", **values)


def _judged(act: Act, seen: Payable, account: bool, admitted: bool) -> tuple[int, list[dict[str, object]]]:
    """What is paid for a use in 分, and every condition, in plain terms; what speaks against the person stands at the end."""
    attendance = None
    if seen.attended is not None and seen.planned is not None:
        attendance = Attendance(Decimal(seen.attended) / 100, Decimal(seen.planned) / 100)
    claim = Claim(
        seen.cents, seen.proof, attendance, seen.eligible.yes, seen.frozen, account, seen.state == RedemptionState.EARNED, admitted,
        seen.occupation, seen.level,
    )  # fmt: skip
    settled = rules.settle(claim, pay_terms(act.db, seen.redeemed_on, act.today))
    against: list[Finding] = [f for f in seen.eligible.findings if not f.met]
    found: Any = plain([*settled.verdict.findings, *against])
    return settled.cents, found


def _hand_over(act: Act, statement: Statement) -> None:
    """Everything was looked at: the totals are struck and the statement leaves for finance, or ends without a payment."""
    lines = _in_state(act, statement, LineState.ORDERED, most=None)
    debts = [line for line in _in_state(act, statement, *OPEN, most=None) if line.kind == Kind.CLAW_BACK]
    due, gone = sum(line.cents for line in lines), refuted(act.db, [str(line.claw_back_id) for line in debts])
    owed = [Debt(line.id, -line.cents) for line in debts if line.claw_back_id not in gone]
    fits = {d.id for d in rules.set_off(due, owed)}
    for line in debts:
        if line.id in fits:
            act.move(line, LINE, "order")
        else:
            act.move(line, LINE, "drop", withdrawn_at=act.at)
    if not lines:
        act.move(statement, STATEMENT, "end")
        return
    lock_debts(act, payee_of(statement))
    left = due - sum(-line.cents for line in debts if line.id in fits)
    for advance, outstanding in _advances(act, statement):
        if (cents := rules.advance_back(left, outstanding)) > 0:
            act.add(
                AdvanceBack(id=act.new_id(), advance_id=advance.id, statement_id=statement.id, cents=cents, at=act.at)
            )
            left -= cents
    account = verified(act, payee_of(statement))
    if account is None:
        raise Refusal("statement.account")
    count, cents, digest = totals_of(act, statement, account.blind)
    act.move(
        statement, STATEMENT, "hand_over", count=count, cents=cents, digest=digest, account_id=account.id, handed_over_at=act.at
    )


def totals_of(act: Act, statement: Statement, blind: str) -> tuple[int, int, str]:
    """The control totals of what is ordered, which must add up. Raises Refusal("statement.does_not_add_up")."""
    lines = _in_state(act, statement, LineState.ORDERED, most=None)
    rows = [rules.Row(line.id, Kind(line.kind), blind, line.cents) for line in lines]
    rows += [rules.Row(back.id, Kind.ADVANCE, blind, -back.cents) for back in _backs(act, statement)]
    rules.sums_up(rows).or_refuse()
    told = rules.totals(rows)
    return told.count, told.cents, told.digest


def lock_debts(act: Act, payee: Payee) -> None:
    """One act at a time decides whether a payee's debt is set off or was paid back."""
    wait_exclusive(act.db, f"claw_backs_of:{payee.id}")


def _set_off(act: Act, statement: Statement) -> None:
    """What the payee owes in this district is taken from this payment, the oldest first."""
    lock_debts(act, payee_of(statement))
    due = act.db.scalar(
        select(func.coalesce(func.sum(StatementLine.cents), 0)).where(
            StatementLine.statement_id == statement.id, StatementLine.state == LineState.DUE
        )
    )
    listed = select(StatementLine.claw_back_id).where(
        StatementLine.kind == Kind.CLAW_BACK, StatementLine.withdrawn_at.is_(None)
    )
    owed = act.db.scalars(
        select(ClawBack)
        .where(
            owned_by(ClawBack, payee_of(statement)), ClawBack.district == statement.district,
            ClawBack.state == ClawBackState.APPROVED, ClawBack.id.not_in(listed), ClawBack.id.not_in(refuting()),
        )
        .order_by(ClawBack.decided_at, ClawBack.id)
    ).all()  # fmt: skip
    taken = {d.id for d in rules.set_off(int(due or 0), [Debt(row.id, row.cents) for row in owed])}
    for row in owed:
        if row.id in taken:
            act.add(
                StatementLine(
                    id=act.new_id(), statement_id=statement.id, position=_next(act, statement), redemption_id=row.redemption_id,
                    kind=Kind.CLAW_BACK, claw_back_id=row.id, state=LineState.DUE, cents=-row.cents, findings=[],
                    looked_at=act.at,
                )
            )  # fmt: skip


def _advances(act: Act, statement: Statement) -> list[tuple[Advance, int]]:
    """Advances of the payee in this district that are not set off yet, the oldest first, with what is left of each.

    Only organisations have any.
    """
    if statement.organisation_id is None:
        return []
    rows = act.db.scalars(
        select(Advance)
        .where(
            Advance.organisation_id == statement.organisation_id, Advance.district == statement.district,
            Advance.state == AdvanceState.PAID,
        )
        .order_by(Advance.paid_on, Advance.id)
    ).all()  # fmt: skip
    return [(row, row.cents - _set_off_of(act, row)) for row in rows]


def _set_off_of(act: Act, advance: Advance, booked: bool = False) -> int:
    chosen = select(func.coalesce(func.sum(AdvanceBack.cents), 0)).where(
        AdvanceBack.advance_id == advance.id, AdvanceBack.withdrawn_at.is_(None)
    )  # fmt: skip
    return int(act.db.scalar(chosen.where(AdvanceBack.booked_at.is_not(None)) if booked else chosen) or 0)


def _backs(act: Act, statement: Statement) -> Sequence[AdvanceBack]:
    return act.db.scalars(
        select(AdvanceBack)
        .where(AdvanceBack.statement_id == statement.id, AdvanceBack.withdrawn_at.is_(None))
        .order_by(AdvanceBack.id)
    ).all()


def _book_advances(act: Act, statement: Statement) -> None:
    """The payment went out without what had been advanced: that part is done, and an advance that is all set off with it."""
    for back in _backs(act, statement):
        if not act.alter(back, AdvanceBack.booked_at.is_(None), booked_at=act.at):
            continue
        advance = act.get(Advance, id=back.advance_id)
        act.note("advance.set_off", id=advance.id, cents=back.cents)
        if _set_off_of(act, advance, booked=True) == advance.cents:
            act.move(advance, ADVANCE, "settle")


def _next(act: Act, statement: Statement) -> int:
    last = act.db.scalar(select(func.max(StatementLine.position)).where(StatementLine.statement_id == statement.id))
    return (last or 0) + 1


def _last_day(statement: Statement) -> date:
    period = rules.read_period(statement.period)
    if period is None:
        raise ValueError(statement.period)
    return period.last


def _open_lines(act: Act, statement: Statement, after: int) -> Sequence[StatementLine]:
    return act.db.scalars(
        select(StatementLine)
        .where(
            StatementLine.statement_id == statement.id, StatementLine.state.in_(OPEN), StatementLine.kind == Kind.PAY,
            StatementLine.position > after,
        )
        .order_by(StatementLine.position)
        .limit(MOST_IN_ONE_ACT)
    ).all()  # fmt: skip


def _in_state(
    act: Act, statement: Statement, *states: LineState, most: int | None = MOST_IN_ONE_ACT
) -> Sequence[StatementLine]:
    chosen = (
        select(StatementLine)
        .where(StatementLine.statement_id == statement.id, StatementLine.state.in_(states))
        .order_by(StatementLine.position)
    )
    return act.db.scalars(chosen if most is None else chosen.limit(most)).all()


