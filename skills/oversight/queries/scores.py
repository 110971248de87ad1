"""How much speaks against an institution, and what that is made of; what the business register says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.rules import OrganisationKind
from skills.complaints import queries as complaints
from skills.kernel.box import box_of
from skills.kernel.clock import start_of
from skills.kernel.errors import Missing
from skills.oversight.models import CallBack, Case, RegisterEntry
from skills.oversight.rules.cases import Part, Standing, score
from skills.oversight.rules.trainees import least_share
from skills.oversight.states import OPEN, Answer, CallBackState, CaseState
from skills.standards import queries as standards
from skills.vouchers.queries import uses

_STRENGTHS = {1: "hint", 2: "plain", 3: "strong"}


@dataclass(frozen=True)
class Answers:
    """What drawn trainees of an institution answered in the window."""

    asked: int
    yes: int
    partly: int
    no: int


@dataclass(frozen=True)
class RegisterLine:
    """What the business register says of a body."""

    legal_rep: str
    address: str
    established_on: date | None
    insured: int | None
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True)
class ScoreLine:
    """An institution's points and what they are made of."""

    organisation_id: str
    name: str
    district: str
    points: int
    parts: tuple[Part, ...]
    answers: Answers
    standing: Standing


def scores(db: Session, districts: Collection[str] | None, day: date) -> list[ScoreLine]:
    """Institutions of these districts (None: all), the most points first."""
    since = start_of(day - timedelta(days=int(standards.value(db, "oversight.window_days", day))))
    weights = standards.value(db, "oversight.score", day)
    counts: dict[str, Counter[str]] = {}
    for body, state, strength in db.execute(
        select(Case.organisation_id, Case.state, Case.strength).where(
            Case.organisation_id.is_not(None), (Case.closed_at.is_(None)) | (Case.closed_at >= since)
        )
    ):
        name = _STRENGTHS[strength] if state in OPEN else "confirmed" if state != CaseState.CLEARED else ""
        if name:
            counts.setdefault(body or "", Counter())[name] += 1
    for body, denied in uses.denied_by_institution(db, since).items():
        counts.setdefault(body, Counter())["denied"] += denied
    for body, upheld in complaints.upheld_by_organisation(db, since).items():
        counts.setdefault(body, Counter())["upheld_complaint"] += upheld
    answers = _answers(db, since)
    found = []
    for o in accounts.organisations(db):
        if districts is not None and o.district not in districts:
            continue
        if o.kind == OrganisationKind.BUREAU or (o.kind != OrganisationKind.INSTITUTION and o.id not in counts):
            continue  # assessment bodies are listed once something speaks against them
        said = answers.get(o.id, Answers(0, 0, 0, 0))
        proven = int(least_share(said.no, said.yes + said.partly + said.no) * 100)
        standing = Standing(**counts.get(o.id, Counter()), not_there=proven)
        found.append(ScoreLine(o.id, o.name, o.district, *score(standing, weights), said, standing))
    return sorted(found, key=lambda line: (-line.points, line.name))


def score_of(db: Session, organisation_id: str, districts: Collection[str] | None, day: date) -> ScoreLine:
    """One of them. Raises Missing("organisation.unknown")."""
    found = next((s for s in scores(db, districts, day) if s.organisation_id == organisation_id), None)
    if found is None:
        raise Missing("organisation.unknown")
    return found


def register_entry(db: Session, organisation_id: str) -> RegisterLine | None:
    """What stands of a body now."""
    row = db.scalars(
        select(RegisterEntry).where(RegisterEntry.organisation_id == organisation_id, RegisterEntry.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    name = box_of(db).read(row.legal_rep, f"register_entry:{row.id}:legal_rep")
    return RegisterLine(name, row.address, row.established_on, row.insured, accounts.name_of(db, row.entered_by), row.entered_at)


def _answers(db: Session, since: datetime) -> dict[str, Answers]:
    rows = db.execute(
        select(CallBack.institution_id, CallBack.state, CallBack.answer, func.count())
        .where(CallBack.asked_at >= since)
        .group_by(CallBack.institution_id, CallBack.state, CallBack.answer)
    )
    held: dict[str, Counter[str]] = {}
    for body, state, answer, count in rows:
        held.setdefault(body, Counter())[answer if state == CallBackState.ANSWERED else "silent"] += count
    return {b: Answers(sum(c.values()), c[Answer.YES], c[Answer.PARTLY], c[Answer.NO]) for b, c in held.items()}
