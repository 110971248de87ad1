"""Advances: what may be asked for, what stands, and what of each was set off. Money in 分."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.settlement.models import Advance, AdvanceBack, PayeeAccount
from skills.settlement.rules import Ask
from skills.settlement.states import ADVANCE, AccountState, AdvanceState
from skills.standards import queries as standards
from skills.vouchers.queries import settling

LIVE = (AdvanceState.ASKED, AdvanceState.APPROVED, AdvanceState.PAID)


@dataclass(frozen=True)
class AdvanceView:
    """An advance; `back` of it was or is being set off."""

    id: str
    organisation_id: str
    organisation: str
    district: str
    district_name: str
    cents: int
    back: int
    state: str
    state_zh: str
    state_en: str
    asked_at: datetime
    asked_by: str
    paid_on: date | None
    reference: str
    reason: str


@dataclass(frozen=True)
class Room:
    """What an institution may still ask for in a district."""

    district: str
    district_name: str
    redeemed: int
    percent: int
    outstanding: int
    most: int


def asked(db: Session, organisation_id: str, district: str, cents: int, day: date, but: str = "") -> Ask:
    """What a wish for an advance is decided on. `but` is the advance that is decided on, which is not held against itself."""
    policy = standards.policy(db, "statement.advance_percent", day)
    back = _back(db)
    outstanding = sum(
        a.cents - back.get(a.id, 0)
        for a in db.scalars(
            select(Advance).where(
                Advance.organisation_id == organisation_id, Advance.district == district, Advance.state.in_(LIVE), Advance.id != but
            )
        )
    )
    account = db.scalar(
        select(PayeeAccount.id).where(
            PayeeAccount.organisation_id == organisation_id, PayeeAccount.state == AccountState.VERIFIED
        )
    )
    redeemed = settling.redeemed_by_district(db, organisation_id).get(district, 0)
    return Ask(cents, redeemed, int(policy.value), outstanding, account is not None, policy.source)


def rooms(db: Session, organisation_id: str, day: date) -> list[Room]:
    """By district, where anything can be asked for."""
    names = {d.code: d.name for d in standards.districts(db)}
    found = []
    for district in sorted(settling.redeemed_by_district(db, organisation_id)):
        ask = asked(db, organisation_id, district, 0, day)
        if ask.percent:
            found.append(Room(district, names.get(district, district), ask.redeemed, ask.percent, ask.outstanding, ask.most))
    return found


def advances(
    db: Session, districts: Collection[str] | None, organisation_id: str | None = None, states: Collection[str] | None = None,
    after: str = "", most: int = 50,
) -> list[AdvanceView]:
    """Advances of these districts (None: all), newest first."""
    chosen = select(Advance).order_by(Advance.id.desc()).limit(most)
    if districts is not None:
        chosen = chosen.where(Advance.district.in_(districts))
    if organisation_id is not None:
        chosen = chosen.where(Advance.organisation_id == organisation_id)
    if states is not None:
        chosen = chosen.where(Advance.state.in_(states))
    if after:
        chosen = chosen.where(Advance.id < after)
    names, back = {d.code: d.name for d in standards.districts(db)}, _back(db)
    return [
        AdvanceView(
            row.id, row.organisation_id, accounts.organisation(db, row.organisation_id).name, row.district,
            names.get(row.district, row.district), row.cents, back.get(row.id, 0), row.state,
            *ADVANCE.words[AdvanceState(row.state)], row.asked_at, row.asked_by, row.paid_on, row.reference, row.reason,
        )
        for row in db.scalars(chosen)
    ]  # fmt: skip


def count(db: Session, districts: Collection[str] | None, state: AdvanceState) -> int:
    """How many of these districts are in a state."""
    chosen = select(func.count()).select_from(Advance).where(Advance.state == state)
    if districts is not None:
        chosen = chosen.where(Advance.district.in_(districts))
    return db.scalar(chosen) or 0


def _back(db: Session) -> dict[str, int]:
    rows = db.execute(
        select(AdvanceBack.advance_id, func.sum(AdvanceBack.cents))
        .where(AdvanceBack.withdrawn_at.is_(None))
        .group_by(AdvanceBack.advance_id)
    )
    return {i: int(cents) for i, cents in rows}
