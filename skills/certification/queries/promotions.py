"""Promotions as the winner and the authority see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of
from skills.certification.models import Award, Promotion
from skills.certification.states import PromotionState
from skills.kernel.findings import Verdict
from skills.people.queries import persons
from skills.standards.queries import occupations
from skills.standards.rules import Level

_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)


@dataclass(frozen=True)
class PromotionLine:
    """An application for promotion with its grounds."""

    id: str
    person_id: str
    name: str
    source: str
    competition: str
    occupation: str
    occupation_name: str
    rank: int
    level: Level
    rule: str
    verdict: Verdict
    state: str
    applied_at: datetime
    filing_id: str | None
    examined_by: str
    decided_by: str
    reason: str
    number: str


def of_person(db: Session, person_id: str) -> Sequence[PromotionLine]:
    """A person's applications, newest first."""
    chosen = select(Promotion).where(Promotion.person_id == person_id).order_by(Promotion.id.desc())
    return _lines(db, db.scalars(chosen))


def for_bureau(db: Session) -> Sequence[PromotionLine]:
    """Every application: those that wait first, then the newest."""
    order = {PromotionState.APPLIED: 0, PromotionState.EXAMINED: 1}
    rows = _lines(db, db.scalars(select(Promotion).order_by(Promotion.id.desc())))
    return sorted(rows, key=lambda p: order.get(PromotionState(p.state), 2))


def _lines(db: Session, rows: Iterable[Promotion]) -> list[PromotionLine]:
    held = list(rows)
    people = persons(db, [p.person_id for p in held])
    names = {o.code: o.name for o in occupations(db)}
    awarded: Any = db.execute(select(Award.grounds, Award.number).where(Award.grounds.like("placing:%")))
    numbers = {grounds: number for grounds, number in awarded}  # noqa: C416 - rows are not pairs to the type checker
    return [
        PromotionLine(
            p.id, p.person_id, people[p.person_id].name, p.source, p.competition, p.occupation, names[p.occupation],
            p.rank, Level(p.level), p.rule, _VERDICT.validate_python(p.verdict), p.state, p.applied_at, p.filing_id,
            name_of(db, p.examined_by) if p.examined_by else "", name_of(db, p.decided_by) if p.decided_by else "",
            p.reason, numbers.get(f"placing:{p.source}", "") if p.state == PromotionState.GRANTED else "",
        )
        for p in held
    ]  # fmt: skip
