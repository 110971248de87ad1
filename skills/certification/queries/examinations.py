"""Examinations of applications: what waits for a body, and how one's own stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Sitting
from skills.certification.models.examinations import Examination
from skills.certification.rules.examinations import Fault, Terms
from skills.certification.states import ApplicationState
from skills.certification.states.examinations import OPEN, ExaminationState
from skills.kernel.errors import Missing
from skills.people.queries import persons
from skills.records.queries import EntryLine, EvidenceLine, evidence_of, passport
from skills.standards.queries import value

_FAULTS: TypeAdapter[tuple[Fault, ...]] = TypeAdapter(tuple[Fault, ...])
SHOWN = ("work", "education", "level", "title", "standing")


@dataclass(frozen=True)
class ExaminationLine:
    """An examination as the candidate and the body see it."""

    application_id: str
    state: str
    due_on: date | None
    faults: tuple[Fault, ...]
    supplement_by: date | None
    answer: str
    answered_at: datetime | None
    clause: str
    reason: str
    decided_at: datetime | None


@dataclass(frozen=True)
class WaitingLine:
    """An application that the body examines. `own`: the account that looks entered it, so another one examines it."""

    application_id: str
    name: str
    condition: str
    entered_by: str
    examination: ExaminationLine


@dataclass(frozen=True)
class Shown:
    """A fact of the record and the papers that show it."""

    entry: EntryLine
    papers: tuple[EvidenceLine, ...]


def terms(db: Session, day: date) -> Terms:
    """Whether applications are examined, by the policy of a day."""
    return Terms(**value(db, "registration.examine", day))


def examination(db: Session, application_id: str) -> ExaminationLine | None:
    """How an application's examination stands; None if policy wanted none."""
    row = db.scalars(select(Examination).where(Examination.application_id == application_id)).one_or_none()
    return _line(row) if row is not None else None


def to_examine(db: Session, sitting_id: str) -> Sequence[WaitingLine]:
    """What is examined of an exam, the most urgent first; who waits for a supplement comes last."""
    rows = db.execute(
        select(Examination, Application)
        .join(Application, Application.id == Examination.application_id)
        .where(Application.sitting_id == sitting_id, Application.state == ApplicationState.FILED, Examination.state.in_(OPEN))
        .order_by(Examination.due_on.is_(None), Examination.due_on, Examination.id)
    ).all()
    who = persons(db, [a.person_id for _, a in rows])
    return [WaitingLine(a.id, who[a.person_id].name, a.condition, e.entered_by, _line(e)) for e, a in rows]


def shown(db: Session, application_id: str) -> list[Shown]:
    """The facts on which an application may rest, with their papers, for who examines it."""
    row = db.get(Application, application_id)
    if row is None:
        raise Missing("application.unknown")
    lines = [line for line in passport(db, row.person_id) if line.kind in SHOWN]
    papers = evidence_of(db, [line.id for line in lines])
    return [Shown(line, tuple(papers.get(line.id, ()))) for line in lines]


def examined_person(db: Session, application_id: str, bodies: Collection[str]) -> str:
    """Whose application it is that one of these bodies examines now. Raises Missing("application.unknown")."""
    found = db.scalar(
        select(Application.person_id)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .join(Examination, Examination.application_id == Application.id)
        .where(
            Application.id == application_id, Application.state == ApplicationState.FILED, Sitting.organisation_id.in_(bodies),
            Examination.state.in_(OPEN),
        )
    )  # fmt: skip
    if found is None:
        raise Missing("application.unknown")
    return found


def waiting(db: Session, bodies: Collection[str], day: date) -> tuple[int, int]:
    """(how many applications these bodies have to examine, how many of them are past their day)."""
    chosen = (
        select(func.count())
        .select_from(Examination)
        .join(Application, Application.id == Examination.application_id)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(
            Application.state == ApplicationState.FILED, Sitting.organisation_id.in_(bodies),
            Examination.state.in_((ExaminationState.WAITING, ExaminationState.ANSWERED)),
        )
    )  # fmt: skip
    return db.scalar(chosen) or 0, db.scalar(chosen.where(Examination.due_on < day)) or 0


def _line(row: Examination) -> ExaminationLine:
    return ExaminationLine(
        row.application_id, row.state, row.due_on, _FAULTS.validate_python(row.faults), row.supplement_by, row.answer, row.answered_at,
        row.clause, row.reason, row.decided_at,
    )  # fmt: skip
