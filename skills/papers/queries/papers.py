"""Blueprints and forms as they are listed, read and drawn once more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.papers.models import FormItem, ItemBank, ItemVersion, PaperBlueprint, PaperForm, PaperItem
from skills.papers.queries.banks import BankLine, bank, key_of, live
from skills.papers.rules.blueprints import Candidate, Cell, digest_of, form_code, from_json
from skills.papers.rules.items import Kind, Thinking, code_of
from skills.papers.states import DRAW, REVIEW, SEE


@dataclass(frozen=True)
class BlueprintLine:
    """A blueprint with its cells and how many forms were drawn by it. points: of a whole paper."""

    id: str
    title: str
    minutes: int
    cells: tuple[Cell, ...]
    items: int
    points: int
    forms: int
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class FormLine:
    """A form by its number and digest; without its seed, by which its questions can be reckoned.

    after  numbers of the forms that whoever sits it has sat
    """

    id: str
    code: str
    digest: str
    after: tuple[str, ...]
    drawn_at: datetime
    drawn_by_name: str


@dataclass(frozen=True)
class BlueprintPage:
    """A blueprint with its bank and its forms, newest first; `sat`: all forms of the bank, which somebody may have sat."""

    line: BlueprintLine
    bank: BankLine
    forms: tuple[FormLine, ...]
    sat: tuple[FormLine, ...]


@dataclass(frozen=True)
class FormPlace:
    """One item of a form as whoever sits it reads it."""

    place: int
    code: str
    version: int
    kind: str
    stem: str
    options: tuple[str, ...]
    points: int


@dataclass(frozen=True)
class FormPage:
    """A whole paper, without keys."""

    line: FormLine
    blueprint: BlueprintLine
    bank: BankLine
    places: tuple[FormPlace, ...]
    seed: str


@dataclass(frozen=True)
class KeyPlace:
    """What an item of a form is answered by. tolerance: of a number."""

    place: int
    code: str
    kind: str
    answer: str
    tolerance: str
    points: int


@dataclass(frozen=True)
class FormKey:
    """The keys of a paper, without its questions."""

    line: FormLine
    bank: BankLine
    places: tuple[KeyPlace, ...]


def blueprints(db: Session, bank_id: str) -> list[BlueprintLine]:
    """The blueprints of a bank, newest first; the caller may see the bank."""
    return _blueprints(db, list(db.scalars(
        select(PaperBlueprint).where(PaperBlueprint.bank_id == bank_id).order_by(PaperBlueprint.id.desc())
    )))  # fmt: skip


def blueprint(db: Session, actor: Actor, blueprint_id: str) -> BlueprintPage:
    """A blueprint with its forms. Raises Missing("paper_blueprint.unknown")."""
    row = db.get(PaperBlueprint, blueprint_id)
    held = db.get(ItemBank, row.bank_id) if row is not None else None
    if row is None or held is None or not actor.may(SEE, held.organisation_id):
        raise Missing("paper_blueprint.unknown")
    rows = db.scalars(select(PaperForm).where(PaperForm.bank_id == held.id).order_by(PaperForm.serial.desc())).all()
    lines = {r.id: line for r, line in zip(rows, _forms(db, rows), strict=True)}
    drawn = tuple(lines[r.id] for r in rows if r.blueprint_id == row.id)
    return BlueprintPage(_blueprints(db, [row])[0], bank(db, actor, held.id), drawn, tuple(lines.values()))


def form(db: Session, actor: Actor, form_id: str) -> FormPage:
    """A paper for whoever draws and prints it. Raises Missing("paper_form.unknown")."""
    row, held = _form(db, actor, form_id, DRAW)
    places = tuple(
        FormPlace(f.place, code_of(serial), v.number, v.kind, v.stem, tuple(v.options), f.points) for f, v, serial in _places(db, row.id)
    )
    blueprint_row = db.get(PaperBlueprint, row.blueprint_id)
    assert blueprint_row is not None  # noqa: S101 - a foreign key
    return FormPage(_forms(db, [row])[0], _blueprints(db, [blueprint_row])[0], bank(db, actor, held.id), places, row.seed)


def form_key(db: Session, box: Box, actor: Actor, form_id: str) -> FormKey:
    """The keys of a paper for whoever reviews in its bank. Raises Missing("paper_form.unknown")."""
    row, held = _form(db, actor, form_id, REVIEW)
    places = tuple(
        KeyPlace(f.place, code_of(serial), v.kind, *key_of(box, v), f.points) for f, v, serial in _places(db, row.id)
    )
    return FormKey(_forms(db, [row])[0], bank(db, actor, held.id), places)


@dataclass(frozen=True)
class OfferedForm:
    """A form that can be sat: title of its bank and blueprint, minutes, points."""

    form_id: str
    code: str
    title: str
    organisation_id: str
    blueprint_id: str
    minutes: int
    points: int


def offered(db: Session, form_ids: Collection[str]) -> list[OfferedForm]:
    """These forms, in the order given. Raises Missing("paper_form.unknown")."""
    found = {o.form_id: o for o in _offered(db, PaperForm.id.in_(set(form_ids)))}
    if not set(form_ids) <= set(found):
        raise Missing("paper_form.unknown")
    return [found[form_id] for form_id in form_ids]


def drawn(db: Session, organisation_id: str) -> list[OfferedForm]:
    """The forms of an organisation's banks, the newest first."""
    return _offered(db, ItemBank.organisation_id == organisation_id)


