"""Batches as the bureau sees them: terms, ceilings, the list, the funnel."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.clock import end_of, shanghai_day, start_of
from skills.kernel.errors import Missing
from skills.kernel.findings import Finding
from skills.kernel.jobs import Job, JobState
from skills.people import queries as people
from skills.standards import queries as standards
from skills.standards.rules import CITY, Level
from skills.vouchers.models import Batch, BatchLine, Voucher
from skills.vouchers.queries.people import GROUP, PROGRAMME, TYPE, named
from skills.vouchers.queries.refusals import last_refused
from skills.vouchers.rules import PAYEE_WORDS, SCOPE_WORDS, VALUE_WORDS, Payee, ScopeForm, ValueForm, places
from skills.vouchers.rules.forecast import PACE_DAYS, Outlook, outlook
from skills.vouchers.rules.grounds import grounded
from skills.vouchers.states import BATCH, LINE, BatchState, LineState, VoucherState

PAGE = 50
BATCHES = 50


@dataclass(frozen=True)
class BatchView:
    """A batch with its words. Money in 分."""

    id: str
    title: str
    programme: tuple[str, str]
    training_type: tuple[str, str]
    district: str
    district_name: str
    groups: tuple[tuple[str, str], ...]
    occupations: tuple[str, ...]
    levels: tuple[str, ...]
    zone: str
    institutions: tuple[str, ...]
    claim_from: date
    claim_until: date
    life_months: int
    face: int
    percent: int
    value_form: tuple[str, str]
    scope_form: tuple[str, str]
    payee: tuple[str, str]
    count_ceiling: int
    money_ceiling: int
    issued: int
    committed: int
    policy_source: str
    state: str
    state_zh: str
    state_en: str
    drafted_by: str
    close_reason: str
    moves: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """How far the issue of a batch is."""

    state: str
    done: int
    total: int
    problem: str


@dataclass(frozen=True)
class ListCount:
    """How the people on a batch's list stand."""

    waiting: int
    issued: int
    refused: int
    carried: int = 0


@dataclass(frozen=True)
class BatchPage:
    """A batch, its list and its issue; its outlook while people may claim of it in the order they come."""

    batch: BatchView
    count: ListCount
    progress: Progress | None
    outlook: Outlook | None


@dataclass(frozen=True)
class BatchLineView:
    """A line of a list: masked name, state, and what stood in the way.

    kept  the verdict of no with its question, if eligibility stood in the way
    """

    position: int
    masked_name: str
    state: str
    state_zh: str
    state_en: str
    findings: tuple[Finding, ...]
    decided_at: datetime | None
    kept: str = ""


def batches(
    db: Session, districts: Collection[str] | None, day: date, before: str = "", most: int = BATCHES
) -> list[BatchView]:
    """The batches of these districts and the city's (None: all), newest first, older than `before` if it is given."""
    chosen = select(Batch).order_by(Batch.id.desc()).limit(most)
    if before:
        chosen = chosen.where(Batch.id < before)
    if districts is not None:
        chosen = chosen.where(Batch.district.in_({*districts, CITY}))
    return _views(db, list(db.scalars(chosen)), day)


def batch(db: Session, batch_id: str, districts: Collection[str] | None, day: date) -> BatchPage:
    """One batch. Raises Missing("voucher_batch.unknown")."""
    row = db.get(Batch, batch_id)
    if row is None or (districts is not None and row.district not in {*districts, CITY}):
        raise Missing("voucher_batch.unknown")
    states = db.execute(
        select(BatchLine.state, func.count()).where(BatchLine.batch_id == batch_id, people.here(BatchLine.person_id)).group_by(BatchLine.state)
    )
    found = dict(states.all())
    count = ListCount(*(found.get(s, 0) for s in (LineState.WAITING, LineState.ISSUED, LineState.REFUSED, LineState.CARRIED)))
    job = db.get(Job, row.issue_job) if row.issue_job else None
    progress = Progress(job.state, job.done, job.total, job.problem) if job else None
    return BatchPage(_views(db, [row], day)[0], count, progress, _outlook(db, row, day))


