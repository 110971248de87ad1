"""A person's subsidies: what is on its way is paid first; the account goes with the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.acts import Act
from skills.kernel.findings import Finding
from skills.people.parts import Part, nothing_under_way, register
from skills.settlement.models import ClawBack, PayeeAccount, Statement
from skills.settlement.states import ACCOUNT, AccountState, ClawBackState, StatementState

OVER = (StatementState.PAID, StatementState.RECALLED, StatementState.DROPPED)
OWED = (ClawBackState.PROPOSED, ClawBackState.APPROVED)
LIVE = (AccountState.ENTERED, AccountState.VERIFIED)


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No subsidy of the person's own is on its way, and nothing is owed."""
    asked = select(func.count()).select_from(Statement).where(Statement.person_id == person_id, Statement.state.not_in(OVER))
    owed = select(func.count()).select_from(ClawBack).where(ClawBack.person_id == person_id, ClawBack.state.in_(OWED))
    return (nothing_under_way("erasure.subsidies", (db.scalar(asked) or 0) + (db.scalar(owed) or 0)),)


def forget(act: Act, person_id: str) -> None:
    """Where the money went is forgotten: the number lies under the person's key, bank and last digits go here."""
    for row in act.db.scalars(select(PayeeAccount).where(PayeeAccount.person_id == person_id)):
        if row.state in LIVE:
            act.move(row, ACCOUNT, "replace")
        row.bank, row.masked = "", ""
    act.db.flush()


register("settlement", Part(forget, against))
