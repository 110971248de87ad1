"""A person's subsidies: what is on its way is paid first; the account goes with the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.acts import Act
from skills.kernel.findings import Finding
from skills.people.parts import Named, Part, nothing_under_way, register
from skills.settlement.models import ClawBack, PayeeAccount, Statement, StatementLine
from skills.settlement.states import ACCOUNT, STATEMENT, AccountState, ClawBackState, StatementState
from skills.vouchers.queries.uses import uses_of

OVER = (StatementState.PAID, StatementState.RECALLED, StatementState.DROPPED)
OWED = (ClawBackState.PROPOSED, ClawBackState.APPROVED)
LIVE = (AccountState.ENTERED, AccountState.VERIFIED)


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No subsidy of the person's own is on its way, and nothing is owed."""
    asked = select(func.count()).select_from(Statement).where(Statement.person_id == person_id, Statement.state.not_in(OVER))
    owed = select(func.count()).select_from(ClawBack).where(ClawBack.person_id == person_id, ClawBack.state.in_(OWED))
    return (nothing_under_way("erasure.subsidies", (db.scalar(asked) or 0) + (db.scalar(owed) or 0)),)


def forget(act: Act, person_id: str) -> None:
    """Where the money went is forgotten: the number lies under the person's key, what else would find it again goes here.

    Findings of lines name schools, employers and days: the lines stay, their grounds go.
    """
    for row in act.db.scalars(select(PayeeAccount).where(PayeeAccount.person_id == person_id)):
        if row.state in LIVE:
            act.move(row, ACCOUNT, "replace")
        row.bank, row.masked, row.blind, row.reason = "", "", "", ""
    for line in act.db.scalars(select(StatementLine).where(StatementLine.redemption_id.in_(uses_of(act.db, person_id)))):
        line.findings = []
    act.db.flush()


def join(act: Act, kept: str, gone: str) -> None:
    """Of two accounts the one entered at the record that stays is paid to."""
    mine = {row.state for row in act.db.scalars(select(PayeeAccount).where(PayeeAccount.person_id == kept, PayeeAccount.state.in_(LIVE)))}
    for row in act.db.scalars(select(PayeeAccount).where(PayeeAccount.person_id == gone, PayeeAccount.state.in_(mine))).all():
        act.move(row, ACCOUNT, "replace")


def _statement(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Statement, key)
    zh, en = STATEMENT.words[StatementState(row.state)]
    return Named(f"{row.number}（{zh}）", f"{row.number} ({en})", f"/gov/statements/{row.id}")


register("settlement", Part(forget, against, ends=frozenset({"payee_account"}), join=join, names={"statement": _statement}))