def _outlook(db: Session, row: Batch, day: date) -> Outlook | None:
    if row.state != BatchState.OPEN or row.scope_form != ScopeForm.GENERAL or day > row.claim_until:
        return None
    left = places(row.count_ceiling, row.issued, row.money_ceiling, row.committed, row.face)
    opened = max(shanghai_day(row.opened_at), row.claim_from) if row.opened_at else row.claim_from
    days = min(PACE_DAYS, max(1, (day - opened).days + 1))
    since = start_of(day - timedelta(days=days - 1))
    pace = select(func.count()).select_from(Voucher).where(Voucher.batch_id == row.id, Voucher.issued_at >= since)
    return outlook(left, db.scalar(pace) or 0, days, day, row.claim_until)


def under_way(progress: Progress | None) -> bool:
    """Whether a batch is being issued just now."""
    return progress is not None and progress.state in (JobState.WAITING, JobState.RUNNING)


def lines(db: Session, batch_id: str, state: str, after: int = 0) -> list[BatchLineView]:
    """Up to fifty lines of a list behind a position, in a state."""
    rows = db.scalars(
        select(BatchLine)
        .where(BatchLine.batch_id == batch_id, BatchLine.state == state, BatchLine.position > after, people.here(BatchLine.person_id))
        .order_by(BatchLine.position)
        .limit(PAGE)
    ).all()
    held = people.persons(db, [r.person_id for r in rows])
    source = db.get_one(Batch, batch_id).policy_source if rows else ""
    noes = last_refused(db, batch_id, list(held)) if state == LineState.REFUSED else {}
    return [
        BatchLineView(
            r.position, held[r.person_id].masked_name, r.state, *LINE.words[LineState(r.state)],
            grounded([_finding(f) for f in r.findings], source), r.decided_at,
            noes.get(r.person_id, "") if r.code.startswith("voucher.") else "",
        )
        for r in rows
    ]  # fmt: skip


def _finding(kept: dict[str, Any]) -> Finding:
    return Finding(kept["code"], kept["met"], kept["clause"], kept["facts"])


def waiting_for(db: Session, state: BatchState, districts: Collection[str] | None) -> int:
    """How many batches stand in a state: what waits at a desk."""
    chosen = select(func.count()).select_from(Batch).where(Batch.state == state)
    if districts is not None:
        chosen = chosen.where(Batch.district.in_(districts))
    return db.scalar(chosen) or 0


def issued_in(db: Session, first: date, last: date) -> int:
    """Vouchers with money issued from one day to another, without those taken back."""
    return db.scalar(
        select(func.count()).select_from(Voucher).where(
            Voucher.face > 0, Voucher.state != VoucherState.VOID,
            Voucher.issued_at >= start_of(first), Voucher.issued_at < end_of(last),
        )
    ) or 0  # fmt: skip


def _views(db: Session, rows: list[Batch], day: date) -> list[BatchView]:
    words = {
        family: {n.code: (n.zh, n.en) for n in named(db, family, day)} for family in (GROUP, PROGRAMME, TYPE)
    }
    districts = {d.code: d.name for d in standards.districts(db)}
    occupations = {o.code: o.name for o in standards.occupations(db)} if any(r.occupations for r in rows) else {}
    return [
        BatchView(
            id=r.id, title=r.title, programme=words[PROGRAMME].get(r.programme, (r.programme, r.programme)),
            training_type=words[TYPE].get(r.training_type, (r.training_type, r.training_type)),
            district=r.district, district_name=districts.get(r.district, r.district),
            groups=tuple(words[GROUP].get(g, (g, g)) for g in r.groups),
            occupations=tuple(occupations.get(o, o) for o in r.occupations),
            levels=tuple(Level(n).wording for n in r.levels), zone=r.zone,
            institutions=tuple(accounts.organisation(db, i).name for i in r.institutions),
            claim_from=r.claim_from, claim_until=r.claim_until, life_months=r.life_months, face=r.face,
            percent=r.percent, value_form=VALUE_WORDS[ValueForm(r.value_form)],
            scope_form=SCOPE_WORDS[ScopeForm(r.scope_form)], payee=PAYEE_WORDS[Payee(r.payee)], count_ceiling=r.count_ceiling,
            money_ceiling=r.money_ceiling, issued=r.issued, committed=r.committed, policy_source=r.policy_source,
            state=r.state, state_zh=BATCH.words[BatchState(r.state)][0], state_en=BATCH.words[BatchState(r.state)][1],
            drafted_by=r.drafted_by, close_reason=r.close_reason, moves=tuple(m.name for m in BATCH.open_moves(r.state)),
        )
        for r in rows
    ]  # fmt: skip
