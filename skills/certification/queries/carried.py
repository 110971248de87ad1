"""What a person passed before and need not sit again, read from signed scores."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Incident, Score, Sitting
from skills.certification.queries.incidents import open_ids, voided
from skills.certification.queries.live import newest
from skills.certification.rules.carry import CarryRules, Earlier, Kept, kept_sections
from skills.certification.rules.exams import Section, sections_of
from skills.certification.states import ApplicationState
from skills.kernel.db import among
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


def used_up(db: Session, day: date) -> Callable[[Application], bool]:
    """Whether an application uses a resit up under the policy of a registration deadline: one that was not withdrawn, missed or not."""
    missed = bool(value(db, "exam.no_show_counts", day))
    spared = {ApplicationState.WITHDRAWN} if missed else {ApplicationState.WITHDRAWN, ApplicationState.ABSENT}
    return lambda application: application.state not in spared


def kept_for(db: Session, sitting_id: str, person_id: str) -> tuple[Kept, ...]:
    """What somebody need not sit again in an exam, as it would be decided now; nothing after a pass."""
    row = db.get(Sitting, sitting_id)
    if row is None:
        raise Missing("sitting.unknown")
    return kept_of(db, row, [person_id]).get(person_id, ())


def kept_of(db: Session, row: Sitting, people: Iterable[str]) -> dict[str, tuple[Kept, ...]]:
    """The same of several people in one exam; who keeps nothing is left out."""
    if row.registration_to is None or row.held_on is None:
        raise Missing("sitting.unknown")
    same = (
        select(Application, Sitting)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(
            among(db, Application.person_id, people),
            Application.sitting_id != row.id,
            Application.state != ApplicationState.WITHDRAWN,
            Sitting.organisation_id == row.organisation_id,
            Sitting.occupation == row.occupation,
            Sitting.branch == row.branch,
            Sitting.level == row.level,
        )
    )
    pairs: dict[str, list[tuple[Application, Sitting]]] = defaultdict(list)
    for application, sitting in db.execute(same):
        pairs[application.person_id].append((application, sitting))
    told = [a.id for own in pairs.values() for a, _ in own if a.state in _TOLD]
    undecided, gone = set(db.scalars(open_ids().where(among(db, Incident.application_id, told)))), voided(db, told)
    marks: dict[str, list[tuple[Section, int | None]]] = defaultdict(list)
    signed = select(Score.application_id, Score.section, Score.hundredths).where(
        among(db, Score.application_id, told), Score.kept_from.is_(None), newest()
    )  # fmt: skip
    for application_id, section, hundredths in db.execute(signed):
        if application_id not in undecided and section not in gone.get(application_id, ()):
            marks[application_id].append((Section(section), hundredths))
    rules, found, counts = carry_rules(db, row.registration_to), {}, used_up(db, row.registration_to)
    for person_id, own in pairs.items():
        if any(application.state == ApplicationState.PASSED for application, _ in own):
            continue
        used = Counter((k.application_id, k.section) for application, _ in own if counts(application) for k in read_kept(application.kept))
        earlier = [
            Earlier(a.id, s.registration_to, s.held_on, s.pass_mark, tuple(marks[a.id]))
            for a, s in own if a.state in _TOLD and s.registration_to is not None and s.held_on is not None
        ]  # fmt: skip
        if kept := kept_sections(Level(row.level), earlier, used, row.held_on, rules):
            found[person_id] = kept
    return found
