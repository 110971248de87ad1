"""Item banks as they are listed and read. A key is told to whoever wrote it or reviews in that bank, to nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.papers.models import ItemBank, ItemVersion, PaperItem
from skills.papers.rules.items import Kind, Question, Thinking, code_of, sealed_at
from skills.papers.states import LIVE, REVIEW, SEE, VERSION, VersionState

PAGE = 100


@dataclass(frozen=True)
class BankLine:
    """A bank with how many items can be drawn from it and how many wait for a review."""

    id: str
    organisation_id: str
    title: str
    points: tuple[str, ...]
    ready: int
    waiting: int


@dataclass(frozen=True)
class CellCount:
    """How many items of a knowledge point and a level of thinking can be drawn."""

    point: str
    thinking: str
    ready: int


@dataclass(frozen=True)
class ItemLine:
    """An item by its newest version."""

    id: str
    code: str
    serial: int
    version_id: str
    number: int
    kind: str
    stem: str
    point: str
    thinking: str
    state: str
    state_zh: str
    state_en: str


@dataclass(frozen=True)
class VersionLine:
    """A version with its text; answer and tolerance are None for whoever may not see the key."""

    id: str
    number: int
    kind: str
    stem: str
    options: tuple[str, ...]
    answer: str | None
    tolerance: str | None
    point: str
    thinking: str
    state: str
    state_zh: str
    state_en: str
    reason: str
    drafted_by: str
    drafted_by_name: str
    drafted_at: datetime
    reviewed_by_name: str
    reviewed_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True)
class ItemPage:
    """An item with all its versions, newest first."""

    id: str
    code: str
    bank: BankLine
    versions: tuple[VersionLine, ...]


def banks(db: Session, organisations: Iterable[str]) -> list[BankLine]:
    """The banks of these organisations, by title."""
    chosen = select(ItemBank).where(ItemBank.organisation_id.in_(sorted(organisations))).order_by(ItemBank.title, ItemBank.id)
    return _lines(db, list(db.scalars(chosen)))


def bank(db: Session, actor: Actor, bank_id: str, right: str = SEE) -> BankLine:
    """A bank that the actor may see. Raises Missing("item_bank.unknown")."""
    row = db.get(ItemBank, bank_id)
    if row is None or not actor.may(right, row.organisation_id):
        raise Missing("item_bank.unknown")
    return _lines(db, [row])[0]


def cells(db: Session, line: BankLine) -> list[CellCount]:
    """How many items each cell of the table of knowledge points and levels of thinking has, with the empty ones."""
    counted = {(p, t): n for p, t, n in db.execute(
        select(ItemVersion.point, ItemVersion.thinking, func.count()).join(PaperItem, PaperItem.id == ItemVersion.item_id)
        .where(PaperItem.bank_id == line.id, ItemVersion.state.in_(LIVE)).group_by(ItemVersion.point, ItemVersion.thinking)
    )}  # fmt: skip
    return [CellCount(point, thinking, counted.get((point, thinking), 0)) for point in line.points for thinking in Thinking]


def items(db: Session, bank_id: str, after: int = 0, most: int = PAGE, state: str = "") -> list[ItemLine]:
    """The items of a bank by their numbers, behind one of them; `state` of the newest version, empty for any."""
    newest = (
        select(ItemVersion.item_id, func.max(ItemVersion.number).label("number")).join(PaperItem, PaperItem.id == ItemVersion.item_id)
        .where(PaperItem.bank_id == bank_id).group_by(ItemVersion.item_id).subquery()
    )  # fmt: skip
    chosen = (
        select(PaperItem, ItemVersion).join(newest, newest.c.item_id == PaperItem.id)
        .join(ItemVersion, (ItemVersion.item_id == newest.c.item_id) & (ItemVersion.number == newest.c.number))
        .where(PaperItem.serial > after).order_by(PaperItem.serial).limit(most)
    )  # fmt: skip
    if state:
        chosen = chosen.where(ItemVersion.state == state)
    return [
        ItemLine(i.id, code_of(i.serial), i.serial, v.id, v.number, v.kind, v.stem, v.point, v.thinking, v.state, *_words(v.state))
        for i, v in db.execute(chosen)
    ]


def item(db: Session, box: Box, actor: Actor, item_id: str) -> ItemPage:
    """An item with its versions. Raises Missing("paper_item.unknown")."""
    row = db.get(PaperItem, item_id)
    held = db.get(ItemBank, row.bank_id) if row is not None else None
    if row is None or held is None or not actor.may(SEE, held.organisation_id):
        raise Missing("paper_item.unknown")
    reviews = actor.may(REVIEW, held.organisation_id)
    rows = db.scalars(select(ItemVersion).where(ItemVersion.item_id == item_id).order_by(ItemVersion.number.desc()))
    return ItemPage(row.id, code_of(row.serial), _lines(db, [held])[0], tuple(
        _version(db, v, key_of(box, v) if reviews or v.drafted_by == actor.account else None) for v in rows
    ))  # fmt: skip


def package(db: Session, box: Box, bank_id: str) -> list[tuple[str, Question]]:
    """What can be drawn from a bank, with its keys, each (code, question): for whoever reviews in it. Raises Tampered."""
    codes = {i: code_of(n) for i, n in db.execute(select(PaperItem.id, PaperItem.serial).where(PaperItem.bank_id == bank_id))}
    return [(codes[v.item_id], question_of(v, key_of(box, v))) for v in db.scalars(live(bank_id))]


def key_of(box: Box, row: ItemVersion) -> tuple[str, str]:
    """Answer and tolerance of a version. Raises Tampered."""
    answer, tolerance = json.loads(box.open(row.answer, sealed_at(row.id)))
    return answer, tolerance


def question_of(row: ItemVersion, key: tuple[str, str]) -> Question:
    """A version as the rules know it."""
    return Question(Kind(row.kind), row.stem, tuple(row.options), *key, row.point, Thinking(row.thinking))


def live(bank_id: str) -> Select[ItemVersion]:
    """The versions of a bank that can be drawn, in the order of their items."""
    return (
        select(ItemVersion).join(PaperItem, PaperItem.id == ItemVersion.item_id)
        .where(PaperItem.bank_id == bank_id, ItemVersion.state.in_(LIVE)).order_by(PaperItem.serial)
    )  # fmt: skip


def _version(db: Session, row: ItemVersion, key: tuple[str, str] | None) -> VersionLine:
    answer, tolerance = key or (None, None)
    return VersionLine(
        row.id, row.number, row.kind, row.stem, tuple(row.options), answer, tolerance, row.point, row.thinking, row.state,
        *_words(row.state), row.reason, row.drafted_by, accounts.name_of(db, row.drafted_by), row.drafted_at,
        accounts.name_of(db, row.reviewed_by) if row.reviewed_by else "", row.reviewed_at, row.retired_at,
    )  # fmt: skip


def _words(state: str) -> tuple[str, str]:
    return VERSION.words[VersionState(state)]


def _lines(db: Session, rows: list[ItemBank]) -> list[BankLine]:
    counted = {(b, s): n for b, s, n in db.execute(
        select(PaperItem.bank_id, ItemVersion.state, func.count()).join(ItemVersion, ItemVersion.item_id == PaperItem.id)
        .where(PaperItem.bank_id.in_([r.id for r in rows])).group_by(PaperItem.bank_id, ItemVersion.state)
    )}  # fmt: skip
    return [
        BankLine(r.id, r.organisation_id, r.title, tuple(r.points), sum(counted.get((r.id, s), 0) for s in LIVE),
                 counted.get((r.id, VersionState.DRAFT), 0))
        for r in rows
    ]  # fmt: skip
