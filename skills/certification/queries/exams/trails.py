"""Results of exams with everything that was typed on the way to them, as oversight compares bodies. No names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Score, ScoreEntry, Sitting
from skills.certification.states import ApplicationState


@dataclass(frozen=True, slots=True)
class Typed:
    """What one of the two typists wrote, in hundredths (None: absent), and when."""

    id: str
    turn: int
    hundredths: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """One section that was sat: what was signed (a later correction has its own two people), and what was typed, in order of time."""

    section: str
    hundredths: int | None
    typed: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """One candidate of a sitting that was signed off. `pass_mark` in hundredths."""

    application_id: str
    sitting_id: str
    body_id: str
    occupation: str
    level: int
    held_on: date | None
    pass_mark: int
    passed: bool
    papers: tuple[Paper, ...]


def trails(db: Session, since: date) -> list[Trail]:
    """Candidates of sittings that were signed off since a day, in the order in which they applied."""
    chosen = (Sitting.scored_on >= since, Application.state.in_(_ENDED))
    papers: dict[str, list[Paper]] = defaultdict(list)
    typed = _typed(db, *chosen)
    scores = db.execute(
        select(Score.application_id, Score.section, Score.hundredths)
        .join(Application, Application.id == Score.application_id)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(Score.kept_from.is_(None), Score.version == 1, *chosen)
        .order_by(Score.application_id, Score.section)
    )
    for application, section, hundredths in scores:
        papers[application].append(Paper(section, hundredths, tuple(typed.get((application, section), ()))))
    rows = db.execute(
        select(
            Application.id, Sitting.id, Sitting.organisation_id, Sitting.occupation, Sitting.level, Sitting.held_on,
            Sitting.pass_mark, Application.state,
        )
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(*chosen)
        .order_by(Application.id)
    )  # fmt: skip
    return [
        Trail(one, sitting, body, occupation, level, held_on, mark, state == ApplicationState.PASSED, tuple(papers[one]))
        for one, sitting, body, occupation, level, held_on, mark, state in rows
    ]


_ENDED = (ApplicationState.PASSED, ApplicationState.FAILED, ApplicationState.INCOMPLETE)


def _typed(db: Session, *only: ColumnElement[bool]) -> dict[tuple[str, str], list[Typed]]:
    rows = db.execute(
        select(ScoreEntry.application_id, ScoreEntry.section, ScoreEntry.id, ScoreEntry.turn, ScoreEntry.hundredths, ScoreEntry.at)
        .join(Application, Application.id == ScoreEntry.application_id)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(*only)
        .order_by(ScoreEntry.at, ScoreEntry.id)
    )
    found: dict[tuple[str, str], list[Typed]] = defaultdict(list)
    for application, section, row, turn, hundredths, at in rows:
        found[application, section].append(Typed(row, turn, hundredths, at))
    return found
