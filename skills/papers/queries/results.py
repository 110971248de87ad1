"""What became of a form: what its papers came to, and how each item did over all who sat it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.papers.models import ItemBank, PaperForm, PaperMarking, PaperRun
from skills.papers.queries.banks import BankLine, bank, key_of
from skills.papers.queries.runs import form_items
from skills.papers.rules.blueprints import form_code
from skills.papers.rules.statistics import ItemFigures, figures
from skills.papers.states import REVIEW, RUN, SEE, RunState


@dataclass(frozen=True)
class ItemResult:
    """An item of a form over all who sat it. facility, discrimination: ten-thousandths; None where it cannot be told."""

    place: int
    version_id: str
    item_id: str
    stem: str
    points: int
    taken: int
    facility: int
    discrimination: int | None


@dataclass(frozen=True)
class SheetOf:
    """A paper that was handed in. points: of either marking, None before it."""

    run_id: str
    taker: str
    state_zh: str
    state_en: str
    closed_at: datetime | None
    first: int | None
    second: int | None


@dataclass(frozen=True)
class FormResults:
    """A form with its papers, in the order of their beginning. mean: hundredths of a point."""

    form_id: str
    code: str
    bank: BankLine
    runs: int
    marked: int
    most: int
    mean: int | None
    items: tuple[ItemResult, ...]
    sheets: tuple[SheetOf, ...]


@dataclass(frozen=True)
class Answered:
    """One item of a paper: what was answered, when last, what is right."""

    place: int
    kind: str
    stem: str
    options: tuple[str, ...]
    points: int
    answer: str
    key: str
    tolerance: str
    correct: bool


@dataclass(frozen=True)
class SheetPage:
    """A paper with its marks, for who reviews in its bank."""

    line: SheetOf
    form_id: str
    code: str
    bank: BankLine
    begun_at: datetime
    ends_at: datetime
    most: int
    answers: tuple[Answered, ...]


def results(db: Session, actor: Actor, form_id: str) -> FormResults:
    """What became of a form. Raises Missing("paper_form.unknown")."""
    row, held = _form(db, actor, form_id, SEE)
    runs = db.scalars(select(PaperRun).where(PaperRun.form_id == form_id).order_by(PaperRun.id)).all()
    marked = _marked(db, PaperRun.form_id == form_id)
    first = [marked[r.id, 1] for r in runs if (r.id, 1) in marked]
    items = form_items(db, form_id)
    found: tuple[ItemFigures, ...] = tuple(figures([tuple(m.correct) for m in first], [f.points for f, _ in items]))
    return FormResults(
        row.id, form_code(row.serial), bank(db, actor, held.id), len(runs), len(first), sum(f.points for f, _ in items),
        sum(m.points for m in first) * 100 // len(first) if first else None,
        tuple(
            ItemResult(f.place, v.id, v.item_id, v.stem, f.points, g.sat, g.facility, g.discrimination)
            for (f, v), g in zip(items, found, strict=True)
        ),
        tuple(_sheet(r, marked) for r in runs if r.state != RunState.OPEN),
    )  # fmt: skip


def sheet(db: Session, box: Box, actor: Actor, run_id: str) -> SheetPage:
    """A paper with answers, keys and marks. Raises Missing("paper_run.unknown")."""
    run = db.get(PaperRun, run_id)
    if run is None or run.state == RunState.OPEN:
        raise Missing("paper_run.unknown")
    row, held = _form(db, actor, run.form_id, REVIEW)
    marked = _marked(db, PaperRun.id == run_id)
    if (run.id, 1) not in marked:
        raise Missing("paper_run.unknown")
    m = marked[run.id, 1]
    said = {place: value for place, value in m.answers}  # noqa: C416 - rows of JSON are not pairs to the type checker
    return SheetPage(
        _sheet(run, marked), row.id, form_code(row.serial), bank(db, actor, held.id), run.begun_at, run.ends_at, m.most,
        tuple(
            Answered(f.place, v.kind, v.stem, tuple(v.options), f.points, said.get(f.place, ""), *key_of(box, v), m.correct[n])
            for n, (f, v) in enumerate(form_items(db, run.form_id))
        ),
    )  # fmt: skip


def _form(db: Session, actor: Actor, form_id: str, right: str) -> tuple[PaperForm, ItemBank]:
    row = db.get(PaperForm, form_id)
    held = db.get(ItemBank, row.bank_id) if row is not None else None
    if row is None or held is None or not actor.may(right, held.organisation_id):
        raise Missing("paper_form.unknown")
    return row, held


def _marked(db: Session, which: ColumnElement[bool]) -> dict[tuple[str, int], PaperMarking]:
    chosen = select(PaperMarking).join(PaperRun, PaperRun.id == PaperMarking.run_id).where(which)
    return {(m.run_id, m.turn): m for m in db.scalars(chosen)}


def _sheet(run: PaperRun, marked: dict[tuple[str, int], PaperMarking]) -> SheetOf:
    first, second = (marked[run.id, t].points if (run.id, t) in marked else None for t in (1, 2))
    return SheetOf(run.id, run.taker, *RUN.words[RunState(run.state)], run.closed_at, first, second)


def points_of(db: Session, takers: Collection[str]) -> dict[tuple[str, int], int]:
    """What the papers of these takers came to, by taker and turn of marking."""
    chosen = select(PaperRun.taker, PaperMarking.turn, PaperMarking.points).join(PaperRun, PaperRun.id == PaperMarking.run_id)
    return {(taker, turn): points for taker, turn, points in db.execute(chosen.where(among(db, PaperRun.taker, takers)))}
