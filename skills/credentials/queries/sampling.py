"""Samples of certificates: the population as it stood at a moment, and what was drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from skills.accounts.queries import name_of
from skills.credentials.models import AuditSample, Certificate, CertificateEvent
from skills.credentials.rules.sampling import Case, Drawn, Facts, Risk, weight
from skills.kernel.errors import Missing

GRAVE = ("fraud", "void_exam")
PAGE = 50


@dataclass(frozen=True)
class Criteria:
    """Which certificates: kind and issuing body (empty for any), issued on days from … to … of Shanghai."""

    kind: str = ""
    issuer_id: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class SampleLine:
    """A sample with what it was drawn from. `checkpoint` is the signed head of the certificate log at that moment."""

    id: str
    drawn_by: str
    drawn_by_name: str
    drawn_at: datetime
    seed: str
    purpose: str
    criteria: Criteria
    risk: Risk | None
    size: int
    population: int
    digest: str
    checkpoint: str
    cases: tuple[SampledCase, ...]


@dataclass(frozen=True)
class SampledCase:
    """One case of a sample with the verdict at the moment of drawing; `log_index` from 0, None while it waited."""

    number: str
    weight: int
    key: str
    state: str
    reason: str
    log_index: int | None


def population(db: Session, criteria: Criteria, risk: Risk | None, at: datetime) -> list[Case]:
    """Every certificate that fits and was issued by `at`, with its weight as the facts stood at `at`."""
    rows = db.execute(_chosen(criteria, at)).all()
    if risk is None:
        return [Case(row.number, 1) for row in rows]
    grave = set(
        db.scalars(
            select(Certificate.issuer_id)
            .join(CertificateEvent, CertificateEvent.certificate_id == Certificate.id)
            .where(CertificateEvent.move == "revoke", CertificateEvent.reason.in_(GRAVE), CertificateEvent.at <= at)
            .distinct()
        )
    )
    changed = set(db.scalars(select(CertificateEvent.certificate_id).where(CertificateEvent.at <= at).distinct()))
    a_day = {
        (issuer, day): count
        for issuer, day, count in db.execute(
            select(Certificate.issuer_id, Certificate.issued_on, func.count())
            .where(Certificate.issued_at <= at)
            .group_by(Certificate.issuer_id, Certificate.issued_on)
        )
    }
    return [
        Case(
            row.number,
            weight(
                Facts(
                    row.number, row.claims.get("level_rank"), row.issuer_id in grave, row.id in changed,
                    a_day[row.issuer_id, row.issued_on],
                ),
                risk,
            ),
        )
        for row in rows
    ]  # fmt: skip


def count(db: Session, criteria: Criteria, at: datetime) -> int:
    """How many certificates fit."""
    return db.scalar(select(func.count()).select_from(_chosen(criteria, at).subquery())) or 0


def samples(db: Session) -> Sequence[SampleLine]:
    """The newest samples."""
    return [_line(db, row) for row in db.scalars(select(AuditSample).order_by(AuditSample.id.desc()).limit(PAGE))]


def sample(db: Session, sample_id: str) -> SampleLine:
    """One sample. Raises Missing("audit_sample.unknown")."""
    row = db.get(AuditSample, sample_id)
    if row is None:
        raise Missing("audit_sample.unknown")
    return _line(db, row)


def population_of(db: Session, held: SampleLine) -> list[Case]:
    """The population of a sample, made again from the register."""
    return population(db, held.criteria, held.risk, held.drawn_at)


def drawn(held: SampleLine) -> list[Drawn]:
    """What was drawn, as `rules.sampling.draw` says it."""
    return [Drawn(case.number, case.weight, case.key) for case in held.cases]


def claims_of(db: Session, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What certificates claim, by number."""
    wanted = select(Certificate.number, Certificate.claims).where(Certificate.number.in_(numbers))
    rows = db.execute(wanted.order_by(Certificate.issued_at, Certificate.id))
    return {number: claims for number, claims in rows}  # noqa: C416 - rows are not pairs to the type checker


def events_of(db: Session, number: str) -> list[dict[str, str]]:
    """What happened to the certificates of a number, oldest first."""
    rows = db.scalars(
        select(CertificateEvent)
        .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
        .where(Certificate.number == number)
        .order_by(Certificate.issued_at, Certificate.id, CertificateEvent.step)
    )
    return [{"move": e.move, "reason": e.reason, "by": e.by, "at": e.at.isoformat()} for e in rows]


def _chosen(criteria: Criteria, at: datetime) -> Select[Any]:
    later = aliased(Certificate)  # an exchange keeps the number: the newest certificate under it stands for it
    newer = (later.issued_at > Certificate.issued_at) | (
        (later.issued_at == Certificate.issued_at) & (later.id > Certificate.id)
    )
    wanted = select(
        Certificate.id, Certificate.number, Certificate.issuer_id, Certificate.issued_on, Certificate.claims
    ).where(
        Certificate.issued_at <= at,
        ~exists().where(later.number == Certificate.number, later.issued_at <= at, newer),
    )
    if criteria.kind:
        wanted = wanted.where(Certificate.kind == criteria.kind)
    if criteria.issuer_id:
        wanted = wanted.where(Certificate.issuer_id == criteria.issuer_id)
    if criteria.since:
        wanted = wanted.where(Certificate.issued_on >= criteria.since)
    if criteria.until:
        wanted = wanted.where(Certificate.issued_on <= criteria.until)
    return wanted


def _line(db: Session, row: AuditSample) -> SampleLine:
    asked = row.criteria
    criteria = Criteria(asked["kind"], asked["issuer_id"], _day(asked["since"]), _day(asked["until"]))
    return SampleLine(
        id=row.id,
        drawn_by=row.drawn_by,
        drawn_by_name=name_of(db, row.drawn_by),
        drawn_at=row.drawn_at,
        seed=row.seed,
        purpose=row.purpose,
        criteria=criteria,
        risk=Risk(**row.risk) if row.risk else None,
        size=row.size,
        population=row.population,
        digest=row.digest,
        checkpoint=row.checkpoint,
        cases=tuple(SampledCase(**case) for case in row.cases),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
