"""Rows that were filed about a person: an applied one lies under the person's data key; the same words elsewhere are cleared."""

from __future__ import annotations

from sqlalchemy import select

from skills.kernel.acts import Act
from skills.kernel.box import Box, sealed_for
from skills.people.parts import Part, register
from skills.returns import queries
from skills.returns.models import ReturnLine


def forget(act: Act, person_id: str) -> None:
    """Empty the rows that repeat an applied one: they were never applied, and lie under the installation's key."""
    first, last = sealed_for(person_id)
    own = (ReturnLine.cells >= first) & (ReturnLine.cells < last)
    box = act.using(Box)
    marks = select(ReturnLine.mark).where(own)
    for line in act.db.scalars(select(ReturnLine).where(ReturnLine.mark.in_(marks), ~own)):
        line.cells = box.seal("{}", queries.place(line.return_id, line.row))
    act.db.flush()


register("returns", Part(forget))
