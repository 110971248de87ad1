"""Draws and inspections as the bureau, the inspector and the institution see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.courses.queries import inspected
from skills.courses.queries.inspected import Inspectable, Lesson
from skills.credentials.queries.sampling import announcement
from skills.inspections.models import (
    Inspection,
    InspectionDraw,
    InspectionFinding,
    InspectionPhoto,
    InspectionStep,
)
from skills.inspections.queries.pool import SHELF
from skills.inspections.rules import PLANNED, number_of, source
from skills.inspections.states import DRAW, INSPECTION, TOLD, UNDER_WAY, DrawState, InspectionState
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.kernel.shots import take_out
from skills.standards.queries import value
from skills.vouchers.queries.uses import frozen_of

PAGE = 50


@dataclass(frozen=True)
class InspectionLine:
    """An inspection in a list. `late` if its clock ran out: days passed without a visit, or not rectified."""

    id: str
    number: str
    class_number: str
    course: str
    institution: str
    inspector: str
    since: date
    until: date
    state: str
    state_zh: str
    state_en: str
    findings: int
    due_on: date | None
    late: bool


@dataclass(frozen=True)
class DrawLine:
    """A draw: what it is drawn from and, once drawn, by which seed. `classes` are (number, weight, reasons)."""

    id: str
    state: str
    state_zh: str
    state_en: str
    way: str
    purpose: str
    since: date
    until: date
    size: int
    classes: tuple[tuple[str, int, tuple[str, ...]], ...]
    inspectors: tuple[str, ...]
    barred: int
    digest: str
    seed: str
    checkpoint: str
    planned_by: str
    planned_at: datetime
    drawn_at: datetime | None
    reason: str
    ready: bool


@dataclass(frozen=True)
class FindingLine:
    """What was found: a code, the words of an item of the list ("" for the others), and figures."""

    code: str
    zh: str
    en: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class PhotoLine:
    """A picture: when it came in, and what it says of itself."""

    id: str
    kind: str
    size: int
    digest: str
    at: datetime
    said_at: str
    said_place: str


@dataclass(frozen=True)
class ItemLine:
    """An item of the list with its answer ("" while there is none)."""

    code: str
    zh: str
    en: str
    answer: str
    remark: str


@dataclass(frozen=True)
class StepLine:
    """Something that happened or was said."""

    move: str
    side: str
    by: str
    at: datetime
    text: str


@dataclass(frozen=True)
class InspectionPage:
    """One inspection with everything on record. `held_uses` are uses of vouchers whose money it holds now."""

    line: InspectionLine
    filed: Inspectable
    learners: int
    lessons: tuple[Lesson, ...]
    lesson: Lesson | None
    counted_at: datetime | None
    held: bool | None
    heads: int | None
    written: int | None
    same_room: bool | None
    same_lecturer: bool | None
    seen: str
    remark: str
    signed_at: datetime | None
    countersigned_by: str
    countersigned_at: datetime | None
    refused: str
    findings: tuple[FindingLine, ...]
    photos: tuple[PhotoLine, ...]
    items: tuple[ItemLine, ...]
    steps: tuple[StepLine, ...]
    proposed_by: str
    proposer: str
    outcome: str
    held_uses: int
    inspector_account: str
    moves: tuple[str, ...]


def listing(
    db: Session, today: date, *, districts: Collection[str] | None = None, inspector: str = "", institutions: Collection[str] | None = None,
    closed: bool = False, after: str = "",
) -> list[InspectionLine]:  # fmt: skip
    """Inspections under way (or over), newest first; of an institution only those that it may know of."""
    chosen = select(Inspection).where(Inspection.state.not_in(UNDER_WAY) if closed else Inspection.state.in_(UNDER_WAY))
    if districts is not None:
        chosen = chosen.where(Inspection.district.in_(districts))
    if inspector:
        chosen = chosen.where(Inspection.inspector == inspector)
    if institutions is not None:
        chosen = chosen.where(Inspection.institution_id.in_(institutions), Inspection.state.in_(TOLD))
    if after:
        chosen = chosen.where(Inspection.id < after)
    rows = db.scalars(chosen.order_by(Inspection.id.desc()).limit(PAGE)).all()
    return [_line(db, row, today) for row in rows]


def counts(db: Session, today: date, districts: Collection[str] | None) -> dict[str, int]:
    """How many inspections are in each state, and how many are late (under "late")."""
    within: ColumnElement[bool] = true() if districts is None else Inspection.district.in_(districts)
    by_state = db.execute(select(Inspection.state, func.count()).where(within).group_by(Inspection.state))
    found = {str(state): int(count) for state, count in by_state}
    late = or_(
        (Inspection.state == InspectionState.ASSIGNED) & (Inspection.until < today),
        (Inspection.state == InspectionState.ORDERED) & (Inspection.due_on < today),
    )
    return {**found, "late": db.scalar(select(func.count()).select_from(Inspection).where(within, late)) or 0}


def inspection(
    db: Session, inspection_id: str, today: date, *, districts: Collection[str] | None = None, institutions: Collection[str] | None = None
) -> InspectionPage:
    """One inspection. Raises Missing("inspection.unknown")."""
    row = db.get(Inspection, inspection_id)
    if row is None or (districts is not None and row.district not in districts):
        raise Missing("inspection.unknown")
    if institutions is not None and (row.institution_id not in institutions or row.state not in TOLD):
        raise Missing("inspection.unknown")
    filed = inspected.inspectable(db, row.class_id)
    lessons = tuple(inspected.lessons(db, row.class_id, row.since, row.until))
    items = value(db, "inspection.list", row.list_day or today)
    found = db.scalars(select(InspectionFinding).where(InspectionFinding.inspection_id == row.id).order_by(InspectionFinding.code))
    words = {f"item:{item['code']}": (item["zh"], item["en"]) for item in items}
    photos = db.scalars(select(InspectionPhoto).where(InspectionPhoto.inspection_id == row.id).order_by(InspectionPhoto.at, InspectionPhoto.id))
    steps = db.scalars(select(InspectionStep).where(InspectionStep.inspection_id == row.id).order_by(InspectionStep.serial.desc()))
    name = accounts.name_of
    page = InspectionPage(
        line=_line(db, row, today), filed=filed, learners=inspected.learners_of(db, row.class_id), lessons=lessons,
        lesson=next((x for x in lessons if x.session_id == row.session_id), None), counted_at=row.counted_at, held=row.held,
        heads=row.heads, written=row.written, same_room=row.same_room, same_lecturer=row.same_lecturer, seen=row.seen,
        remark=row.remark, signed_at=row.signed_at, countersigned_by=name(db, row.countersigned_by) if row.countersigned_by else "",
        countersigned_at=row.countersigned_at, refused=row.refused,
        findings=tuple(FindingLine(f.code, *words.get(f.code, ("", "")), dict(f.facts)) for f in found),
        photos=tuple(PhotoLine(p.id, p.kind, p.size, p.digest, p.at, p.said_at, p.said_place) for p in photos),
        items=tuple(ItemLine(i["code"], i["zh"], i["en"], *row.answers.get(i["code"], ("", ""))) for i in items),
        steps=tuple(StepLine(s.move, s.side, name(db, s.by), s.at, s.text) for s in steps), proposed_by=row.proposed_by or "",
        proposer=name(db, row.proposed_by) if row.proposed_by else "", outcome=row.outcome,
        held_uses=frozen_of(db, source(row.id)), inspector_account=row.inspector,
        moves=tuple(m.name for m in INSPECTION.open_moves(row.state)),
    )  # fmt: skip
    return page if institutions is None else _for_institution(page, row.state == InspectionState.CLOSED)


INWARD = ("assign", "step_back", "propose", "send_back")  # why an inspector stepped back, and what the bureau says to itself


def _for_institution(page: InspectionPage, closed: bool) -> InspectionPage:
    """What the institution may read: nobody's name on the other side, no word that was not meant for it, no outcome before its time."""
    steps = tuple(replace(s, by=s.by if s.side == "institution" else "") for s in page.steps if s.move not in INWARD)
    return replace(page, steps=steps, proposed_by="", proposer="", outcome=page.outcome if closed else "", inspector_account="")


