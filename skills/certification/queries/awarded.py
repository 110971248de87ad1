"""Certificates that exams gave, with the marks they rest on: what a re-test is held against; and how often an objection was upheld."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Award, Objection, Score, Sitting
from skills.certification.queries.live import newest
from skills.certification.rules.exams import Section, sections_of
from skills.certification.states import ObjectionState, SittingState
from skills.kernel.errors import Missing
from skills.standards.queries import occupation
from skills.standards.rules import Level


@dataclass(frozen=True)
class Awarded:
    """A certificate of an exam. `marks` in hundredths by section; None for absent."""

    id: str
    number: str
    person_id: str
    organisation_id: str
    sitting_id: str
    title: str
    level: Level
    pass_mark: int
    score_steps: Mapping[str, int]
    examined_on: date
    awarded_at: datetime
    marks: Mapping[str, int | None]

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of its level."""
        return sections_of(self.level)


def of_body(db: Session, organisation_id: str, since: date, until: date) -> list[tuple[str, str]]:
    """(id, number) of the certificates that concluded exams of a body on these days gave, in the order of the numbers."""
    rows = db.execute(
        select(Award.id, Award.number)
        .join(Sitting, Sitting.id == Award.sitting_id)
        .where(
            Award.organisation_id == organisation_id, Sitting.state == SittingState.CONCLUDED, Award.examined_on >= since,
            Award.examined_on <= until,
        )
        .order_by(Award.number)
    )  # fmt: skip
    return [(award_id, number) for award_id, number in rows]


def of_person(db: Session, person_id: str) -> list[str]:
    """Ids of what exams gave to a person."""
    return list(db.scalars(select(Award.id).where(Award.person_id == person_id, Award.sitting_id.is_not(None))))


def one(db: Session, award_id: str) -> Awarded:
    """One certificate of an exam. Raises Missing("award.unknown")."""
    row = db.get(Award, award_id)
    if row is None or row.sitting_id is None:
        raise Missing("award.unknown")
    exam = db.get_one(Sitting, row.sitting_id)
    held = select(Score.section, Score.hundredths).where(Score.application_id == row.grounds.removeprefix("application:"), newest())
    steps = {str(s): exam.score_steps.get(s) or exam.score_step for s in sections_of(Level(row.level))}
    trade = occupation(db, row.occupation).name
    return Awarded(
        row.id, row.number, row.person_id, row.organisation_id, row.sitting_id, f"{trade} {Level(row.level).wording}", Level(row.level),
        exam.pass_mark, steps, row.examined_on, row.awarded_at, {section: mark for section, mark in db.execute(held)},  # noqa: C416 - rows are not pairs to the checker
    )  # fmt: skip


def upheld(db: Session, organisation_id: str, since: datetime) -> int:
    """How many objections to passes of a body were upheld since."""
    return db.scalar(
        select(func.count()).select_from(Objection)
        .join(Application, Application.id == Objection.application_id).join(Sitting, Sitting.id == Application.sitting_id)
        .where(Sitting.organisation_id == organisation_id, Objection.state == ObjectionState.UPHELD, Objection.decided_at >= since)
    ) or 0  # fmt: skip
