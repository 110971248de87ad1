"""Banks, items, their review and their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.sheets import address
from skills.papers.models import ItemBank, ItemVersion, PaperItem
from skills.papers.rules import listed
from skills.papers.rules.items import Question, code_of, may_hold, may_name, normal, placed, points_of, sealed_at
from skills.papers.states import LIVE, OPEN, REVIEW, VERSION, WRITE, VersionState


@dataclass(frozen=True)
class BankMade:
    """A bank after an act upon it."""

    bank_id: str
    points: int


@dataclass(frozen=True)
class ItemMade:
    """A version of an item after an act upon it. `code`: the item's number in its bank."""

    item_id: str
    version_id: str
    code: str
    number: int
    state: str


@dataclass(frozen=True)
class ItemsBrought:
    """How many items came in at once."""

    bank_id: str
    items: int


@action("item_bank.open", may=WRITE)
def open_bank(act: Act, organisation_id: str, title: str, points: str) -> BankMade:
    """Open a bank for a subject with its knowledge points, one a line.

    Raises Missing("organisation.unknown"), Refusal("item_bank.title" | "item_bank.points").
    """
    if not act.actor.may(WRITE, organisation_id):
        raise Missing("organisation.unknown")
    named = title.strip()[:60]
    if not named or act.find(ItemBank, organisation_id=organisation_id, title=named) is not None:
        raise Refusal("item_bank.title")
    held = points_of(points)
    may_name(held).or_refuse()
    row = act.add(ItemBank(
        id=act.new_id(), organisation_id=organisation_id, title=named, points=list(held), made_by=act.actor.account, made_at=act.at
    ))  # fmt: skip
    act.note("item_bank.open", id=row.id)
    return BankMade(row.id, len(held))


@action("item_bank.add_points", may=WRITE)
def add_points(act: Act, bank_id: str, points: str) -> BankMade:
    """Name further knowledge points, one a line; those that are named stay. Raises Missing, Refusal("item_bank.points")."""
    row = alone(act, bank_of(act, bank_id, WRITE))
    held = tuple(dict.fromkeys([*row.points, *points_of(points)]))
    may_name(held).or_refuse()
    row.points = list(held)
    act.note("item_bank.points", id=row.id, points=len(held))
    return BankMade(row.id, len(held))


@action("item.draft", may=WRITE)
def draft(act: Act, bank_id: str, question: Question) -> ItemMade:
    """Write a new item. Raises Missing, Refusal("paper_item.incomplete")."""
    bank = alone(act, bank_of(act, bank_id, WRITE))
    return _drafted(act, bank, question, next_serial(act, bank))


@action("item.edit", may=WRITE)
def edit(act: Act, item_id: str, question: Question) -> ItemMade:
    """Write the next version of an item: it is reviewed anew, and whatever was drawn keeps the version it has.

    A draft that nobody has reviewed gives way at once; a version that is used, once this one is reviewed.
    Raises Missing, Refusal("paper_item.incomplete").
    """
    item, bank = item_of(act, item_id, WRITE)
    alone(act, bank)
    held = normal(question)
    may_hold(held, bank.points).or_refuse()
    for row in _versions(act, item.id, OPEN):
        act.move(row, VERSION, "replace", retired_at=act.at)
    act.db.flush()
    last = act.db.scalar(select(func.max(ItemVersion.number)).where(ItemVersion.item_id == item.id)) or 0
    return _made(act, item, _version(act, item, last + 1, held))


@action("item.review", may=REVIEW)
def review(act: Act, version_id: str, approved: bool, reason: str = "") -> ItemMade:
    """Let a version in, or send it back with the reason; not by whoever wrote it. The version before it gives way.

    Raises Missing, Refusal("paper_item.own_work" | "paper_item.reason_needed" | "paper_item_version.cannot_approve").
    """
    row, item, bank = version_of(act, version_id, REVIEW)
    alone(act, bank)
    if row.drafted_by == act.actor.account:
        raise Refusal("paper_item.own_work")
    if not approved and not reason.strip():
        raise Refusal("paper_item.reason_needed")
    move = "approve" if approved else "send_back"
    VERSION.check(row.state, move)
    if approved:
        for before in _versions(act, item.id, LIVE):
            act.move(before, VERSION, "replace", retired_at=act.at)
        act.db.flush()
    act.move(row, VERSION, move, reviewed_by=act.actor.account, reviewed_at=act.at, reason=reason.strip()[:400])
    return _made(act, item, row)


