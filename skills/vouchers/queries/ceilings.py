"""Raises of a batch's ceilings: what was proposed, by whom, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.vouchers.models import Batch, CeilingRaise
from skills.vouchers.states import CEILING, CeilingState


@dataclass(frozen=True)
class RaiseView:
    """A raise with its words. Money in 分; the ceilings before it are None until it is approved."""

    id: str
    count_before: int | None
    money_before: int | None
    count_ceiling: int
    money_ceiling: int
    reason: str
    policy_source: str
    state: str
    state_zh: str
    state_en: str
    proposed_by: str
    proposer: str
    proposed_at: datetime
    decider: str
    decided_at: datetime | None
    decision: str


def raises(db: Session, batch_id: str) -> list[RaiseView]:
    """Every raise of a batch, newest first."""
    rows = list(
        db.scalars(
            select(CeilingRaise)
            .where(CeilingRaise.batch_id == batch_id)
            .order_by(CeilingRaise.proposed_at.desc(), CeilingRaise.count_ceiling.desc(), CeilingRaise.money_ceiling.desc())
        )
    )
    names = {a: accounts.name_of(db, a) for r in rows for a in (r.proposed_by, r.decided_by) if a}
    return [
        RaiseView(
            r.id, r.count_before, r.money_before, r.count_ceiling, r.money_ceiling, r.reason, r.policy_source, r.state,
            *CEILING.words[CeilingState(r.state)], r.proposed_by, names[r.proposed_by], r.proposed_at,
            names[r.decided_by] if r.decided_by else "", r.decided_at, r.decision,
        )
        for r in rows
    ]  # fmt: skip


def raises_waiting(db: Session, districts: Collection[str] | None) -> int:
    """How many raises wait for a second person of these districts (None: all)."""
    chosen = (
        select(func.count())
        .select_from(CeilingRaise)
        .join(Batch, Batch.id == CeilingRaise.batch_id)
        .where(CeilingRaise.state == CeilingState.PROPOSED)
    )
    if districts is not None:
        chosen = chosen.where(Batch.district.in_(districts))
    return db.scalar(chosen) or 0
