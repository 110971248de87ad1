"""Checking large returns, applying all: by parts. A worker that dies leaves whole acts behind and the next one goes on."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from skills.config import Settings
from skills.kernel.actors import SYSTEM, Actor
from skills.kernel.box import Box
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal, Unavailable
from skills.kernel.jobs import Bench, job
from skills.returns import actions, queries, rules
from skills.returns.actions import background, forgetting
from skills.returns.intake import rows_of
from skills.returns.kinds import kind_of
from skills.returns.models import Return, ReturnCheck, ReturnRemoval
from skills.returns.queries import Desk, forgotten, removals, under_way
from skills.returns.rules import CellFinding, Kind, Layout, Reader, Severity
from skills.returns.states import ReturnState


@job(under_way.APPLY)
def apply(bench: Bench, return_id: str) -> None:
    """Apply every waiting row of a return, then close it."""
    office = bench.office
    accepted_by = office.ask(lambda db: db.get_one(Return, return_id).accepted_by)
    actor = actions.applier(accepted_by)
    while office.perform(background.sort_part, actor=actor, return_id=return_id, most=under_way.PART).taken:
        bench.progress(0, 0)
    left = office.ask(lambda db: queries.waiting(db, return_id))
    for start in range(0, len(left), actions.MOST_IN_ONE_ACT):
        rows = tuple(left[start : start + actions.MOST_IN_ONE_ACT])
        bench.progress(start, len(left))
        try:
            office.perform(
                actions.apply_rows, actor=actor, key=bench.key(f"{rows[0]}-{rows[-1]}"), return_id=return_id, rows=rows
            )
        except Unavailable:
            raise
        except Refusal:
            for row in rows:
                _apply_alone(bench, actor, return_id, row)
    office.perform(actions.finish, actor=actor, key=bench.key("finish"), return_id=return_id)


@job("returns.forget_rows", every=timedelta(days=1))
def forget_rows(bench: Bench) -> None:
    """Empty rows that were never applied, return by return, until none is kept too long."""
    office = bench.office
    for return_id in office.ask(lambda db: forgotten.due(db, office.clock.now(), office.today())):
        after: int | None = 0
        while after is not None:
            key = bench.key(f"{return_id}:{after}")
            after = office.perform(forgetting.forget_rows, actor=SYSTEM, key=key, return_id=return_id, after=after).last


@job("returns.carry_out")
def carry_out(bench: Bench, removal_id: str) -> None:
    """Make the rows of a confirmed removal void, each in an act of its own: one that is refused stands and stops no other."""
    office = bench.office
    asked_by = office.ask(lambda db: db.get_one(ReturnRemoval, removal_id).asked_by)
    actor = actions.applier(asked_by)
    waiting = office.ask(lambda db: removals.changes_waiting(db, removal_id))
    for done, change in enumerate(waiting):
        bench.progress(done, len(waiting))
        try:
            office.perform(actions.removals.carry_out, actor=actor, key=bench.key(change), change_id=change)
        except Unavailable:
            raise
        except Refusal as refusal:
            office.perform(
                actions.removals.leave, actor=actor, key=bench.key(f"leave-{change}"), change_id=change, code=refusal.code,
                facts=plain(dict(refusal.facts)),
            )  # fmt: skip


def _apply_alone(bench: Bench, actor: Actor, return_id: str, row: int) -> None:
    """One row in an act of its own: a row that is refused is held and stops no other."""
    office = bench.office
    try:
        office.perform(actions.apply_rows, actor=actor, key=bench.key(row), return_id=return_id, rows=(row,))
    except Unavailable:
        raise
    except Refusal as refusal:
        office.perform(
            actions.hold_row, actor=actor, key=bench.key(f"hold-{row}"), return_id=return_id, row=row,
            code=refusal.code, facts=plain(dict(refusal.facts)), grounds=_grounds(refusal, row),
        )


def _grounds(refusal: Refusal, row: int) -> tuple[CellFinding, ...]:
    """The single conditions behind a refusal, such as the linter's rules with the characters they name: what is to be put right."""
    return tuple(CellFinding(row, "", f.code, facts=f.facts) for f in refusal.findings if not f.met)


@dataclass(frozen=True)
class Part:
    """Some rows of a return on their way to the rules: from place `start` to `end`, cut into cells."""

    start: int
    end: int
    cut: Sequence[tuple[int, Mapping[str, str]]]
    findings: Sequence[CellFinding] = ()