@action("item.retire", may=REVIEW)
def retire(act: Act, version_id: str, reason: str) -> ItemMade:
    """Take a version out of use, with the reason: no form draws it any more, those that were made keep it.

    Raises Missing, Refusal("paper_item.reason_needed" | "paper_item_version.cannot_retire").
    """
    row, item, bank = version_of(act, version_id, REVIEW)
    alone(act, bank)
    if not reason.strip():
        raise Refusal("paper_item.reason_needed")
    act.move(row, VERSION, "retire", reason=reason.strip()[:400], retired_at=act.at)
    return _made(act, item, row)


@action("item.bring", may=WRITE)
def bring(act: Act, bank_id: str, rows: tuple[tuple[str, ...], ...]) -> ItemsBrought:
    """Write the items of a sheet, all or none: `rows[0]` names the columns. Each is a draft that another reviews.

    Raises Missing, Refusal("paper_items.refused") with a finding for each cell that is wrong.
    """
    bank = alone(act, bank_of(act, bank_id, WRITE))
    questions, bad = listed.read(rows, bank.points)
    if bad:
        shown = [placed(b.finding, address(b.row, b.column)) for b in bad[: listed.MOST_FINDINGS]]
        raise Refusal("paper_items.refused", shown, count=len(bad))
    return bring_all(act, bank, questions)


def bring_all(act: Act, bank: ItemBank, questions: Sequence[Question]) -> ItemsBrought:
    """Part of an act: many new items, each complete already."""
    serial = next_serial(act, bank)
    for place, question in enumerate(questions):
        _drafted(act, bank, question, serial + place)
    return ItemsBrought(bank.id, len(questions))


def bank_of(act: Act, bank_id: str, right: str) -> ItemBank:
    """A bank of an organisation for which the actor holds this right. Raises Missing("item_bank.unknown")."""
    row = act.find(ItemBank, id=bank_id)
    if row is None or not act.actor.may(right, row.organisation_id):
        raise Missing("item_bank.unknown")
    return row


def item_of(act: Act, item_id: str, right: str) -> tuple[PaperItem, ItemBank]:
    """An item with its bank, likewise. Raises Missing("paper_item.unknown")."""
    row = act.find(PaperItem, id=item_id)
    bank = act.find(ItemBank, id=row.bank_id) if row is not None else None
    if row is None or bank is None or not act.actor.may(right, bank.organisation_id):
        raise Missing("paper_item.unknown")
    return row, bank


def version_of(act: Act, version_id: str, right: str) -> tuple[ItemVersion, PaperItem, ItemBank]:
    """A version with its item and bank, likewise. Raises Missing("paper_item.unknown")."""
    row = act.find(ItemVersion, id=version_id)
    if row is None:
        raise Missing("paper_item.unknown")
    return row, *item_of(act, row.item_id, right)


def alone(act: Act, bank: ItemBank) -> ItemBank:
    """The bank as it is once nobody else writes, reviews or draws in it."""
    wait_exclusive(act.db, f"item_bank:{bank.id}")
    act.db.refresh(bank)
    return bank


def next_serial(act: Act, bank: ItemBank) -> int:
    """The number of the next item of a bank."""
    return (act.db.scalar(select(func.max(PaperItem.serial)).where(PaperItem.bank_id == bank.id)) or 0) + 1


def _drafted(act: Act, bank: ItemBank, question: Question, serial: int) -> ItemMade:
    held = normal(question)
    may_hold(held, bank.points).or_refuse()
    item = act.add(PaperItem(id=act.new_id(), bank_id=bank.id, serial=serial))
    return _made(act, item, _version(act, item, 1, held))


def _version(act: Act, item: PaperItem, number: int, question: Question) -> ItemVersion:
    box, version_id = act.using(Box), act.new_id()
    return act.add(ItemVersion(
        id=version_id, item_id=item.id, number=number, kind=question.kind, stem=question.stem, options=list(question.options),
        answer=box.seal(question.key, sealed_at(version_id)), point=question.point, thinking=question.thinking,
        digest=box.blind("paper_item", question.whole), state=VersionState.DRAFT, drafted_by=act.actor.account, drafted_at=act.at,
    ))  # fmt: skip


def _versions(act: Act, item_id: str, states: Sequence[VersionState]) -> list[ItemVersion]:
    return list(act.db.scalars(select(ItemVersion).where(ItemVersion.item_id == item_id, ItemVersion.state.in_(states))))


def _made(act: Act, item: PaperItem, row: ItemVersion) -> ItemMade:
    act.note("paper_item", id=row.id)
    return ItemMade(item.id, row.id, code_of(item.serial), row.number, row.state)
