"""Misconduct in exam rooms as its pages show it, and what it makes void or keeps waiting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of
from skills.certification.models import Application, Incident, Sitting
from skills.certification.rules.exams import Section
from skills.certification.rules.incidents import IncidentCode
from skills.certification.states.incidents import OPEN, IncidentState
from skills.kernel.box import Box
from skills.kernel.db import among
from skills.people.queries import persons
from skills.standards.queries import value


@dataclass(frozen=True)
class IncidentLine:
    """Misconduct as the candidate and who decides see it; `raiser` is the account, shown by name to the body alone."""

    id: str
    application_id: str
    name: str
    seat: int
    section: Section
    code: str
    words: tuple[str, str]
    voids: str
    text: str
    state: str
    raised_at: datetime
    answer_by: date
    answer: str
    decision: str
    raiser: str = ""
    raised_by: str = ""


def codes_on(db: Session, day: date) -> Sequence[IncidentCode]:
    """The list of misconduct that is in force on a day."""
    return [IncidentCode(**row) for row in value(db, "incident.codes", day)]


def open_ids() -> Select[str]:
    """Applications about which misconduct is undecided: they are on no notice."""
    return select(Incident.application_id).where(Incident.state.in_(OPEN))


def voided(db: Session, application_ids: Collection[str]) -> dict[str, set[Section]]:
    """Application → sections that do not count after misconduct in them."""
    found: dict[str, set[Section]] = defaultdict(set)
    rows = select(Incident.application_id, Incident.section).where(
        among(db, Incident.application_id, application_ids), Incident.state == IncidentState.VOID, Incident.voids == "section"
    )
    for own, section in db.execute(rows):
        found[own].add(Section(section))
    return found


def of_candidate(db: Session, box: Box, application_id: str) -> Sequence[IncidentLine]:
    """What was raised about a candidate in an exam, without who raised it."""
    return _lines(db, box, Incident.application_id == application_id)


def of_sitting(db: Session, box: Box, sitting_id: str) -> Sequence[IncidentLine]:
    """What was raised in an exam, with who did; what waits first."""
    found = _lines(db, box, Application.sitting_id == sitting_id, named=True)
    return sorted(found, key=lambda line: (line.state not in OPEN, line.answer_by, line.id))


def count(db: Session, sitting_id: str) -> int:
    """How much was raised in an exam."""
    return _count(db, Sitting.id == sitting_id)


def waiting(db: Session, bodies: Collection[str], day: date) -> int:
    """How many can be decided by these bodies now: the candidate was heard, or the days for it are over."""
    heard = (Incident.state == IncidentState.ANSWERED) | (Incident.answer_by < day)
    return _count(db, Sitting.organisation_id.in_(bodies), Incident.state.in_(OPEN), heard)


def place(incident_id: str, column: str) -> str:
    """What a sealed text is bound to."""
    return f"incident:{incident_id}:{column}"


def _count(db: Session, *where: object) -> int:
    chosen = (
        select(func.count()).select_from(Incident)
        .join(Application, Application.id == Incident.application_id).join(Sitting, Sitting.id == Application.sitting_id)
        .where(*where)  # type: ignore[arg-type]
    )  # fmt: skip
    return db.scalar(chosen) or 0


def _lines(db: Session, box: Box, where: object, named: bool = False) -> list[IncidentLine]:
    rows = db.execute(
        select(Incident, Application).join(Application, Application.id == Incident.application_id)
        .where(where).order_by(Incident.id)  # type: ignore[arg-type]
    ).all()  # fmt: skip
    who = persons(db, [a.person_id for _, a in rows])
    found = []
    for row, candidate in rows:
        words = {one.code: (one.zh, one.en) for one in codes_on(db, row.raised_at.date())}

        def read(column: str, row: Incident = row) -> str:
            sealed = getattr(row, column)
            return box.read(sealed, place(row.id, column)) if sealed is not None else ""

        found.append(
            IncidentLine(
                row.id, candidate.id, who[candidate.person_id].name, candidate.seat or 0, Section(row.section), row.code,
                words.get(row.code, (row.code, row.code)), row.voids, read("text"), row.state, row.raised_at, row.answer_by, read("answer"),
                read("decision"), name_of(db, row.raised_by) if named else "", row.raised_by if named else "",
            )
        )  # fmt: skip
    return found
