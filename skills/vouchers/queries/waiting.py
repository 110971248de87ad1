"""Waiting lists: one's own place, and their length and outlook for the bureau."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from skills.kernel.errors import Missing
from skills.vouchers import rules
from skills.vouchers.models import Batch, BatchLine, Carry, Waiter
from skills.vouchers.queries.funnel import held_of
from skills.vouchers.queries.wallet import offers
from skills.vouchers.rules.ceilings import FULL
from skills.vouchers.rules.forecast import farthest, forecast
from skills.vouchers.states import IN_LINE, TO_ISSUE, WaiterState

NAMED = 3  # batches in a sentence
TOLD_BY = ("batch", "groups", "city")  # the cohorts of `cohorts_of`, the nearest one first


@dataclass(frozen=True)
class Place:
    """One's own place on a waiting list. `ahead` stand before it; `offered_until` is the last day of a kept voucher.

    listed  the person stands on the batch's own list: when the turn comes the voucher is issued at once
    """

    batch_id: str
    title: str
    face: int
    state: str
    ahead: int
    joined_at: datetime
    offered_until: date | None
    listed: bool = False


@dataclass(frozen=True)
class EndedPlace:
    """One's own place on the list of a batch that has ended, and where it went on.

    reason       why the bureau closed the batch; empty: its last day of claiming (`until`) was over, or none was given
    to_batch_id  the batch in which one waits now; empty: in none
    """

    title: str
    until: date
    ended_at: datetime | None
    reason: str
    to_batch_id: str


@dataclass(frozen=True)
class Line:
    """A batch's waiting list as the bureau sees it. Money in 分.

    kept      offered to somebody, not claimed yet
    left      what the ceilings still allow
    coming    vouchers in people's hands that will lapse within a quarter, as far as earlier ones tell (None: not yet)
    short     the money that everybody who waits would need beyond what is left and coming
    told_by   by whose vouchers `coming` is told, as far off as they had to be looked for: one of TOLD_BY; empty where nothing is told
    """

    waiting: int
    kept: int
    left: int
    coming: int | None
    short: int
    told_by: str = ""


def places_of(db: Session, person_id: str) -> list[Place]:
    """Where a person waits, oldest first."""
    rows = db.execute(
        select(Waiter, Batch)
        .join(Batch, Batch.id == Waiter.batch_id)
        .where(Waiter.person_id == person_id, Waiter.state.in_(IN_LINE))
        .order_by(Waiter.place)
    ).all()
    lists = set(db.scalars(select(BatchLine.batch_id).where(BatchLine.person_id == person_id, BatchLine.state.in_(TO_ISSUE)))) if rows else set()
    return [
        Place(b.id, b.title, b.face, w.state, _ahead(db, w), w.joined_at, w.offered_until, b.id in lists)
        for w, b in rows
    ]


def ended_place(db: Session, person_id: str, batch_id: str) -> EndedPlace | None:
    """One's own place in a batch that ended with it, or went on in another; None if one did not wait to the end."""
    chosen = (
        select(Waiter, Batch)
        .join(Batch, Batch.id == Waiter.batch_id)
        .where(Waiter.batch_id == batch_id, Waiter.person_id == person_id, Waiter.state.in_((WaiterState.ENDED, WaiterState.CARRIED)))
    )
    found = db.execute(chosen.order_by(Waiter.id.desc()).limit(1)).one_or_none()
    if found is None:
        return None
    row, batch = found
    on = select(Waiter.batch_id).join(Carry, Carry.id == Waiter.carry_id)
    on = on.where(Carry.batch_id == batch_id, Waiter.person_id == person_id).order_by(Waiter.id.desc()).limit(1)
    went = db.scalar(on) if row.state == WaiterState.CARRIED else None
    return EndedPlace(batch.title, batch.claim_until, row.ended_at, batch.close_reason, went or "")


def open_to(db: Session, person_id: str, day: date) -> list[str]:
    """Titles of some batches that a person may claim, or may wait for, today."""
    return [o.title for o in offers(db, person_id, day) if o.verdict or o.verdict.code in FULL][:NAMED]


def lines_of(db: Session, batch_ids: Collection[str]) -> dict[str, int]:
    """How many stand on the waiting list of each of these batches."""
    chosen = select(Waiter.batch_id, func.count()).where(Waiter.batch_id.in_(batch_ids), Waiter.state.in_(IN_LINE))
    return dict(db.execute(chosen.group_by(Waiter.batch_id)).all())


def line(db: Session, batch_id: str, day: date) -> Line:
    """The waiting list of a batch. Raises Missing("voucher_batch.unknown")."""
    batch = db.get(Batch, batch_id)
    if batch is None:
        raise Missing("voucher_batch.unknown")
    chosen = select(Waiter.state, func.count()).where(Waiter.batch_id == batch_id, Waiter.state.in_(IN_LINE))
    found = dict(db.execute(chosen.group_by(Waiter.state)).all())
    waiting, kept = found.get(WaiterState.WAITING, 0), found.get(WaiterState.OFFERED, 0)
    left = rules.places(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face)
    held = held_of(db, None, day, batch_id)
    weeks = [week.lapsing for week in forecast(held)]
    place = farthest(held)
    coming = None if None in weeks else sum(w or 0 for w in weeks)
    # A lapse frees money, never the count: what the count does not allow cannot come.
    coming = None if coming is None else min(coming, max(0, batch.count_ceiling - batch.issued - left))
    short = max(0, waiting + kept - left - (coming or 0)) * batch.face
    return Line(waiting, kept, left, coming, short, "" if place is None else TOLD_BY[place])


def _ahead(db: Session, row: Waiter) -> int:
    if row.state == WaiterState.OFFERED:
        return 0
    chosen = select(func.count()).select_from(Waiter).where(
        Waiter.batch_id == row.batch_id, Waiter.state.in_(IN_LINE), tuple_(Waiter.place, Waiter.id) < (row.place, row.id)
    )  # fmt: skip
    return db.scalar(chosen) or 0
