"""Promises of item banks and papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.box import Box, Tampered
from skills.kernel.checks import Bookkeeper, check
from skills.papers.models import FormItem, ItemBank, ItemVersion, PaperBlueprint, PaperForm, PaperItem
from skills.papers.queries.banks import key_of, question_of
from skills.papers.queries.papers import candidate, digest_again
from skills.papers.rules.blueprints import draw, form_code, from_json, meets
from skills.papers.rules.items import Thinking, may_hold
from skills.papers.states import LIVE, VersionState

USED = (VersionState.IN_USE, VersionState.RETIRED)


@check("papers.items", "试题编号和版本连续，用的题都经他人审过 items and versions are numbered without gaps; what is used was reviewed by another")
def items(books: Bookkeeper) -> Iterator[str]:
    serials: dict[str, list[int]] = {}
    for bank_id, serial in books.db.execute(select(PaperItem.bank_id, PaperItem.serial).order_by(PaperItem.serial)):
        serials.setdefault(bank_id, []).append(serial)
    for bank_id, found in serials.items():
        if found != list(range(1, len(found) + 1)):
            yield f"bank {bank_id}: its items are numbered {found[:20]}"
    numbers: dict[str, list[int]] = {}
    for row in books.db.scalars(select(ItemVersion).order_by(ItemVersion.item_id, ItemVersion.number)):
        numbers.setdefault(row.item_id, []).append(row.number)
        if row.state in LIVE and row.reviewed_by in (None, row.drafted_by):
            yield f"version {row.id} is {row.state}, but nobody else than who wrote it has reviewed it"
    for item_id, found in numbers.items():
        if found != list(range(1, len(found) + 1)):
            yield f"item {item_id}: its versions are numbered {found}"


@check("papers.texts", "试题和答案一经写下不再改变 what a version of an item asks and what answers it never changes")
def texts(books: Bookkeeper) -> Iterator[str]:
    box = books.tools[Box]
    assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
    rows = books.db.execute(
        select(ItemVersion, ItemBank.points).join(PaperItem, PaperItem.id == ItemVersion.item_id).join(ItemBank, ItemBank.id == PaperItem.bank_id)
    ).all()
    for row, points in rows:
        try:
            question = question_of(row, key_of(box, row))
        except Tampered:
            yield f"version {row.id}: its key does not open"
            continue
        if box.blind("paper_item", question.whole) != row.digest:
            yield f"version {row.id} says something else than it did"
        if not may_hold(question, points):
            yield f"version {row.id} is not complete"


@check("papers.forms", "试卷组成后不再改变，符合双向细目表，与其种子抽出的一致 a paper never changes, meets its blueprint and is what its seed draws")
def forms(books: Bookkeeper) -> Iterator[str]:
    db = books.db
    rows = db.scalars(select(PaperForm).order_by(PaperForm.bank_id, PaperForm.serial)).all()
    if not rows:
        return
    laid = {b.id: from_json(b.cells) for b in db.scalars(select(PaperBlueprint))}
    versions = {v.id: v for v in db.scalars(select(ItemVersion))}
    held: dict[str, list[FormItem]] = {}
    for one in db.scalars(select(FormItem).order_by(FormItem.form_id, FormItem.place)):
        held.setdefault(one.form_id, []).append(one)
    serial: Counter[str] = Counter()
    exposure: dict[str, Counter[str]] = {}
    for row in rows:
        name, places = f"paper {form_code(row.serial)} of bank {row.bank_id}", held.get(row.id, [])
        serial[row.bank_id] += 1
        if row.serial != serial[row.bank_id]:
            yield f"{name}: the number before it is missing"
            serial[row.bank_id] = row.serial
        if digest_again(db, row) != row.digest:
            yield f"{name} is not what it was"
        if any(versions[p.version_id].item_id != p.item_id or versions[p.version_id].state not in USED for p in places):
            yield f"{name} holds a version that is not in use"
        cells = laid[row.blueprint_id]
        if not meets(cells, [(versions[p.version_id].point, Thinking(versions[p.version_id].thinking), p.points) for p in places]):
            yield f"{name} does not meet its blueprint"
        before = exposure.setdefault(row.bank_id, Counter())
        seen = frozenset(p.item_id for form in row.after for p in held.get(form, []))
        again = draw(cells, [candidate(versions[v]) for v in row.pool if v in versions], row.seed, before, seen, row.percent)
        if [(p.version_id, p.points) for p in again.places] != [(p.version_id, p.points) for p in places]:
            yield f"{name} is not what its seed draws"
        before.update(p.item_id for p in places)