@job(under_way.CHECK)
def check(bench: Bench, return_id: str) -> None:
    """Check a large return part by part; a worker that takes over keeps nothing twice and goes on from the last part."""
    office, box, settings = bench.office, bench.office.tools[Box], bench.office.tools[Settings]
    assert isinstance(box, Box) and isinstance(settings, Settings)  # noqa: S101, PT018 - narrows for the type checker
    row = office.ask(lambda db: db.get_one(Return, return_id))
    if row.state != ReturnState.UPLOADED:
        return  # all of it was done before, or it was given up
    kind = kind_of(row.kind)

    def desk(db: Session) -> Desk:
        return Desk(db, box, row.organisation_id, office.today(), settings.public_base)

    bench.progress(0, 0)
    data = office.ask(lambda db: under_way.file_of(db, box, return_id))
    fresh = bool(data)
    total, parts = _of_file(bench, row, kind, data) if fresh else _of_lines(bench, row, box)
    del data  # its rows are held packed: the file itself need not stay until the last of them is checked
    reader, seen, present = Reader(kind.columns), rules.Seen(), removals.Present()
    listed = office.ask(lambda db: removals.is_complete(db, return_id))
    kept = office.ask(lambda db: db.get_one(ReturnCheck, return_id).checked)

    def check_part(part: Part) -> None:
        found = office.ask(lambda db: queries.check_lines(desk(db), kind, part.cut, return_id, reader, seen))
        if listed:
            office.ask(lambda db: present.take(desk(db), kind, found))
        if part.end <= kept:
            return  # kept before a worker died: it was gone through again for what the rows behind are compared with
        found = replace(found, findings=(*part.findings, *found.findings))
        if not office.perform(
            background.keep_part, actor=SYSTEM, return_id=return_id, start=part.start, end=part.end, checked=found,
            fresh=fresh,
        ).taken:  # fmt: skip
            raise Unavailable("busy")  # another worker is at it, or it was given up: whoever comes next will see

    for part in _unswept(parts):
        bench.progress(part.start, total)
        check_part(part)
        del part  # it is gone before the next is cut
    gone = tuple(office.ask(lambda db: removals.missing(desk(db), kind, present))) if listed else ()
    office.perform(background.end, actor=SYSTEM, return_id=return_id, gone=gone)


def _unswept(parts: Iterator[Part]) -> Iterator[Part]:
    """The parts one by one, without the collector going over all rows in memory again and again: half of the time."""
    gc.freeze()
    gc.disable()
    try:
        for part in parts:
            yield part
            del part
            gc.collect(1)
    finally:
        gc.enable()
        gc.unfreeze()


def _of_file(bench: Bench, row: Return, kind: Kind, data: bytes) -> tuple[int, Iterator[Part]]:
    """How many rows the file has, and its parts; none if it cannot be a return, which is then noted."""
    if hashlib.sha256(data).hexdigest() != row.digest:
        raise ValueError(f"the file of {row.id} is not the one that came in")
    try:
        rows = rows_of(data)
        plan = rules.layout(rows, kind.columns)
    except Refusal as refusal:
        rows, plan = (), Layout({}, 0, (CellFinding(0, "", refusal.code, Severity.FAIL, refusal.facts),))
    total = len(rows) - plan.head if plan.usable else 0
    if not _begin(bench, row, total, plan.places, plan.findings) or not plan.usable:
        return 0, iter(())
    return total, (
        Part(start, end, *rules.cut(rows, plan, start, end))
        for start in range(0, total, under_way.PART)
        for end in [min(start + under_way.PART, total)]
    )


def _of_lines(bench: Bench, row: Return, box: Box) -> tuple[int, Iterator[Part]]:
    """The rows of a return that were stored already and are asked again."""
    if not _begin(bench, row, row.lines, None, ()):
        return 0, iter(())

    def parts() -> Iterator[Part]:
        start = after = 0
        while cut := bench.office.ask(partial(under_way.stored_rows, box=box, return_id=row.id, after=after)):
            yield Part(start, start + len(cut), cut)
            start, after = start + len(cut), cut[-1][0]

    return row.lines, parts()


def _begin(
    bench: Bench, row: Return, total: int, places: Mapping[str, int] | None, findings: Sequence[CellFinding]
) -> bool:
    return bench.office.perform(
        background.begin, actor=SYSTEM, return_id=row.id, rows=total, places=places, findings=tuple(findings)
    ).taken
