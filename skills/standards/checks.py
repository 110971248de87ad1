"""What the reference tables promise: they are the published ones, and two people stand behind every rule."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.checks import Bookkeeper, check
from skills.kernel.db import Base
from skills.standards.actions import published
from skills.standards.models import PolicyRow
from skills.standards.states import PolicyState


@check("standards.as_published", "基础表与公布的一致 occupations, their old codes, branches and districts are those of the published tables")
def as_published(book: Bookkeeper) -> Iterator[str]:
    for rows in published():
        model = type(rows[0])
        name = model.__tablename__
        wanted = {values[0]: values[1] for row in rows for values in [_values(row)]}
        for held in book.db.scalars(select(model)):
            key, said = _values(held)
            if wanted.pop(key, None) != said:
                yield f"{name} {'/'.join(key)}: not as it was published"
        yield from (f"{name} {'/'.join(key)}: missing" for key in wanted)


@check("standards.two_people", "规则由两人发布 every rule in force was proposed by one and released by another")
def two_people(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(PolicyRow).where(PolicyRow.state == PolicyState.RELEASED)):
        founding = row.proposed_at == row.released_at
        if row.released_by is None or (row.released_by == row.proposed_by and not founding):
            yield f"policy {row.name} from {row.valid_from}: released by {row.released_by}, proposed by {row.proposed_by}"


def _values(row: Base) -> tuple[tuple[str, ...], tuple[object, ...]]:
    """Primary key and all values of a row."""
    table = type(row).__table__
    values = {c.name: getattr(row, c.key) for c in table.columns}
    return tuple(str(values[c.name]) for c in table.primary_key), tuple(values.values())
