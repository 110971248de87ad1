"""Rows that were filed about a person: an applied one lies under the person's data key; what else says it is cleared."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select

from skills.kernel.acts import Act
from skills.kernel.box import Box, sealed_for, sealed_for_anybody
from skills.people import queries as people
from skills.people.parts import Part, register
from skills.people.rules import normal_document
from skills.returns import queries
from skills.returns.kinds import KINDS
from skills.returns.models import Return, ReturnAnswer, ReturnChange, ReturnFinding, ReturnLine, ReturnRemoval
from skills.returns.rules.amending import Answer


def forget(act: Act, person_id: str) -> None:
    """Empty the rows that lie under the installation's key, as those do that were never applied: what repeats an applied one,
    rows about which the sender was asked beside one, and what bears a document of the person.
    """
    first, last = sealed_for(person_id)
    own = (ReturnLine.cells >= first) & (ReturnLine.cells < last)
    box = act.using(Box)
    said = select(ReturnAnswer.id).where(
        ReturnAnswer.line_id.in_(select(ReturnLine.id).where(own)), ReturnAnswer.answer != Answer.NEW,
        ReturnAnswer.return_id == ReturnLine.return_id, ReturnAnswer.row == ReturnLine.row,
    )  # fmt: skip
    theirs = ReturnLine.mark.in_(select(ReturnLine.mark).where(own)) | said.exists()
    for line in [*act.db.scalars(select(ReturnLine).where(theirs, _ours())), *_naming(act, box, person_id)]:
        line.cells = box.seal("{}", queries.place(line.return_id, line.row))
        for found in act.db.scalars(select(ReturnFinding).where(ReturnFinding.return_id == line.return_id, ReturnFinding.row == line.row)):
            found.facts = dict.fromkeys(found.facts, "—")  # dates, figures, a rare character of the name
    act.db.flush()
    _forget_reasons(act, own)


def _naming(act: Act, box: Box, person_id: str) -> Iterator[ReturnLine]:
    """Rows that bear a number of the person's documents. They are opened one by one: erasures are rare."""
    kinds = [k.name for k in KINDS.values() if any(c.name == "document" for c in k.columns)]
    numbers = people.numbers(act.db, box, person_id)
    chosen = select(ReturnLine).join(Return, Return.id == ReturnLine.return_id).where(Return.kind.in_(kinds), _ours())
    for line in act.db.scalars(chosen.execution_options(yield_per=1_000)):
        text = queries.opened(box, line).get("document", "")
        if text and any(normal_document(kind, text) == number for kind, number in numbers):
            yield line


def _ours() -> ColumnElement[bool]:
    """Rows under the installation's key."""
    first, last = sealed_for_anybody()
    return (ReturnLine.cells < first) | (ReturnLine.cells >= last)


def _forget_reasons(act: Act, own: ColumnElement[bool]) -> None:
    """Why a row of theirs was corrected or made void is theirs too; that it was, and when, stays."""
    ids = set(act.db.scalars(select(ReturnLine.id).where(own)))
    removals: set[str] = set()
    for change in act.db.scalars(select(ReturnChange).where(ReturnChange.line_id.in_(ids) | ReturnChange.by_line_id.in_(ids))):
        change.reason = "—"
        removals |= {change.removal_id} if change.removal_id else set()
    given = select(ReturnLine.id).where(own, ReturnLine.return_id == ReturnAnswer.return_id, ReturnLine.row == ReturnAnswer.row)
    for answer in act.db.scalars(select(ReturnAnswer).where(ReturnAnswer.line_id.in_(ids) | given.exists())):
        answer.reason = "—"
    for removal in act.db.scalars(select(ReturnRemoval).where(ReturnRemoval.id.in_(removals))):
        removal.reason, removal.answer = "—", "—" if removal.answer else ""
    act.db.flush()


register("returns", Part(forget))
