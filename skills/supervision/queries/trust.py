"""How far bodies are trusted, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of, organisation
from skills.certification.queries import filings
from skills.certification.queries.awarded import upheld
from skills.kernel.clock import start_of
from skills.standards.queries import value
from skills.supervision.models import Retest, Supervision, TrustDecision, TrustRestoration
from skills.supervision.queries.rectifications import late_of
from skills.supervision.rules.retests import counts
from skills.supervision.rules.trust import REASON_WORDS, Rating, Record
from skills.supervision.states.trust import RESTORATION, RestorationState


@dataclass(frozen=True)
class ReasonLine:
    """Why a rate is what it is: how often something happened, and from how often on the table says so."""

    zh: str
    en: str
    count: int
    least: int


@dataclass(frozen=True)
class TrustLine:
    """A body with its rate in per cent, whether issue is stopped, why, since when (None: as everybody begins)."""

    organisation_id: str
    body: str
    rate: int
    stops: bool
    reasons: tuple[ReasonLine, ...]
    since: datetime | None
    restored: bool
    usual: int


@dataclass(frozen=True)
class RestorationLine:
    """A proposal to trust a body again; `account` of who proposed it."""

    id: str
    state: str
    state_zh: str
    state_en: str
    reason: str
    answer: str
    proposer: str
    account: str
    decider: str


def newest(db: Session, organisation_id: str) -> TrustDecision | None:
    """The decision that counts."""
    return db.scalar(
        select(TrustDecision).where(TrustDecision.organisation_id == organisation_id).order_by(TrustDecision.serial.desc()).limit(1)
    )


def now(db: Session, organisation_id: str, today: date) -> Rating:
    """The rating that is in force."""
    row = newest(db, organisation_id)
    if row is None:
        return Rating(int(value(db, "trust.table", today)["usual"]), False)
    return Rating(row.rate, row.stops, tuple((reason, count, least) for reason, count, least in row.why))


def record(db: Session, organisation_id: str, today: date) -> Record:
    """What happened at a body within the days of the table, and since its trust was last restored."""
    since = start_of(today - timedelta(days=int(value(db, "trust.table", today)["days"])))
    restored = db.scalar(
        select(func.max(TrustDecision.at)).where(
            TrustDecision.organisation_id == organisation_id, TrustDecision.restoration_id.is_not(None)
        )
    )
    since = max(since, restored) if restored is not None else since
    failed = db.scalars(
        select(Retest).where(Retest.organisation_id == organisation_id, Retest.passed.is_(False), Retest.marked_at >= since)
    )
    watched = db.scalars(
        select(Supervision.answers).where(Supervision.organisation_id == organisation_id, Supervision.signed_at >= since)
    )
    return Record(
        failed_retests=sum(counts(r.state, r.counted, r.heard_by, bool(r.said), today) for r in failed),
        upheld_objections=upheld(db, organisation_id, since),
        deviations=sum(any(answer == "no" for answer, _ in one.values()) for one in watched),
        overdue_orders=late_of(db, organisation_id, today),
    )


def line(db: Session, organisation_id: str, today: date) -> TrustLine:
    """One body."""
    row, rating = newest(db, organisation_id), now(db, organisation_id, today)
    return TrustLine(
        organisation_id, organisation(db, organisation_id).name, rating.rate, rating.stops,
        tuple(ReasonLine(*REASON_WORDS[reason], count, least) for reason, count, least in rating.reasons), row.at if row else None,
        row is not None and row.restoration_id is not None, int(value(db, "trust.table", today)["usual"]),
    )  # fmt: skip


def listing(db: Session, districts: Collection[str] | None, today: date) -> list[TrustLine]:
    """Bodies that are or were filed, the least trusted first."""
    bodies = sorted({f.organisation_id for f in filings.register(db) if f.within(districts)})
    return sorted((line(db, body, today) for body in bodies), key=lambda t: (not t.stops, -t.rate, t.body))


def restorations(db: Session, organisation_id: str) -> list[RestorationLine]:
    """Proposals of a body, newest first."""
    rows = db.scalars(
        select(TrustRestoration).where(TrustRestoration.organisation_id == organisation_id).order_by(TrustRestoration.id.desc())
    )
    return [
        RestorationLine(
            r.id, r.state, *RESTORATION.words[RestorationState(r.state)], r.reason, r.answer, name_of(db, r.proposed_by), r.proposed_by,
            name_of(db, r.decided_by) if r.decided_by else "",
        )
        for r in rows
    ]  # fmt: skip