def photo(db: Session, box: Box, folder: Path, inspection_id: str, photo_id: str) -> tuple[str, bytes]:
    """(kind, bytes) of a picture. Raises Missing("inspection_photo.unknown")."""
    row = db.get(InspectionPhoto, photo_id)
    data = take_out(box, SHELF, folder, photo_id) if row is not None and row.inspection_id == inspection_id else None
    if row is None or data is None:
        raise Missing("inspection_photo.unknown")
    return row.kind, data


def draws(db: Session, districts: Collection[str] | None) -> Sequence[DrawLine]:
    """The newest draws."""
    chosen = select(InspectionDraw).order_by(InspectionDraw.id.desc()).limit(PAGE)
    if districts is not None:
        chosen = chosen.where(InspectionDraw.district.in_(districts))
    return [_draw(db, row) for row in db.scalars(chosen)]


def draw(db: Session, draw_id: str, districts: Collection[str] | None, account: str = "") -> DrawLine:
    """One draw: of these districts, or planned by this account. Raises Missing("inspection_draw.unknown")."""
    row = db.get(InspectionDraw, draw_id)
    if row is None or (districts is not None and row.district not in districts and row.planned_by != account):
        raise Missing("inspection_draw.unknown")
    return _draw(db, row)


def of_draw(db: Session, draw_id: str, today: date) -> list[InspectionLine]:
    """The inspections of a draw, in the order in which they were drawn."""
    rows = db.scalars(select(Inspection).where(Inspection.draw_id == draw_id).order_by(Inspection.place)).all()
    return [_line(db, row, today) for row in rows]


def _draw(db: Session, row: InspectionDraw) -> DrawLine:
    words = DRAW.words[DrawState(row.state)]
    ready = row.state == DrawState.PLANNED and announcement(db, row.id, row.planned_at, PLANNED) is not None
    return DrawLine(
        row.id, row.state, *words, row.way, row.purpose, row.since, row.until, row.size,
        tuple((number, weight, tuple(reasons)) for _, number, weight, _, reasons in row.classes),
        tuple(accounts.name_of(db, a) for a in row.inspectors), len(row.barred), row.digest, row.seed, row.checkpoint,
        accounts.name_of(db, row.planned_by), row.planned_at, row.drawn_at, row.reason, ready,
    )  # fmt: skip


def _line(db: Session, row: Inspection, today: date) -> InspectionLine:
    filed = inspected.inspectable(db, row.class_id)
    found = db.scalar(select(func.count()).select_from(InspectionFinding).where(InspectionFinding.inspection_id == row.id)) or 0
    late = (row.state == InspectionState.ASSIGNED and row.until < today) or (
        row.state == InspectionState.ORDERED and row.due_on is not None and row.due_on < today
    )
    return InspectionLine(
        row.id, number_of(row.year, row.serial), filed.number, filed.course, accounts.organisation(db, row.institution_id).name,
        accounts.name_of(db, row.inspector), row.since, row.until, row.state, *INSPECTION.words[InspectionState(row.state)], found,
        row.due_on, late,
    )  # fmt: skip


