"""A return of many rows asks the database as often as one of a few."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from bench.learners import Group, Town
from skills.kernel.box import Box
from skills.returns import queries
from skills.returns.kinds import kind_of
from tests.courses.stage import institution
from tests.returns import planted
from tests.world import World

pytestmark = pytest.mark.row(57)


def statements(world: World, school: str, rows: list[tuple[str, ...]]) -> int:
    """How many statements the check of so many rows takes."""
    said: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(world.engine, "before_cursor_execute", listen)
    with world.db() as db:
        checked = queries.check_sheet(queries.Desk(db, world.tool(Box), school, world.today), kind_of("completions"), tuple(rows))
    event.remove(world.engine, "before_cursor_execute", listen)
    assert (checked.totals.lines, checked.totals.good) == (len(rows) - 1, len(rows) - 1)
    return len(said)


def test_no_row_and_no_place_asks_for_itself(world: World) -> None:
    school = institution(world)
    learners = Town(world.works, school).fill({"few": Group(5), "many": Group(120, ended_days_ago=5)})
    few, many = (
        [tuple(planted.HEAD.values())]
        + [(w.name, "居民身份证", w.document, w.class_number, "60", "100", "88", w.ends_on.isoformat(), "合格") for w in learners[group]]
        for group in ("few", "many")
    )
    statements(world, school, few[:3])  # what is kept between two looks is there
    assert statements(world, school, few) == statements(world, school, many)
    world.asked = True  # rows written past the office are in doubt by design
