"""Samples of certificates: the population as it stood at a moment, what was drawn from it, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of
from skills.credentials import held
from skills.credentials.models import AuditCase, AuditSample, Certificate, CertificateEvent, Paper
from skills.credentials.rules.sampling import PLANNED, Announced, Case, Drawn, Facts, Risk, weight
from skills.credentials.states import FindingState
from skills.kernel import audit, log
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
class CaseLine:
    """A certificate of a sample; `log_index` from 0, None while it waited. `claims` are what it asserts."""

    id: str
    certificate_id: str
    place: int
    number: str
    weight: int
    key: str
    verdict: str
    reason: str
    log_index: int | None
    state: str
    remark: str
    found_by_name: str
    found_at: datetime | None
    claims: dict[str, Any]


@dataclass(frozen=True)
class SampleLine:
    """A sample with what it is drawn from. `seed`, `announced` and `cases` are there once it was drawn."""

    id: str
    state: str
    purpose: str
    criteria: Criteria
    risk: Risk | None
    size: int
    population: int
    digest: str
    planned_by_name: str
    planned_at: datetime
    seed: str
    announced: Announced | None
    drawn_at: datetime | None
    ended_by_name: str
    ended_at: datetime | None
    conclusion: str
    cases: tuple[CaseLine, ...]

    def found(self, state: str) -> int:
        """How many cases have this finding."""
        return sum(case.state == state for case in self.cases)

    @property
    def looked_at(self) -> int:
        """How many cases have a finding."""
        return len(self.cases) - self.found(FindingState.OPEN)


def population(db: Session, criteria: Criteria, risk: Risk | None, at: datetime) -> dict[str, Case]:
    """Every certificate that fits and held its number at `at`, by row id, with its weight as the facts stood then."""
    outlived = _outlived(db, at)
    rows = [row for row in db.execute(_chosen(criteria, at)).all() if row.id not in outlived]
    if risk is None:
        return {row.id: Case(row.number, 1) for row in rows}
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
    found = {}
    for row in rows:
        same_day = a_day[row.issuer_id, row.issued_on]
        facts = Facts(row.claims.get("level_rank"), row.issuer_id in grave, row.id in changed, same_day)
        found[row.id] = Case(row.number, weight(facts, risk))
    return found


def count(db: Session, criteria: Criteria, at: datetime) -> int:
    """About how many certificates fit: those whose number has passed to a corrected one are still counted."""
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


def case_of(held: SampleLine, place: int) -> CaseLine:
    """The case at a place, from 1. Raises Missing("audit_case.unknown")."""
    for case in held.cases:
        if case.place == place:
            return case
    raise Missing("audit_case.unknown")


def population_of(db: Session, held: SampleLine) -> dict[str, Case]:
    """The population of a sample, made again from the register."""
    return population(db, held.criteria, held.risk, held.planned_at)


def announcement(db: Session, plan_id: str, planned_at: datetime, event: str = PLANNED) -> Announced | None:
    """Where a plan stands in the log of acts, under the first head signed over it; None while it waits."""
    entry = audit.entry_about(db, event, planned_at, plan_id)
    if entry is None:
        return None
    receipt = log.first_receipt(db, log.AUDIT, f"entry:{entry.id}")
    if receipt is None:
        return None
    way = tuple(value.hex() for value in receipt.hashes)
    return Announced(audit.entry_text(entry), receipt.seq, way, receipt.checkpoint)


def drawn(held: SampleLine) -> list[Drawn]:
    """What was drawn, as `rules.sampling.draw` says it."""
    return [Drawn(case.number, case.weight, case.key) for case in held.cases]


def events_of(db: Session, certificate_id: str) -> list[dict[str, str]]:
    """What happened to a certificate, oldest first."""
    rows = db.scalars(
        select(CertificateEvent)
        .where(CertificateEvent.certificate_id == certificate_id)
        .order_by(CertificateEvent.step)
    )
    return [{"move": e.move, "reason": e.reason, "by": e.by, "at": e.at.isoformat()} for e in rows]


def _chosen(criteria: Criteria, at: datetime) -> Select[Any]:
    wanted = select(
        Certificate.id, Certificate.number, Certificate.issuer_id, Certificate.issued_on, Certificate.claims
    ).where(Certificate.issued_at <= at)
    if criteria.kind:
        wanted = wanted.where(Certificate.kind == criteria.kind)
    if criteria.issuer_id:
        wanted = wanted.where(Certificate.issuer_id == criteria.issuer_id)
    if criteria.since:
        wanted = wanted.where(Certificate.issued_on >= criteria.since)
    if criteria.until:
        wanted = wanted.where(Certificate.issued_on <= criteria.until)
    return wanted


def _outlived(db: Session, at: datetime) -> set[str]:
    """Certificates whose number had passed to a corrected one by `at`: a number stands in a population once."""
    passed = select(Certificate.number).where(Certificate.replaced_by == Certificate.number)
    rows = db.execute(
        select(Certificate.number, Certificate.id)
        .where(Certificate.number.in_(passed), Certificate.issued_at <= at)
        .order_by(Certificate.issued_at, Certificate.id)
    ).all()
    newest = {number: certificate_id for number, certificate_id in rows}  # noqa: C416 - rows are not pairs to the checker
    return {certificate_id for number, certificate_id in rows if newest[number] != certificate_id}


def _line(db: Session, row: AuditSample) -> SampleLine:
    asked = row.criteria
    criteria = Criteria(asked["kind"], asked["issuer_id"], _day(asked["since"]), _day(asked["until"]))
    proof = row.proof
    return SampleLine(
        id=row.id,
        state=row.state,
        purpose=row.purpose,
        criteria=criteria,
        risk=Risk(**row.risk) if row.risk else None,
        size=row.size,
        population=row.population,
        digest=row.digest,
        planned_by_name=name_of(db, row.planned_by),
        planned_at=row.planned_at,
        seed=row.seed,
        announced=Announced(proof["entry"], proof["index"], tuple(proof["hashes"]), row.checkpoint) if proof else None,
        drawn_at=row.drawn_at,
        ended_by_name=name_of(db, row.ended_by) if row.ended_by else "",
        ended_at=row.ended_at,
        conclusion=row.conclusion,
        cases=_cases(db, row.id),
    )


def _cases(db: Session, sample_id: str) -> tuple[CaseLine, ...]:
    rows = db.execute(
        select(AuditCase, Certificate.claims)
        .join(Certificate, Certificate.id == AuditCase.certificate_id)
        .where(AuditCase.sample_id == sample_id)
        .order_by(AuditCase.place)
    )
    names: dict[str | None, str] = {None: ""}
    lines = []
    for case, claims in rows:
        if case.found_by not in names:
            names[case.found_by] = name_of(db, case.found_by)
        lines.append(
            CaseLine(
                case.id, case.certificate_id, case.place, case.number, case.weight, case.key, case.verdict, case.reason,
                case.log_index, case.state, case.remark, names[case.found_by], case.found_at, claims,
            )
        )  # fmt: skip
    return tuple(lines)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def issuers(db: Session) -> frozenset[str]:
    """The bodies that certificates were issued by."""
    return frozenset(db.scalars(select(Certificate.issuer_id).distinct()))


@dataclass(frozen=True)
class Evidence:
    """What is on record about a certificate of a sample; of somebody erased neither credential nor paper.

    paper  the row of the printed form that counts, if any
    """

    credential: bytes | None
    paper: Paper | None
    receipt: log.Receipt | None
    events: list[dict[str, str]]


def evidence(db: Session, certificate_id: str) -> Evidence:
    """Everything on record about one certificate."""
    row = db.get_one(Certificate, certificate_id)
    papers = select(Paper).where(Paper.certificate_id == certificate_id, Paper.ended_at.is_(None))
    receipt = log.receipt(db, log.CERTIFICATES, f"issue:{certificate_id}")
    erased = held.erased(held.claims_of(db, row))
    credential, paper = (None, None) if erased else (held.credential_of(db, row), db.scalar(papers))
    return Evidence(credential, paper, receipt, events_of(db, certificate_id))
