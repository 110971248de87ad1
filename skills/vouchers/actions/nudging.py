"""Remind people whose voucher will lapse: at so many days before its last day, once each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.vouchers.models import Batch, Nudge, Voucher
from skills.vouchers.queries.reminders import BatchReminders, reminder_plan
from skills.vouchers.rules.forecast import nudge_due
from skills.vouchers.states import VoucherState

MOST_IN_ONE_ACT = 100


@dataclass(frozen=True)
class Nudged:
    """Vouchers that one act came by and reminders that it sent; `last` is None at the end."""

    seen: int
    sent: int
    last: str | None


@dataclass(frozen=True)
class NudgePlan:
    """On which days the holders of each batch are reminded today."""

    batches: tuple[BatchReminders, ...]


@action("voucher.plan_nudges", may="system.jobs")
def plan_nudges(act: Act) -> NudgePlan:
    """Work out today's days of every batch from policy and forecast: once a day, since all that ever ended is looked at."""
    found = reminder_plan(act.db, act.today)
    act.note("voucher.plan_nudges", batches=len(found))
    return NudgePlan(tuple(found))


@action("voucher.nudge", may="system.jobs")
def nudge_some(act: Act, batch_id: str, days: tuple[tuple[str, tuple[int, ...]], ...], after: str) -> Nudged:
    """Look at the next hundred claimed vouchers of a batch near their last day, behind an id.

    days  as `plan_nudges` has them: by the district of the holder
    """
    thresholds = dict(days)
    rows = act.db.execute(
        select(Voucher, Batch.title)
        .join(Batch, Batch.id == Voucher.batch_id)
        .where(
            Voucher.batch_id == batch_id,
            Voucher.state == VoucherState.CLAIMED,
            Voucher.id > after,
            Voucher.valid_until >= act.today,
            Voucher.valid_until <= act.today + timedelta(days=max((d for each in thresholds.values() for d in each), default=0)),
        )
        .order_by(Voucher.id)
        .limit(MOST_IN_ONE_ACT)
    ).all()
    told = set(
        act.db.execute(
            select(Nudge.voucher_id, Nudge.valid_until, Nudge.days).where(Nudge.voucher_id.in_([v.id for v, _ in rows]))
        ).all()
    )
    sent = 0
    for voucher, title in rows:
        left = (voucher.valid_until - act.today).days
        due = nudge_due(left, thresholds.get(voucher.district, ()))
        if due is None or (voucher.id, voucher.valid_until, due) in told:
            continue
        act.add(Nudge(id=act.new_id(), voucher_id=voucher.id, valid_until=voucher.valid_until, days=due, sent_at=act.at))
        send(act, code="voucher.told_lapsing", person_id=voucher.person_id, title=title, until=voucher.valid_until,
             left=left, voucher=voucher.id)  # fmt: skip
        sent += 1
    act.note("voucher.nudge", batch=batch_id, seen=len(rows), sent=sent)
    return Nudged(len(rows), sent, rows[-1][0].id if len(rows) == MOST_IN_ONE_ACT else None)
