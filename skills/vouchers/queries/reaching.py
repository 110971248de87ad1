"""What 政策找人 did: who was found and told, and what was claimed and used after it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from skills.kernel.jobs import Job
from skills.people import queries as people
from skills.standards import queries as standards
from skills.vouchers.models import Batch, Reach, Voucher
from skills.vouchers.queries.batches import PAGE, Progress
from skills.vouchers.queries.funnel import USED
from skills.vouchers.rules import ScopeForm
from skills.vouchers.states import REACH, ReachState


@dataclass(frozen=True)
class Effect:
    """People of a district, or (empty code) of all: those found, those told, and what the told ones did afterwards.

    Who was never told is no measure to compare with: it is mostly those who had claimed before their turn came.
    """

    district: str
    district_name: str
    found: int
    told: int
    claimed: int
    used: int


@dataclass(frozen=True)
class ReachPage:
    """Where the search of a batch stands.

    left  vouchers that are left of a general batch; None where everybody's is set aside
    kind  of the last job: vouchers.find or vouchers.tell, empty for none yet
    """

    effects: tuple[Effect, ...]
    waiting: int
    left: int | None
    kind: str
    progress: Progress | None


@dataclass(frozen=True)
class ReachLine:
    """Somebody who was found: masked name, district, when told, when the voucher was claimed."""

    person_id: str
    masked_name: str
    district_name: str
    state: str
    state_zh: str
    state_en: str
    found_at: datetime
    noticed_at: datetime | None
    claimed_at: datetime | None


def was_offered(db: Session, person_id: str, batch_id: str) -> bool:
    """Whether the person was told of the batch, or has or had a voucher of it."""
    told = select(Reach.id).where(Reach.batch_id == batch_id, Reach.person_id == person_id, Reach.noticed_at.is_not(None))
    given = select(Voucher.id).where(Voucher.batch_id == batch_id, Voucher.person_id == person_id)
    return db.scalar(select(or_(told.exists(), given.exists()))) or False


_MINE = and_(Voucher.batch_id == Reach.batch_id, Voucher.person_id == Reach.person_id, Voucher.voided_at.is_(None))


def reach(db: Session, batch_id: str, districts: Collection[str] | None) -> ReachPage:
    """Found, told, claimed after it, used after it, by district, the sum first. Figures of these districts (None: all)."""
    after = and_(Voucher.claimed_at.is_not(None), Voucher.claimed_at >= Reach.noticed_at)
    chosen = (
        select(
            Reach.district,
            func.count(),
            _count(Reach.state == ReachState.NOTICED),
            _count(after),
            _count(and_(after, Voucher.state.in_(USED))),
        )
        .outerjoin(Voucher, _MINE)
        .where(Reach.batch_id == batch_id)
        .group_by(Reach.district)
        .order_by(Reach.district)
    )
    if districts is not None:
        chosen = chosen.where(Reach.district.in_(districts))
    names = {d.code: d.name for d in standards.districts(db)}
    rows = [Effect(code, names.get(code, code), *(int(n) for n in figures)) for code, *figures in db.execute(chosen)]
    total = Effect("", "", *(sum(getattr(row, name) for row in rows) for name in _FIGURES))
    waiting = db.scalar(
        select(func.count()).select_from(Reach).where(Reach.batch_id == batch_id, Reach.state == ReachState.FOUND)
    ) or 0  # fmt: skip
    batch = db.get_one(Batch, batch_id)
    left = batch.count_ceiling - batch.issued if batch.scope_form == ScopeForm.GENERAL else None
    job = db.get(Job, batch.reach_job) if batch.reach_job else None
    return ReachPage(
        (total, *rows), waiting, left, job.name if job else "",
        Progress(job.state, job.done, job.total, job.problem) if job else None,
    )  # fmt: skip


_FIGURES = ("found", "told", "claimed", "used")


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def reach_lines(
    db: Session, batch_id: str, state: str, districts: Collection[str] | None, after: str = ""
) -> list[ReachLine]:
    """Up to fifty people in a state behind an id."""
    chosen = (
        select(Reach, Voucher.claimed_at)
        .outerjoin(Voucher, _MINE)
        .where(Reach.batch_id == batch_id, Reach.state == state, Reach.person_id > after)
        .order_by(Reach.person_id)
        .limit(PAGE)
    )
    if districts is not None:
        chosen = chosen.where(Reach.district.in_(districts))
    rows = db.execute(chosen).all()
    held = people.persons(db, [row.person_id for row, _ in rows])
    names = {d.code: d.name for d in standards.districts(db)}
    return [
        ReachLine(
            row.person_id, held[row.person_id].masked_name, names.get(row.district, row.district), row.state,
            *REACH.words[ReachState(row.state)], row.found_at, row.noticed_at, claimed_at,
        )
        for row, claimed_at in rows
    ]  # fmt: skip
