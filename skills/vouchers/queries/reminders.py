"""On which days holders are reminded: told by how vouchers of their own cohort ended, else by those of the city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from skills.standards import queries as standards
from skills.vouchers.models import Batch, Redemption, Voucher
from skills.vouchers.rules.forecast import Lives, reminders, together
from skills.vouchers.states import VoucherState

Cohort = tuple[str, str]  # a batch, and the district of its holders


@dataclass(frozen=True)
class BatchReminders:
    """At how many days before the last day holders of a batch are reminded, by their district."""

    batch_id: str
    days: tuple[tuple[str, tuple[int, ...]], ...]


def lives(db: Session, day: date) -> Lives:
    """How every voucher of the city ended whose last day is over."""
    return together(_lives(db, day).values())


def reminder_days(db: Session, day: date) -> tuple[int, ...]:
    """At how many days before their last day holders are reminded where nothing nearer than the whole city tells."""
    fixed, more, percent = _policy(db, day)
    return reminders(fixed, more, percent, [lives(db, day)])


def reminder_plan(db: Session, day: date) -> list[BatchReminders]:
    """The days of every batch of which somebody holds a voucher near its end, told by its cohorts (`cohorts_of`)."""
    fixed, more, percent = _policy(db, day)
    near = select(Voucher.batch_id, Voucher.district).where(
        Voucher.state == VoucherState.CLAIMED, Voucher.valid_until >= day,
        Voucher.valid_until <= day + timedelta(days=max([*fixed, *more], default=0)),
    )  # fmt: skip
    held = sorted((batch, district) for batch, district in db.execute(near.distinct()))
    if not held:
        return []
    nearest_first = cohorts_of(db, day)
    found: dict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    for batch, district in held:
        found[batch].append((district, reminders(fixed, more, percent, nearest_first(batch, district))))
    return [BatchReminders(batch, tuple(days)) for batch, days in found.items()]


def cohorts_of(db: Session, day: date) -> Callable[[str, str], Sequence[Lives]]:
    """By a batch and the district of its holders: those who tell for them, the nearest first.

    A batch tells for itself, by district; while too few of its vouchers have ended, those of the same groups in the district
    tell for it; then the city.
    """
    ended = _lives(db, day)
    groups = {i: tuple(sorted(g)) for i, g in db.execute(select(Batch.id, Batch.groups))}
    alike: dict[tuple[tuple[str, ...], str], list[Lives]] = defaultdict(list)
    for (batch, district), each in ended.items():
        alike[groups[batch], district].append(each)
    city, none = together(ended.values()), Lives(0, {})

    @cache
    def told_by(batch: str, district: str) -> Sequence[Lives]:
        return ended.get((batch, district), none), together(alike.get((groups[batch], district), ())), city

    return told_by


def _policy(db: Session, day: date) -> tuple[list[int], list[int], int]:
    more = standards.value(db, "voucher.nudge_forecast", day)
    fixed = [int(days) for days in standards.value(db, "voucher.nudge_days", day)]
    return fixed, [int(days) for days in more["days"]], int(more["percent"])


def _lives(db: Session, day: date) -> dict[Cohort, Lives]:
    """How the vouchers of each batch and district ended whose last day is over."""
    over = or_(Voucher.state == VoucherState.LAPSED, and_(Voucher.state == VoucherState.CLAIMED, Voucher.valid_until < day))
    lapsed = select(Voucher.batch_id, Voucher.district, func.count()).where(over, Voucher.claimed_at.is_not(None))
    lapsed = lapsed.group_by(Voucher.batch_id, Voucher.district)
    used = (
        select(Voucher.batch_id, Voucher.district, Redemption.life_left, func.count())
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .where(Redemption.released_at.is_(None), Voucher.valid_until < day)
        .group_by(Voucher.batch_id, Voucher.district, Redemption.life_left)
    )
    gone: dict[Cohort, int] = {(b, d): count for b, d, count in db.execute(lapsed)}
    left: dict[Cohort, dict[int, int]] = defaultdict(dict)
    for batch, district, days, count in db.execute(used):
        left[batch, district][days] = count
    return {cohort: Lives(gone.get(cohort, 0), left.get(cohort, {})) for cohort in {*gone, *left}}
