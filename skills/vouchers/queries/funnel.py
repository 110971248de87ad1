"""The way of vouchers from issue to settlement: by district, by month, by cohort, by institution; and what will lapse."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from skills.accounts import queries as accounts
from skills.kernel.clock import start_of
from skills.standards import queries as standards
from skills.standards.calendar import add_months
from skills.vouchers.models import LedgerEntry, Nudge, Redemption, Voucher
from skills.vouchers.queries.reminders import cohorts_of
from skills.vouchers.rules.forecast import Held, Lives, Week, forecast
from skills.vouchers.states import UNUSED, Event, RedemptionState, VoucherState

# In their order: whoever came to one of them came through those before. What was clawed back had been settled.
USED = (VoucherState.REDEEMED, VoucherState.EARNED, VoucherState.SETTLED, VoucherState.CLAWED_BACK)
SETTLED = (RedemptionState.SETTLED, RedemptionState.CLAWED_BACK)
MONTHS = 12
S = TypeVar("S", bound="Select[*tuple[Any, ...]]")


@dataclass(frozen=True)
class Funnel:
    """Issued, claimed, redeemed, completed and settled, for a district or (empty code) for all."""

    district: str
    district_name: str
    issued: int
    claimed: int
    redeemed: int
    earned: int
    settled: int


@dataclass(frozen=True)
class Cohort:
    """What became of the vouchers that were issued in one month. `lapsed` those that ended unused."""

    month: str
    issued: int
    claimed: int
    redeemed: int
    earned: int
    settled: int
    lapsed: int


@dataclass(frozen=True)
class Month:
    """What happened in one month, whenever the vouchers were issued."""

    month: str
    issued: int
    claimed: int
    redeemed: int
    earned: int
    settled: int


@dataclass(frozen=True)
class AtInstitution:
    """Uses of vouchers at an institution; `released` those that were undone. Money in 分."""

    institution_id: str
    name: str
    redeemed: int
    earned: int
    settled: int
    released: int
    cents: int


@dataclass(frozen=True)
class Nudges:
    """Vouchers whose holders were reminded, and those of them that were used afterwards."""

    reminded: int
    used: int


def funnel(db: Session, districts: Collection[str] | None, batch_id: str | None = None) -> list[Funnel]:
    """The way of vouchers by the district of their holders, the sum first. Vouchers taken back are left out."""
    chosen = _counted(Voucher.district, districts).group_by(Voucher.district).order_by(Voucher.district)
    if batch_id is not None:
        chosen = chosen.where(Voucher.batch_id == batch_id)
    names = {d.code: d.name for d in standards.districts(db)}
    rows = [Funnel(code, names.get(code, code), *(int(n) for n in figures)) for code, *figures in db.execute(chosen)]
    total = Funnel("", "", *(sum(getattr(r, f) for r in rows) for f in _FIGURES))
    return [total, *rows]


_FIGURES = ("issued", "claimed", "redeemed", "earned", "settled")


def cohorts(db: Session, districts: Collection[str] | None, day: date) -> list[Cohort]:
    """Vouchers by the month of their issue, the last twelve months, oldest first; months without any are left out."""
    ended = or_(Voucher.state == VoucherState.LAPSED, and_(Voucher.state.in_(UNUSED), Voucher.valid_until < day))
    month = _month_of(Voucher.issued_at, day)
    chosen = _counted(month, districts, _sum(ended)).where(month.is_not(None)).group_by(month).order_by(month)
    return [Cohort(name, *(int(n) for n in figures)) for name, *figures in db.execute(chosen)]




def months(db: Session, districts: Collection[str] | None, day: date) -> list[Month]:
    """What happened month by month, the last twelve, oldest first."""
    month = _month_of(LedgerEntry.at, day)
    chosen = (
        select(month, LedgerEntry.event, func.count())
        .join(Voucher, Voucher.id == LedgerEntry.voucher_id)
        .where(LedgerEntry.event.in_(_COUNTED), month.is_not(None))
        .group_by(month, LedgerEntry.event)
    )
    found = {(name, event): int(count) for name, event, count in db.execute(_within(chosen, districts))}
    return [Month(name, *(found.get((name, event), 0) for event in _COUNTED)) for name, _, _ in _last_months(day)]


_COUNTED = (Event.ISSUE, Event.CLAIM, Event.REDEEM, Event.EARN, Event.SETTLE)


def institutions(db: Session, districts: Collection[str] | None) -> list[AtInstitution]:
    """Where vouchers were used, the largest first; of holders in these districts."""
    came_back = Redemption.state == RedemptionState.CLAWED_BACK
    live = or_(Redemption.released_at.is_(None), came_back)
    proved = Redemption.state.in_((RedemptionState.EARNED, RedemptionState.ORDERED, *SETTLED))
    chosen = (
        select(
            Redemption.institution_id,
            _sum(live),
            _sum(proved),
            _sum(Redemption.state.in_(SETTLED)),
            _sum(Redemption.state == RedemptionState.RELEASED),
            func.coalesce(func.sum(case((proved, Redemption.cents), else_=0)), 0),
        )
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .group_by(Redemption.institution_id)
    )
    rows = [
        AtInstitution(found, accounts.organisation(db, found).name, *(int(n) for n in figures))
        for found, *figures in db.execute(_within(chosen, districts))
    ]
    return sorted(rows, key=lambda row: (-row.redeemed, row.name))


def lapsing(
    db: Session, districts: Collection[str] | None, day: date, batch_id: str | None = None
) -> tuple[Week, ...]:
    """What people of these districts hold (of one batch, if it is named) by the week of its last day, and what of it will lapse.

    The share is learnt from vouchers whose last day is over: those of the batch and the district first (`cohorts_of`). Of the others
    the used ones are known, the unused not yet.
    """
    return forecast(held_of(db, districts, day, batch_id))


def held_of(
    db: Session, districts: Collection[str] | None, day: date, batch_id: str | None = None
) -> list[tuple[Held, Sequence[Lives]]]:
    """What people of these districts hold (of one batch, if it is named), each with the cohorts by which its end is told."""
    open_ = (
        select(Voucher.batch_id, Voucher.district, Voucher.valid_until, func.count(), func.sum(Voucher.face))
        .where(Voucher.state == VoucherState.CLAIMED, Voucher.valid_until >= day)
        .group_by(Voucher.batch_id, Voucher.district, Voucher.valid_until)
    )
    if batch_id is not None:
        open_ = open_.where(Voucher.batch_id == batch_id)
    rows = db.execute(_within(open_, districts)).all()
    if not rows:
        return []
    told_by = cohorts_of(db, day)
    return [(Held((until - day).days, int(n), int(cents)), told_by(batch, district)) for batch, district, until, n, cents in rows]


def nudges(db: Session, districts: Collection[str] | None) -> Nudges:
    """Vouchers whose holders were reminded, and how many of them were used after it."""
    first = select(Nudge.voucher_id, func.min(Nudge.sent_at).label("at")).group_by(Nudge.voucher_id).subquery()
    chosen = (
        select(func.count(Voucher.id), func.count(Redemption.id))
        .join(first, first.c.voucher_id == Voucher.id)
        .outerjoin(
            Redemption,
            and_(
                Redemption.voucher_id == Voucher.id, Redemption.released_at.is_(None), Redemption.redeemed_at >= first.c.at
            ),
        )
    )
    return Nudges(*(int(n) for n in db.execute(_within(chosen, districts)).one()))


def _counted(key: Any, districts: Collection[str] | None, *more: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """Vouchers of a key that were issued, claimed, redeemed, completed, settled."""
    return _within(
        select(
            key,
            func.count(),
            func.count(Voucher.claimed_at),
            _sum(Voucher.state.in_(USED)),
            _sum(Voucher.state.in_(USED[1:])),
            _sum(Voucher.state.in_(USED[2:])),
            *more,
        ).where(Voucher.state != VoucherState.VOID),
        districts,
    )


def _within(chosen: S, districts: Collection[str] | None) -> S:
    return chosen if districts is None else chosen.where(Voucher.district.in_(districts))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _last_months(day: date) -> Sequence[tuple[str, date, date]]:
    """(2026-11, its first day, the first day after it), the last twelve, oldest first."""
    starts = [add_months(day.replace(day=1), n - MONTHS + 1) for n in range(MONTHS + 1)]
    return [(f"{a:%Y-%m}", a, b) for a, b in pairwise(starts)]


def _month_of(moment: InstrumentedAttribute[datetime], day: date) -> ColumnElement[str]:
    """The month of a moment in Shanghai, None before the last twelve."""
    whens: Mapping[str, ColumnElement[bool]] = {
        name: and_(moment >= start_of(a), moment < start_of(b)) for name, a, b in _last_months(day)
    }
    return case(*((within, name) for name, within in whens.items()), else_=None)
