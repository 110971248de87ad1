"""Rows that were filed about a person: an applied one lies under the person's data key; the same words elsewhere are cleared."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from skills.kernel.acts import Act
from skills.kernel.box import Box, sealed_for
from skills.people.parts import Part, register
from skills.returns import queries
from skills.returns.models import ReturnAnswer, ReturnChange, ReturnLine, ReturnRemoval


def forget(act: Act, person_id: str) -> None:
    """Empty the rows that repeat an applied one: they were never applied, and lie under the installation's key."""
    first, last = sealed_for(person_id)
    own = (ReturnLine.cells >= first) & (ReturnLine.cells < last)
    box = act.using(Box)
    marks = select(ReturnLine.mark).where(own)
    for line in act.db.scalars(select(ReturnLine).where(ReturnLine.mark.in_(marks), ~own)):
        line.cells = box.seal("{}", queries.place(line.return_id, line.row))
    act.db.flush()
    _forget_reasons(act, own)


def _forget_reasons(act: Act, own: ColumnElement[bool]) -> None:
    """Why a row of theirs was corrected or made void is theirs too; that it was, and when, stays."""
    ids = set(act.db.scalars(select(ReturnLine.id).where(own)))
    removals: set[str] = set()
    for change in act.db.scalars(select(ReturnChange).where(ReturnChange.line_id.in_(ids) | ReturnChange.by_line_id.in_(ids))):
        change.reason = "—"
        removals |= {change.removal_id} if change.removal_id else set()
    for answer in act.db.scalars(select(ReturnAnswer).where(ReturnAnswer.line_id.in_(ids))):
        answer.reason = "—"
    for removal in act.db.scalars(select(ReturnRemoval).where(ReturnRemoval.id.in_(removals))):
        removal.reason, removal.answer = "—", "—" if removal.answer else ""
    act.db.flush()


register("returns", Part(forget))
