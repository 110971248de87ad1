"""The short way to ask for every promise tells what `skills fsck` tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import insert, select

from skills.kernel import checks
from skills.kernel.box import Box
from skills.kernel.jobs import Job
from skills.vouchers.models import Batch
from tests import promises
from tests.vouchers.stage import Stage
from tests.world import World


def asked(world: World) -> dict[str, list[str]]:
    """As the command asks: each check, whatever is known."""
    found = checks.run(world.engine, world.clock.now(), world.office.tools)
    return {made.name: lines for made, lines in found if lines}


def test_what_was_silent_while_its_table_was_empty_is_heard_when_a_row_comes_in(world: World) -> None:
    world.holds()
    quiet = checks.CHECKS["jobs.none_failed"]
    assert promises._silent[quiet] == {"job"}
    failed = Job(
        id="J1", name="messages.deliver", key="j", args={}, state="failed", ordered_by="tester", due=world.clock.now(), attempts=5,
        done=0, total=0, problem="lost",
    )  # fmt: skip
    with world.works.office.read() as db:
        db.add(failed)
        db.commit()
    assert list(world.violations()) == list(asked(world))
    assert "jobs.none_failed" in world.violations()


def test_a_row_that_breaks_many_promises_breaks_as_many(world: World) -> None:
    batch = Stage(world).open()
    world.holds()
    with world.works.office.read() as db:
        values: dict[str, Any] = {c.key: getattr(db.get_one(Batch, batch), c.key) for c in Batch.__mapper__.column_attrs}
        db.execute(insert(Batch), [{**values, "id": "B2"}])
        db.commit()
    assert world.violations() == asked(world) != {}


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> dict[str, checks.Check]:
    """The checks of the house, to which a test may add one."""
    there = dict(checks.CHECKS)
    monkeypatch.setattr(checks, "CHECKS", there)
    return there


def test_a_check_that_takes_a_tool_is_asked_every_time(lite: World, declared: dict[str, checks.Check]) -> None:
    heard: list[object] = []

    def ask(books: checks.Bookkeeper) -> Iterable[str]:
        heard.append(books.tools[Box])
        books.db.scalars(select(Job)).all()
        return []

    declared["test.tool"] = checks.Check("test.tool", "", ask)
    for _ in range(3):
        lite.holds()
    assert len(heard) == 3


def test_a_check_is_asked_once_while_all_that_it_reads_is_empty(lite: World, declared: dict[str, checks.Check]) -> None:
    heard: list[object] = []

    def ask(books: checks.Bookkeeper) -> Iterable[str]:
        heard.append(books.db.scalars(select(Job)).all())
        return []

    declared["test.tables"] = checks.Check("test.tables", "", ask)
    for _ in range(3):
        lite.holds()
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT job.id, person.district FROM job, person", {"job", "person"}),
        ("SELECT 1 FROM voucher_batch AS b WHERE b.district = %(district)s::VARCHAR", {"voucher_batch"}),
        ("SELECT count(*) AS branch FROM (SELECT id FROM \"course\")", {"course"}),
    ],
)
def test_the_tables_that_a_statement_names(statement: str, tables: set[str]) -> None:
    assert promises._tables(statement) == tables
