"""What always holds of returns."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from skills.kernel.box import Box, Tampered
from skills.kernel.checks import Bookkeeper, check
from skills.returns import queries
from skills.returns.models import Return, ReturnLine
from skills.returns.states import TAKEN, LineState, ReturnState


@check("returns.counts", "回执上的行数与各行的结果一致 the counts of a return agree with its rows")
def counts(books: Bookkeeper) -> Iterator[str]:
    held: dict[str, dict[str, int]] = {}
    for return_id, state, count in books.db.execute(
        select(ReturnLine.return_id, ReturnLine.state, func.count()).group_by(ReturnLine.return_id, ReturnLine.state)
    ):
        held.setdefault(return_id, {})[state] = count
    for row in books.db.scalars(select(Return)):
        states = held.get(row.id, {})
        if sum(states.values()) != row.lines:
            yield f"{row.id}: {row.lines} lines on its face, {sum(states.values())} stored"
        if row.state == ReturnState.APPLIED:
            seen = (sum(states.get(s, 0) for s in TAKEN), states.get(LineState.HELD, 0), states.get(LineState.SAME, 0))
            if seen != (row.good, row.bad, row.same):
                yield f"{row.id}: says {row.good} applied, {row.bad} held, {row.same} as before; rows say {seen}"
            if states.get(LineState.WAITING, 0):
                yield f"{row.id}: applied, yet rows wait"


@check("returns.once", "同一内容只入账一次 what a row says is applied once")
def once(books: Bookkeeper) -> Iterator[str]:
    twice = books.db.execute(
        select(Return.organisation_id, Return.kind, ReturnLine.mark)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(ReturnLine.state == LineState.APPLIED)
        .group_by(Return.organisation_id, Return.kind, ReturnLine.mark)
        .having(func.count() > 1)
    )
    for organisation, kind, mark in twice:
        yield f"{organisation} {kind}: applied twice under mark {mark[:12]}"


@check("returns.sealed", "报送明细可解封 every line of a return opens in its place")
def sealed(books: Bookkeeper) -> Iterator[str]:
    box = books.tools[Box]
    assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
    for line in books.db.scalars(select(ReturnLine)):
        try:
            queries.opened(box, line)
        except Tampered:
            yield f"{line.return_id} row {line.row} does not open"

from skills.returns.checks import changes as changes  # noqa: E402 - promises of their own file
from skills.returns.checks import faults as faults  # noqa: E402 - promises of their own file
from skills.returns.checks import waiting as waiting  # noqa: E402 - promises of their own file
