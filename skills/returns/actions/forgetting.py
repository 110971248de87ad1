"""Rows that were never applied are about nobody whom the house knows: what they say is kept for a time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.returns import queries
from skills.returns.actions import background
from skills.returns.models import Return, ReturnAnswer, ReturnFinding, ReturnLine
from skills.returns.queries import forgotten
from skills.returns.states import NEVER_APPLIED, RETURN, ReturnState

FORGET_AT_ONCE = 500


@dataclass(frozen=True)
class RowsForgotten:
    """How many rows were emptied, and behind which row to go on; None at the end."""

    count: int
    last: int | None


@action("return.forget_rows", may="system.jobs")
def forget_rows(act: Act, return_id: str, after: int) -> RowsForgotten:
    """Empty the next rows of a return that were never applied and whose time is over: their cells, figures found in them, reasons.

    What nobody handed in is given up first. That the row was there, what was wrong with it and what was applied stays. A return
    whose time is not over is left alone.
    """
    held = act.get(Return, id=return_id)
    if not forgotten.due(act.db, act.at, act.today, return_id):
        return RowsForgotten(0, None)
    if held.state in (ReturnState.UPLOADED, ReturnState.CHECKED):
        act.move(held, RETURN, "drop")
        background.clear(act, return_id)
    lines = act.db.scalars(
        select(ReturnLine)
        .where(ReturnLine.return_id == return_id, ReturnLine.row > after, ReturnLine.state.in_(NEVER_APPLIED))
        .order_by(ReturnLine.row)
        .limit(FORGET_AT_ONCE)
        .with_for_update()
    ).all()
    rows = [line.row for line in lines]
    empty = act.using(Box).seal_all([("{}", queries.place(return_id, row)) for row in rows])
    for line, cells in zip(lines, empty, strict=True):
        line.cells = cells
    for found in act.db.scalars(select(ReturnFinding).where(ReturnFinding.return_id == return_id, ReturnFinding.row.in_(rows))):
        found.facts = dict.fromkeys(found.facts, "—")
    for answer in act.db.scalars(select(ReturnAnswer).where(ReturnAnswer.return_id == return_id, ReturnAnswer.row.in_(rows))):
        answer.reason = "—"
    act.db.flush()
    act.note("return.forget_rows", id=return_id, rows=len(rows))
    if len(rows) == FORGET_AT_ONCE:
        return RowsForgotten(len(rows), rows[-1])
    act.alter(held, forgotten_at=act.at)
    return RowsForgotten(len(rows), None)
