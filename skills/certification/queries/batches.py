"""The certificates of one exam: how far they are, what stopped some, and the lists that go with the papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Award
from skills.certification.queries.exams import SittingLine
from skills.certification.states import ApplicationState, SittingState
from skills.credentials.queries.makings import (
    PrintedFile,
    Receivable,
    heirs,
    makings,
    numbers_of,
    printed_files,
    receivables,
)
from skills.kernel.findings import Finding
from skills.kernel.jobs import Job, JobState
from skills.people.queries import persons

APPLICATION = "application:"


@dataclass(frozen=True)
class Trouble:
    """Why a certificate or its paper was not made: a refusal's code, its facts and its findings."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class PassLine:
    """A pass of the exam.

    stage  waiting, stopped (nothing is ordered for it any more), held, refused, numbered, sealed, printed,
           failed (its paper), or ended
    """

    application_id: str
    name: str
    seat: int
    stage: str
    number: str = ""
    held: str = ""
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Batch:
    """How far the certificates of an exam are. `numbered` counts the sealed, `sealed` the printed with them.

    ended  taken back since; they count as numbered and sealed
    """

    sitting_id: str
    concluded: bool
    passes: int
    numbered: int
    sealed: int
    printed: int
    waiting: int
    stopped: int
    held: int
    refused: int
    failed: int
    ended: int

    @property
    def running(self) -> bool:
        """Whether there is still something to be made that nobody has to look at."""
        return self.concluded and (self.waiting > 0 or self.printed + self.failed + self.ended < self.numbered)

    @property
    def troubled(self) -> int:
        """How many wait for somebody to try them again."""
        return self.stopped + self.held + self.refused + self.failed


def batch(db: Session, line: SittingLine) -> Batch:
    """The counts of an exam's certificates."""
    return count(line, passes(db, line, named=False))


def count(line: SittingLine, lines: Sequence[PassLine]) -> Batch:
    """The counts of these passes, which are all of an exam."""
    counts = Counter(one.stage for one in lines)
    printed = counts["printed"]
    sealed = printed + counts["sealed"] + counts["failed"] + counts["ended"]
    return Batch(
        line.id, line.state == SittingState.CONCLUDED, len(lines), sealed + counts["numbered"], sealed, printed,
        counts["waiting"], counts["stopped"], counts["held"], counts["refused"], counts["failed"], counts["ended"],
    )  # fmt: skip


def passes(db: Session, line: SittingLine, named: bool = True) -> Sequence[PassLine]:
    """Every pass of an exam by seat, with how far its certificate is; without names if they are not wanted."""
    rows = db.scalars(
        select(Application)
        .where(Application.sitting_id == line.id, Application.state == ApplicationState.PASSED)
        .order_by(Application.seat)
    ).all()
    awards = _awarded(db, line)
    made = makings(db, list(awards.values()))
    numbers = numbers_of(db, list(awards.values()))
    ordered = _ordered(db) if line.state == SittingState.CONCLUDED else {row.id for row in rows}
    people = persons(db, [row.person_id for row in rows]) if named else {}
    found = []
    for row in rows:
        certificate_id = awards.get(row.id, "")
        name = people[row.person_id].name if named else ""
        if certificate_id:
            making = made[certificate_id]
            trouble = _told(making.problem) if making.stage == "failed" else None
            found.append(PassLine(row.id, name, row.seat or 0, making.stage, numbers[certificate_id], "", trouble))
        else:
            idle = "refused" if row.held == "refused" else "held" if row.held else "stopped"
            stage = "waiting" if row.id in ordered else idle
            found.append(PassLine(row.id, name, row.seat or 0, stage, "", row.held, _trouble(row.problem)))
    return found


def papers(db: Session, line: SittingLine) -> Sequence[PrintedFile]:
    """The papers of an exam that are printed and count, in the order of their numbers."""
    return printed_files(db, list(_awarded(db, line).values()))


def hand_outs(db: Session, line: SittingLine) -> Sequence[Receivable]:
    """The certificates of this exam that somebody signs for, in the order of their numbers; documents masked."""
    return receivables(db, list(_awarded(db, line).values()))


def _ordered(db: Session) -> set[str]:
    """Applications for which a certificate is ordered and not yet made or refused."""
    args = db.scalars(
        select(Job.args).where(Job.name == "certification.award", Job.state.in_((JobState.WAITING, JobState.RUNNING)))
    )
    return {application_id for one in args for application_id in one["application_ids"]}


def _awarded(db: Session, line: SittingLine) -> dict[str, str]:
    """The certificate that stands for each application now, if one does."""
    rows = db.execute(
        select(Award.grounds, Award.certificate_id).where(
            Award.sitting_id == line.id, Award.grounds.startswith(APPLICATION, autoescape=True)
        )
    ).all()
    now = heirs(db, [certificate_id for _, certificate_id in rows])
    return {grounds.removeprefix(APPLICATION): now[certificate_id] for grounds, certificate_id in rows}


def _trouble(problem: Mapping[str, Any] | None) -> Trouble | None:
    if problem is None:
        return None
    findings = tuple(Finding(f["code"], False, "", _facts(f["facts"])) for f in problem["findings"])
    return Trouble(problem["code"], _facts(problem["facts"]), findings)


def _told(problem: str) -> Trouble:
    """What a job keeps of a refusal: its code and the codes of its findings."""
    code, *findings = problem.split() or [""]
    return Trouble(code, {}, tuple(Finding(one, False) for one in findings if one.startswith("lint.")))


def _facts(held: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they were before they were stored: days are days again."""
    return {name: _day(value) if isinstance(value, str) else value for name, value in held.items()}


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text) if len(text) == 10 else text
    except ValueError:
        return text
