"""Promises of item banks and papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from skills.kernel.box import Box, Tampered
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day
from skills.papers.models import (
    FormItem,
    ItemBank,
    ItemVersion,
    PaperAnswer,
    PaperBlueprint,
    PaperForm,
    PaperItem,
    PaperMarking,
    PaperPause,
    PaperRun,
)
from skills.papers.queries.banks import key_of, question_of
from skills.papers.queries.papers import candidate, digest_again
from skills.papers.queries.runs import answers, wanted
from skills.papers.rules.blueprints import draw, form_code, from_json, meets
from skills.papers.rules.items import Thinking, may_hold
from skills.papers.rules.marking import Wanted, mark
from skills.papers.rules.runs import ends
from skills.papers.states import LIVE, RunState, VersionState
from skills.standards.queries import value

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


@check("papers.runs", "机考按服务器时间，答案逐条留存 a sitting keeps the server's clock, its answers are numbered without gaps and came in time")
def runs(books: Bookkeeper) -> Iterator[str]:
    db = books.db
    added: Counter[str] = Counter()
    for pause in db.scalars(select(PaperPause)):
        added[pause.run_id] += pause.seconds
    places: Counter[str] = Counter(db.scalars(select(FormItem.form_id)))
    said: dict[str, list[PaperAnswer]] = {}
    for row in db.scalars(select(PaperAnswer).order_by(PaperAnswer.run_id, PaperAnswer.turn)):
        said.setdefault(row.run_id, []).append(row)
    for run in db.scalars(select(PaperRun).order_by(PaperRun.id)):
        mine = said.get(run.id, [])
        if run.added != added[run.id] or run.ends_at != ends(run.begun_at, run.minutes, run.extra_percent, run.added):
            yield f"run {run.id}: its clock is not its minutes and its pauses"
        if [a.turn for a in mine] != list(range(1, run.turns + 1)):
            yield f"run {run.id}: its answers are numbered {[a.turn for a in mine][:20]}, the run says {run.turns}"
        grace = timedelta(seconds=int(value(db, "paper.grace_seconds", shanghai_day(run.begun_at))))
        for a in mine:
            late = a.at >= run.ends_at and (a.said_at is None or a.said_at >= run.ends_at or a.at >= run.ends_at + grace)
            if late or a.at < run.begun_at or (run.closed_at is not None and a.at > run.closed_at):
                yield f"run {run.id}: answer {a.turn} came at {a.at}"
            if not 1 <= a.place <= places[run.form_id]:
                yield f"run {run.id}: answer {a.turn} is to item {a.place}"


@check("papers.markings", "评分可重算，两次一致 marks are what the same answers give once more, under the form that was sat, both times")
def markings(books: Bookkeeper) -> Iterator[str]:
    db, box = books.db, books.tools[Box]
    assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
    rows = db.execute(select(PaperMarking, PaperRun).join(PaperRun, PaperRun.id == PaperMarking.run_id).order_by(PaperMarking.run_id)).all()
    keys: dict[str, list[Wanted]] = {}
    digests = {f.id: f.digest for f in db.scalars(select(PaperForm))}
    given = answers(db, {run.id for _, run in rows})
    for marking, run in rows:
        name = f"run {run.id}, marking {marking.turn}"
        if run.form_id not in keys:
            keys[run.form_id] = wanted(db, box, run.form_id)
        held = {place: a.value for place, a in given.get(run.id, {}).items() if a.value}
        marks = mark(keys[run.form_id], held)
        if run.state == RunState.OPEN:
            yield f"{name}: the paper was not handed in"
        if marking.wanted != digests[run.form_id] or dict(map(tuple, marking.answers)) != held:
            yield f"{name}: it was decided on something else"
        if (tuple(marking.correct), marking.points, marking.most) != (marks.right, marks.points, marks.most):
            yield f"{name}: the same answers give {marks.points}, not {marking.points}"
