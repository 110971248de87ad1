"""Orders to put something right as the authority and the body see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of, organisation
from skills.certification.queries import filings
from skills.certification.queries.filings import FilingLine
from skills.certification.states import FilingState
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.kernel.shots import Shelf, take_out
from skills.supervision.models import Rectification, RectificationPhoto, RectificationStep
from skills.supervision.rules.rectifications import CAUSE_WORDS, overdue
from skills.supervision.states.rectifications import OPEN, RECTIFICATION, RectificationState

SHELF = Shelf("rectifications", "rectification_photo")
PAGE = 100


@dataclass(frozen=True)
class RectificationLine:
    """An order in a list; `late` if its day passed without an answer."""

    id: str
    organisation_id: str
    body: str
    cause: str
    cause_zh: str
    cause_en: str
    text: str
    due_on: date
    late: bool
    state: str
    state_zh: str
    state_en: str


@dataclass(frozen=True)
class StepLine:
    """Something that happened: the move, who, what was said, and the day set by it."""

    move: str
    at: datetime
    by: str
    text: str
    due_on: date | None


@dataclass(frozen=True)
class RectificationPage:
    """Everything on record about one order; `orderer` is the account of who ordered it, "" for the body."""

    line: RectificationLine
    supervision_id: str
    orderer: str
    steps: tuple[StepLine, ...]
    photos: tuple[tuple[str, datetime], ...]


def listing(
    db: Session, today: date, *, districts: Collection[str] | None = None, bodies: Collection[str] | None = None
) -> list[RectificationLine]:
    """The open ones first, by their day; then those that are closed, newest first."""
    chosen = (
        select(Rectification).where(_within(districts, bodies))
        .order_by(case((Rectification.state == RectificationState.CLOSED, 1), else_=0), Rectification.due_on, Rectification.id).limit(PAGE)
    )  # fmt: skip
    return [_line(db, row, today) for row in db.scalars(chosen)]


def page(
    db: Session, rectification_id: str, today: date, *, districts: Collection[str] | None = None, bodies: Collection[str] | None = None
) -> RectificationPage:
    """One order within these bounds; to a body nobody of the authority is named. Raises Missing("rectification.unknown")."""
    row = db.scalar(select(Rectification).where(Rectification.id == rectification_id, _within(districts, bodies)))
    if row is None:
        raise Missing("rectification.unknown")
    steps = db.scalars(
        select(RectificationStep).where(RectificationStep.rectification_id == row.id).order_by(RectificationStep.serial)
    )
    photos = db.execute(
        select(RectificationPhoto.id, RectificationPhoto.at).where(RectificationPhoto.rectification_id == row.id)
        .order_by(RectificationPhoto.id)
    )  # fmt: skip
    body = bodies is not None
    return RectificationPage(
        _line(db, row, today), row.supervision_id or "", "" if body else row.ordered_by,
        tuple(StepLine(s.move, s.at, "" if body and s.move != "answer" else name_of(db, s.by), s.text, s.due_on) for s in steps),
        tuple((photo_id, at) for photo_id, at in photos),
    )  # fmt: skip


def photo(db: Session, box: Box, folder: Path, rectification_id: str, photo_id: str) -> tuple[str, bytes]:
    """(kind, bytes) of a picture. Raises Missing("rectification_photo.unknown")."""
    row = db.get(RectificationPhoto, photo_id)
    data = take_out(box, SHELF, folder, photo_id) if row is not None and row.rectification_id == rectification_id else None
    if row is None or data is None:
        raise Missing("rectification_photo.unknown")
    return row.kind, data


def open_of(db: Session, organisation_id: str) -> int:
    """How many orders of a body are not closed."""
    chosen = select(func.count()).select_from(Rectification)
    return db.scalar(chosen.where(Rectification.organisation_id == organisation_id, Rectification.state.in_(OPEN))) or 0


def late_of(db: Session, organisation_id: str, today: date) -> int:
    """How many orders of a body are overdue."""
    rows = db.execute(select(Rectification.state, Rectification.due_on).where(Rectification.organisation_id == organisation_id))
    return sum(overdue(state, due_on, today) for state, due_on in rows)


def late(db: Session, districts: Collection[str] | None, today: date) -> int:
    """How many orders within these districts are overdue."""
    rows = db.execute(select(Rectification.state, Rectification.due_on).where(_within(districts, None), Rectification.state.in_(OPEN)))
    return sum(overdue(state, due_on, today) for state, due_on in rows)


def suspended(db: Session, districts: Collection[str] | None) -> list[FilingLine]:
    """Filings that are suspended: something may be ordered under them."""
    return [line for line in filings.register(db) if line.state == FilingState.SUSPENDED and line.within(districts)]


def _within(districts: Collection[str] | None, bodies: Collection[str] | None) -> ColumnElement[bool]:
    if bodies is not None:
        return Rectification.organisation_id.in_(sorted(bodies))
    return true() if districts is None else Rectification.district.in_(sorted(districts))


def _line(db: Session, row: Rectification, today: date) -> RectificationLine:
    return RectificationLine(
        row.id, row.organisation_id, organisation(db, row.organisation_id).name, row.cause, *CAUSE_WORDS[row.cause], row.text, row.due_on,
        overdue(row.state, row.due_on, today), row.state, *RECTIFICATION.words[RectificationState(row.state)],
    )  # fmt: skip
