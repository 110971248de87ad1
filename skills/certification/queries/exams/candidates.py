"""Candidates: as their body sees them, and each one's own applications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Award, Score, Sitting
from skills.certification.queries.carried import read_kept
from skills.certification.queries.exams.sittings import SittingLine, sittings_of
from skills.certification.queries.live import live_scores
from skills.certification.queries.rooms import OwnSeat, seats_of
from skills.certification.rules.carry import Kept
from skills.certification.rules.exams import Section
from skills.certification.states import ApplicationState
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.kernel.findings import Verdict
from skills.people.queries import persons
from skills.records.rules.marks import points

_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)


@dataclass(frozen=True)
class CandidateLine:
    """A candidate as the body sees one: scores only after the sign-off."""

    application_id: str
    person_id: str
    name: str
    seat: int | None
    ticket: str
    state: str
    condition: str
    held: str
    scores: tuple[tuple[Section, str], ...]
    number: str
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class MyExam:
    """One's own application."""

    id: str
    sitting: SittingLine
    state: str
    condition: str
    verdict: Verdict
    applied_at: datetime
    seat: int | None
    ticket: str
    scores: tuple[tuple[Section, str], ...]
    held: str
    number: str
    kept: tuple[Kept, ...] = ()
    place: OwnSeat | None = None

    @property
    def sits(self) -> tuple[Section, ...]:
        """The sections that are sat this time."""
        kept = {one.section for one in self.kept}
        return tuple(section for section in self.sitting.sections if section not in kept)


def candidates(db: Session, line: SittingLine) -> Sequence[CandidateLine]:
    """The candidates of an exam, by seat."""
    rows = list(
        db.scalars(
            select(Application)
            .where(Application.sitting_id == line.id, Application.state != ApplicationState.WITHDRAWN)
            .order_by(Application.seat, Application.id)
        )
    )
    people = persons(db, [r.person_id for r in rows])
    marks = _marks(db, [r.id for r in rows])
    numbers = _numbers(db, [r.id for r in rows])
    return [
        CandidateLine(
            r.id, r.person_id, people[r.person_id].name, r.seat, r.ticket or "", r.state, r.condition, r.held,
            marks.get(r.id, ()), numbers.get(r.id, ""), read_kept(r.kept),
        )
        for r in rows
    ]  # fmt: skip


def my_exams(db: Session, person_id: str) -> Sequence[MyExam]:
    """One's own applications, newest first."""
    rows = db.scalars(select(Application).where(Application.person_id == person_id).order_by(Application.id.desc()))
    return _mine(db, list(rows))


def my_exam(db: Session, person_id: str, application_id: str) -> MyExam:
    """One of one's own applications. Raises Missing("application.unknown")."""
    rows = db.scalars(select(Application).where(Application.person_id == person_id, Application.id == application_id))
    found = _mine(db, list(rows))
    if not found:
        raise Missing("application.unknown")
    return found[0]


def exams_of(db: Session, application_ids: Collection[str]) -> Sequence[tuple[str, MyExam]]:
    """(person, exam) of these applications, by seat."""
    rows = list(db.scalars(select(Application).where(among(db, Application.id, application_ids)).order_by(Application.seat)))
    return list(zip([row.person_id for row in rows], _mine(db, rows), strict=True))


def examined(db: Session) -> int:
    """How many sat an exam whose scores are told: 人次 of assessment."""
    told = (ApplicationState.PASSED, ApplicationState.FAILED, ApplicationState.INCOMPLETE, ApplicationState.VOID)
    return db.scalar(select(func.count()).select_from(Application).where(Application.state.in_(told))) or 0


def _mine(db: Session, rows: Sequence[Application]) -> list[MyExam]:
    chosen = select(Sitting).where(Sitting.id.in_({r.sitting_id for r in rows}))
    lines = {s.id: s for s in sittings_of(db, db.scalars(chosen))}
    marks = _marks(db, [r.id for r in rows])
    numbers = _numbers(db, [r.id for r in rows])
    places = seats_of(db, [r.id for r in rows if r.seat is not None])
    return [
        MyExam(
            r.id, lines[r.sitting_id], r.state, r.condition, _VERDICT.validate_python(r.verdict), r.applied_at, r.seat,
            r.ticket or "", marks.get(r.id, ()), r.held, numbers.get(r.id, ""), read_kept(r.kept),
            places.get(r.id),
        )
        for r in rows
    ]  # fmt: skip


def _marks(db: Session, ids: Sequence[str]) -> dict[str, tuple[tuple[Section, str], ...]]:
    held: dict[str, dict[Section, str]] = defaultdict(dict)
    for row in db.scalars(live_scores().where(Score.application_id.in_(ids))):
        held[row.application_id][Section(row.section)] = "" if row.hundredths is None else points(row.hundredths)
    return {a: tuple((s, marks[s]) for s in Section if s in marks) for a, marks in held.items()}


def _numbers(db: Session, ids: Sequence[str]) -> dict[str, str]:
    grounds = [f"application:{i}" for i in ids]
    rows: Any = db.execute(select(Award.grounds, Award.number).where(Award.grounds.in_(grounds)))
    return {ground.removeprefix("application:"): number for ground, number in rows}