def candidates(db: Session, bank_id: str, cells: Iterable[Cell]) -> list[Candidate]:
    """What can be drawn for these cells now, in the order of the items."""
    wanted = {(c.point, c.thinking) for c in cells}
    return [c for c in map(candidate, db.scalars(live(bank_id))) if (c.point, c.thinking) in wanted]


def candidate(row: ItemVersion) -> Candidate:
    """A version as the draw knows it."""
    return Candidate(row.id, row.item_id, Kind(row.kind), row.point, Thinking(row.thinking))


def exposure(db: Session, bank_id: str) -> dict[str, int]:
    """In how many forms of a bank each item stands."""
    chosen = (
        select(FormItem.item_id, func.count()).join(PaperForm, PaperForm.id == FormItem.form_id).where(PaperForm.bank_id == bank_id)
        .group_by(FormItem.item_id)
    )  # fmt: skip
    return dict(db.execute(chosen).all())


def met(db: Session, form_ids: Collection[str]) -> frozenset[str]:
    """The items of these forms."""
    return frozenset(db.scalars(select(FormItem.item_id).where(FormItem.form_id.in_(form_ids))))


def digest_again(db: Session, row: PaperForm) -> str:
    """The digest of a form from what is stored now."""
    places = [(v.id, v.digest, f.points) for f, v, _ in _places(db, row.id)]
    return digest_of([row.bank_id, row.blueprint_id, row.serial, row.seed, row.after, row.percent, row.pool], places)


def _places(db: Session, form_id: str) -> list[tuple[FormItem, ItemVersion, int]]:
    chosen = (
        select(FormItem, ItemVersion, PaperItem.serial).join(ItemVersion, ItemVersion.id == FormItem.version_id)
        .join(PaperItem, PaperItem.id == FormItem.item_id).where(FormItem.form_id == form_id).order_by(FormItem.place)
    )  # fmt: skip
    return [(f, v, serial) for f, v, serial in db.execute(chosen)]


def _offered(db: Session, which: ColumnElement[bool]) -> list[OfferedForm]:
    chosen = (
        select(PaperForm, PaperBlueprint, ItemBank).join(PaperBlueprint, PaperBlueprint.id == PaperForm.blueprint_id)
        .join(ItemBank, ItemBank.id == PaperForm.bank_id).where(which).order_by(PaperForm.id.desc())
    )  # fmt: skip
    return [
        OfferedForm(
            f.id, form_code(f.serial), f"{bank.title} · {b.title}", bank.organisation_id, b.id, b.minutes,
            sum(c.count * c.points for c in from_json(b.cells)),
        )
        for f, b, bank in db.execute(chosen)
    ]  # fmt: skip


def _form(db: Session, actor: Actor, form_id: str, right: str) -> tuple[PaperForm, ItemBank]:
    row = db.get(PaperForm, form_id)
    held = db.get(ItemBank, row.bank_id) if row is not None else None
    if row is None or held is None or not actor.may(right, held.organisation_id):
        raise Missing("paper_form.unknown")
    return row, held


def _forms(db: Session, rows: Sequence[PaperForm]) -> list[FormLine]:
    named = {account: accounts.name_of(db, account) for account in {r.drawn_by for r in rows}}
    sat = {i for r in rows for i in r.after}
    codes = {i: form_code(n) for i, n in db.execute(select(PaperForm.id, PaperForm.serial).where(PaperForm.id.in_(sat)))}
    return [
        FormLine(r.id, form_code(r.serial), r.digest, tuple(codes[i] for i in r.after), r.drawn_at, named[r.drawn_by]) for r in rows
    ]


def _blueprints(db: Session, rows: Sequence[PaperBlueprint]) -> list[BlueprintLine]:
    chosen = select(PaperForm.blueprint_id, func.count()).where(PaperForm.blueprint_id.in_([r.id for r in rows]))
    counted = dict(db.execute(chosen.group_by(PaperForm.blueprint_id)).all())
    found = []
    for r in rows:
        cells = from_json(r.cells)
        items, points = sum(c.count for c in cells), sum(c.count * c.points for c in cells)
        found.append(BlueprintLine(r.id, r.title, r.minutes, cells, items, points, counted.get(r.id, 0), r.made_at, r.ended_at))
    return found
