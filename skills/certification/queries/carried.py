"""What a person passed before and need not sit again, read from signed scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Score, Sitting
from skills.certification.queries.live import newest
from skills.certification.rules.carry import CarryRules, Earlier, Kept, kept_sections
from skills.certification.rules.exams import Section, sections_of
from skills.certification.states import ApplicationState
from skills.kernel.errors import Missing
from skills.standards.queries import value
from skills.standards.rules import Level

_KEPT: TypeAdapter[tuple[Kept, ...]] = TypeAdapter(tuple[Kept, ...])
_TOLD = (ApplicationState.FAILED, ApplicationState.INCOMPLETE)


def read_kept(rows: list[dict[str, Any]]) -> tuple[Kept, ...]:
    """The sections that an application keeps, as they were stored with it."""
    return _KEPT.validate_python(rows)


def sat_in(application: Application, level: Level) -> tuple[Section, ...]:
    """The sections that a candidate sits: those of the level that are not kept."""
    kept = {row["section"] for row in application.kept}
    return tuple(section for section in sections_of(level) if section not in kept)


def step_of(sitting: Sitting, section: str) -> int:
    """What a score of a section is a multiple of, in hundredths, as it was when the exam was planned."""
    return sitting.score_steps.get(section) or sitting.score_step


def carry_rules(db: Session, day: date) -> CarryRules:
    """The policy for kept sections on a registration deadline."""
    return CarryRules(value(db, "exam.section_pass_months", day), value(db, "exam.most_resits", day))


def kept_for(db: Session, sitting_id: str, person_id: str) -> tuple[Kept, ...]:
    """What somebody need not sit again in an exam, as it would be decided now; nothing after a pass."""
    row = db.get(Sitting, sitting_id)
    if row is None or row.registration_to is None or row.held_on is None:
        raise Missing("sitting.unknown")
    same = (
        select(Application, Sitting)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(
            Application.person_id == person_id,
            Application.sitting_id != row.id,
            Application.state != ApplicationState.WITHDRAWN,
            Sitting.organisation_id == row.organisation_id,
            Sitting.occupation == row.occupation,
            Sitting.branch == row.branch,
            Sitting.level == row.level,
        )
    )
    pairs = [(application, sitting) for application, sitting in db.execute(same)]
    if any(application.state == ApplicationState.PASSED for application, _ in pairs):
        return ()
    used = Counter((k.application_id, k.section) for application, _ in pairs for k in read_kept(application.kept))
    earlier = _earlier(db, [(a, s) for a, s in pairs if a.state in _TOLD])
    return kept_sections(Level(row.level), earlier, used, row.held_on, carry_rules(db, row.registration_to))


def _earlier(db: Session, pairs: Iterable[tuple[Application, Sitting]]) -> list[Earlier]:
    found = []
    for application, sitting in pairs:
        marks = db.execute(
            select(Score.section, Score.hundredths).where(
                Score.application_id == application.id, Score.kept_from.is_(None), newest()
            )
        )
        if sitting.registration_to is None or sitting.held_on is None:
            continue
        own = tuple((Section(section), hundredths) for section, hundredths in marks)
        found.append(Earlier(application.id, sitting.registration_to, sitting.held_on, sitting.pass_mark, own))
    return found
