"""A large return under SIGKILL, and a hundred thousand rows with planted faults: every row once, every fault at its cell."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bench.learners import Town
from skills.kernel import sheets
from skills.returns import actions, queries
from skills.returns.intake import order_of
from skills.returns.models import Return, ReturnFile, ReturnFinding, ReturnLine
from skills.returns.states import ReturnState
from tests.courses.stage import institution
from tests.returns import planted
from tests.soak.test_batch_kill import calm, nursery, same_time, storm
from tests.world import World, make_world

WORK = "returns.check"


def town(world: World, rows: int, times: int, seed: int) -> tuple[str, planted.File]:
    """A school with everybody that a file of so many rows is about, and the file."""
    school, other = institution(world, 1), institution(world, 2)
    learners = Town(world.works, school, other).fill(planted.groups(rows, times))
    world.run_jobs()
    return school, planted.file(learners, rows, times, seed)


def hand_over(world: World, school: str, file: planted.File, form: str) -> str:
    data = sheets.write_csv(file.rows) if form == "csv" else sheets.write_xlsx(file.rows)
    made = world.perform(actions.upload, kind="completions", organisation_id=school, **order_of(data, f"file.{form}"))
    assert made.state == "uploaded"
    return str(made.return_id)


def as_planned(world: World, return_id: str, file: planted.File) -> None:
    with world.db() as db:
        row = db.get_one(Return, return_id)
        found: Any = db.execute(
            select(ReturnFinding.row, ReturnFinding.column, ReturnFinding.code).where(ReturnFinding.return_id == return_id)
        ).all()
        lines = list(db.scalars(select(ReturnLine.row).where(ReturnLine.return_id == return_id).order_by(ReturnLine.row)))
        assert db.scalar(select(ReturnFile.piece).limit(1)) is None, "its file is gone"
    missed, invented = set(file.expected) - set(map(tuple, found)), set(map(tuple, found)) - set(file.expected)
    assert not missed | invented, f"missed {sorted(missed)}, invented {sorted(invented)}"
    assert len(found) == len(file.expected), "none twice"
    assert lines == list(range(2, file.lines + 2)), "every row once"
    assert (row.state, row.lines, row.good, row.bad) == ("checked", file.lines, file.lines - file.bad, file.bad)
    assert (row.warnings, row.worth, row.blocked) == (file.warnings, file.worth, file.blocked)
    assert not [name for name in world.violations() if name.startswith("returns.")]  # the town was filled past the office


def under_fire(database_url: str, folder: Path, rows: int, times: int, kills: int) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    world = make_world(folder, database_url=database_url)
    school, file = town(world, rows, times, seed)
    return_id = hand_over(world, school, file, "csv")
    same_time(world)

    def over() -> bool:
        same_time(world)  # the leases of the dead are over at once
        return world.ask(lambda db: db.get_one(Return, return_id).state) != ReturnState.UPLOADED

    with nursery(world, database_url) as held:
        assert storm(held, kills, random.Random(seed), over) > 0
    calm(world, database_url, WORK)
    as_planned(world, return_id, file)
    world.engine.dispose()


@pytest.mark.row(57)
@pytest.mark.slow
def test_a_large_return_survives_kills(database_url: str, tmp_path: Path) -> None:
    under_fire(database_url, tmp_path, rows=6_000, times=2, kills=4)


@pytest.mark.soak
def test_a_return_of_thirty_thousand_rows_survives_forty_kills(database_url: str, tmp_path: Path) -> None:
    under_fire(database_url, tmp_path, rows=int(os.environ.get("SOAK_RETURN_ROWS", "30000")), times=10, kills=40)


@pytest.mark.soak
@pytest.mark.row(57)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_hundred_thousand_rows_with_two_per_cent_of_faults(world: World, form: str) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    rows = int(os.environ.get("SOAK_FILE_ROWS", "100000"))
    school, file = town(world, rows, rows // 50 // len(planted.KINDS), seed)
    assert len(file.expected) >= rows // 60
    return_id = hand_over(world, school, file, form)
    world.run_jobs()
    as_planned(world, return_id, file)
    assert world.ask(queries.summary, return_id, [school]).totals.lines == rows
