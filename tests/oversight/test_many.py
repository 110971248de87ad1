"""The rules over a whole city: a handful of statements whatever the number of people, and nobody honest is named."""

from __future__ import annotations

from time import perf_counter

import pytest
from sqlalchemy import event

from skills.oversight.jobs import look
from tests.oversight.many import fill
from tests.world import World

pytestmark = pytest.mark.row(15)


def asked(world: World) -> tuple[int, list[object], float]:
    """(statements, findings, seconds) of one look."""
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(world.engine, "before_cursor_execute", count)
    began = perf_counter()
    try:
        found = look(world.office)
    finally:
        event.remove(world.engine, "before_cursor_execute", count)
    world.asked = True  # rows written past the office are in doubt by design
    return len(statements), list(found), perf_counter() - began


@pytest.mark.parametrize("people", [1_000])
def test_an_honest_town_is_read_in_few_statements_and_nobody_is_named(lite: World, people: int) -> None:
    fill(lite, people)
    statements, found, _ = asked(lite)
    assert found == []
    assert statements <= 36 + 2 * people // 500, "births and lists are read in steps of five hundred people"


@pytest.mark.soak
def test_a_hundred_thousand_uses_are_asked_about_within_minutes(world: World) -> None:
    fill(world, 100_000)
    statements, found, seconds = asked(world)
    print(f"\n100,000 uses: {seconds:.1f} s, {statements} statements, {len(found)} findings")
    assert found == []
    assert seconds < 120, "ten times and more of what was measured"
