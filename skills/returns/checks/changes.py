"""What always holds of versions: one row stands for an entry, and every row that stands no more says by which change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select

from skills.kernel.checks import Bookkeeper, check
from skills.returns.models import Return, ReturnAnswer, ReturnChange, ReturnLine, ReturnRemoval
from skills.returns.rules.amending import needs_two
from skills.returns.states import ONCE_APPLIED, LineState
from skills.returns.states.changes import ChangeState, RemovalState

_L, _C = LineState, ChangeState


@check("returns.versions", "每条记录只有一个有效版本，旧版本都有更正或作废 one row stands for an entry; the earlier ones each have their change")
def versions(books: Bookkeeper) -> Iterator[str]:
    twice = books.db.execute(
        select(Return.organisation_id, Return.kind, ReturnLine.source)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(ReturnLine.state == _L.APPLIED)
        .group_by(Return.organisation_id, Return.kind, ReturnLine.source)
        .having(func.count() > 1)
    ).all()
    amended = set(books.db.scalars(select(ReturnChange.source)))
    for _, kind, source in twice:
        if source in amended:  # kinds that are never amended may say the same of somebody twice
            yield f"{kind} {source}: more than one row stands"
    states = dict(books.db.execute(select(ReturnLine.id, ReturnLine.state)).all())
    done: Counter[str] = Counter()
    awaited: Counter[str] = Counter()
    for change in books.db.scalars(select(ReturnChange)):
        newer = states.get(change.by_line_id) if change.by_line_id else None
        done[change.line_id] += change.state == _C.DONE
        awaited[str(change.by_line_id)] += change.state == _C.WAITING
        yield from _told_by_rows(change, states.get(change.line_id), newer)
    for line_id, state in states.items():
        if state in (_L.CORRECTED, _L.VOIDED) and done[line_id] != 1:
            yield f"row {line_id} is {state} by {done[line_id]} changes"
        if state == _L.AWAITING and awaited[line_id] != 1:
            yield f"row {line_id} waits for {awaited[line_id]} requests"


def _told_by_rows(change: ReturnChange, old: str | None, newer: str | None) -> Iterator[str]:
    """Whether the two rows of a change are where it says."""
    if change.state == _C.DONE:
        if old != (_L.CORRECTED if change.what == "correct" else _L.VOIDED):
            yield f"change {change.id} is done, its row is {old}"
        if newer is not None and newer not in ONCE_APPLIED:
            yield f"change {change.id} is done, its newer row is {newer}"
        return
    if change.state != _C.REFUSED and old != _L.APPLIED:
        yield f"change {change.id} is {change.state}, its row is {old}"
    if change.state == _C.WAITING and newer is not None and not change.column and newer != _L.AWAITING:
        yield f"change {change.id} waits, its newer row is {newer}"


@check("returns.removals", "超过比例的作废由两人办理 what takes more than the policy's share away was confirmed by a second person")
def removals(books: Bookkeeper) -> Iterator[str]:
    held: dict[str, Counter[str]] = {}
    for removal_id, state in books.db.execute(select(ReturnChange.removal_id, ReturnChange.state)):
        held.setdefault(str(removal_id), Counter())[state] += 1
    for row in books.db.scalars(select(ReturnRemoval)):
        states = held.get(row.id, Counter())
        if sum(states.values()) != row.rows:
            yield f"removal {row.id}: {row.rows} rows on its face, {sum(states.values())} wishes"
        if row.second != needs_two(row.rows, row.stands, row.earlier, row.percent):
            yield f"removal {row.id}: {row.rows} of {row.stands} rows, {'two people' if row.second else 'one person'}"
        if row.state == RemovalState.CONFIRMED and row.second and row.decided_by in (None, row.asked_by):
            yield f"removal {row.id} was confirmed by whoever asked"
        if row.state == RemovalState.ASKED and set(states) - {_C.ASKED}:
            yield f"removal {row.id} is not confirmed, yet rows were touched"
        if row.state in (RemovalState.REFUSED, RemovalState.WITHDRAWN) and set(states) - {_C.REFUSED}:
            yield f"removal {row.id} is {row.state}, yet rows were touched"


@check("returns.answers", "相近的行未说明前不入账 a row that corrects another was said to by somebody, with a reason")
def answers(books: Bookkeeper) -> Iterator[str]:
    said = {(a.return_id, a.row): a for a in books.db.scalars(select(ReturnAnswer))}
    rows = books.db.execute(
        select(ReturnChange, ReturnLine.return_id, ReturnLine.row).join(ReturnLine, ReturnLine.id == ReturnChange.by_line_id)
    )
    for change, return_id, row in rows:
        answer = said.get((return_id, row))
        if answer is None or answer.answer != "correct" or answer.line_id != change.line_id:
            yield f"change {change.id}: nobody said that row {row} of {return_id} corrects another"
