"""Lists that go on in another batch: who would, what was proposed, by whom, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.clock import shanghai_day
from skills.kernel.db import among
from skills.people.queries import erased, here
from skills.vouchers.models import Batch, BatchLine, Carry, Voucher, Waiter
from skills.vouchers.rules.carrying import Side
from skills.vouchers.states import CARRIABLE, CARRY, IN_LINE, BatchState, CarryState, LineState

OFFERED = 20  # batches to choose from


@dataclass(frozen=True)
class CarryView:
    """That a list is to go on in another batch, with its words. `people` went on; None until it is approved."""

    id: str
    to_batch_id: str
    to_title: str
    people: int | None
    reason: str
    state: str
    state_zh: str
    state_en: str
    proposed_by: str
    proposer: str
    proposed_at: datetime
    decider: str
    decided_at: datetime | None
    decision: str


@dataclass(frozen=True)
class WentOn:
    """People whose line went on to another batch, where it stands now, and the last time that such lines were moved there."""

    batch_id: str
    title: str
    on: date
    people: int


def side(batch: Batch) -> Side:
    """A batch as the rule of carrying sees it."""
    return Side(batch.id, batch.programme, batch.scope_form, batch.state == BatchState.OPEN, batch.claim_until, batch.district)


def how_many_go_on(waiters: Sequence[Waiter], lines: Sequence[BatchLine]) -> int:
    """How many people these are: most of a list stand in both."""
    return len({w.person_id for w in waiters} | {n.person_id for n in lines})


def who_goes_on(db: Session, batch: Batch, to: str) -> tuple[list[Waiter], list[BatchLine]]:
    """Whose waiting, and which lines of the list, go on from a batch into another, each in order.

    Whoever waits, or waited when the batch ended, and has neither a place nor a voucher in the other one, and was not erased;
    of records that were joined one person may have two entries. With them go their lines of the list, and of a batch that is
    closed the lines that nobody decided.
    """
    there = select(Waiter.person_id).where(Waiter.batch_id == to, Waiter.state.in_(IN_LINE))
    have = select(Voucher.person_id).where(Voucher.batch_id == to, Voucher.voided_at.is_(None))
    rows = db.scalars(
        select(Waiter)
        .where(
            Waiter.batch_id == batch.id, Waiter.state.in_(CARRIABLE), Waiter.person_id.not_in(there), Waiter.person_id.not_in(have)
        )
        .order_by(Waiter.place, Waiter.id)
    )
    gone = erased(db)
    waiters = [row for row in rows if row.person_id not in gone]
    waits = {w.person_id for w in waiters}
    listed = db.scalars(
        select(BatchLine)
        .where(
            BatchLine.batch_id == batch.id, BatchLine.state.in_((LineState.WAITING, LineState.REFUSED)),
            BatchLine.person_id.not_in(have), here(BatchLine.person_id),
        )
        .order_by(BatchLine.position)
    )
    undecided = batch.state == BatchState.CLOSED
    lines = [n for n in listed if n.person_id in waits or (undecided and n.state == LineState.WAITING)]
    return waiters, [n for n in lines if n.person_id not in gone]


def went_on(db: Session, batch_id: str, person_ids: Collection[str]) -> list[WentOn]:
    """Where the lines of these people stand now that were carried off a batch's list, also over several batches; oldest first."""
    found: dict[str, list[datetime]] = {}
    for to, at in _last_moves(db, batch_id, person_ids).values():
        found.setdefault(to, []).append(at)
    titles = dict(db.execute(select(Batch.id, Batch.title).where(Batch.id.in_(found))).all())
    rows = sorted(found.items(), key=lambda each: (max(each[1]), each[0]))
    return [WentOn(to, titles[to], shanghai_day(max(moves)), len(moves)) for to, moves in rows]


def _last_moves(db: Session, batch_id: str, person_ids: Collection[str]) -> dict[str, tuple[str, datetime]]:
    """By person: the batch to which the line came in the end, and when."""
    chosen = (
        select(BatchLine.person_id, Carry.to_batch_id, Carry.decided_at)
        .join(Carry, and_(Carry.batch_id == BatchLine.batch_id, Carry.decided_at == BatchLine.decided_at))
        .where(
            BatchLine.batch_id == batch_id, BatchLine.state == LineState.CARRIED, Carry.state == CarryState.APPROVED,
            among(db, BatchLine.person_id, person_ids),
        )
    )  # fmt: skip
    moved = {person: (to, at) for person, to, at in db.execute(chosen) if at} if person_ids else {}
    for to in sorted({to for to, _ in moved.values()}):  # an end is sure: where a line came last, it stands anew
        moved |= _last_moves(db, to, [person for person, (where, _) in moved.items() if where == to])
    return moved


def left_behind(db: Session, batch_id: str) -> int:
    """How many people would go on from a batch, if there were another for them."""
    batch = db.get(Batch, batch_id)
    if batch is None:
        return 0
    left = set(db.scalars(select(Waiter.person_id).where(Waiter.batch_id == batch_id, Waiter.state.in_(CARRIABLE))))
    if batch.state == BatchState.CLOSED:
        undecided = (BatchLine.batch_id == batch_id, BatchLine.state == LineState.WAITING, here(BatchLine.person_id))
        left |= set(db.scalars(select(BatchLine.person_id).where(*undecided)))
    return len(left - erased(db))


def successors(db: Session, batch_id: str, day: date) -> Sequence[tuple[str, str]]:
    """(id, title) of the batches in which a batch's list could go on: open, of its district, programme and form."""
    batch = db.get_one(Batch, batch_id)
    chosen = select(Batch.id, Batch.title).where(
        Batch.state == BatchState.OPEN, Batch.claim_until >= day, Batch.scope_form == batch.scope_form,
        Batch.programme == batch.programme, Batch.district == batch.district, Batch.id != batch_id,
    )  # fmt: skip
    return [(i, t) for i, t in db.execute(chosen.order_by(Batch.id.desc()).limit(OFFERED))]


def carries(db: Session, batch_id: str) -> list[CarryView]:
    """Every proposal that a batch's list goes on, newest first."""
    rows = db.execute(
        select(Carry, Batch.title)
        .join(Batch, Batch.id == Carry.to_batch_id)
        .where(Carry.batch_id == batch_id)
        .order_by(Carry.proposed_at.desc(), Carry.id.desc())
    ).all()
    names = {a: accounts.name_of(db, a) for r, _ in rows for a in (r.proposed_by, r.decided_by) if a}
    return [
        CarryView(
            r.id, r.to_batch_id, title, r.people, r.reason, r.state, *CARRY.words[CarryState(r.state)], r.proposed_by,
            names[r.proposed_by], r.proposed_at, names[r.decided_by] if r.decided_by else "", r.decided_at, r.decision,
        )
        for r, title in rows
    ]  # fmt: skip


def carries_waiting(db: Session, districts: Collection[str] | None) -> int:
    """How many lists wait for a second person of these districts (None: all) to let them go on."""
    chosen = (
        select(func.count()).select_from(Carry).join(Batch, Batch.id == Carry.batch_id).where(Carry.state == CarryState.PROPOSED)
    )
    if districts is not None:
        chosen = chosen.where(Batch.district.in_(districts))
    return db.scalar(chosen) or 0
