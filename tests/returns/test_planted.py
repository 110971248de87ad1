"""Every planted fault is found at its cell and none is invented, through the real file, the real facts, the real act."""

from __future__ import annotations

import random

import pytest

from bench.learners import Town
from skills.courses.rules import exams
from skills.courses.rules.filing import RULES
from skills.kernel import sheets
from skills.kernel.box import Box
from skills.returns import queries
from skills.returns.intake import order_of
from skills.returns.kinds import kind_of
from skills.returns.rules import COMMON
from tests.courses.stage import institution
from tests.returns import planted
from tests.returns.planted import File
from tests.world import World


def stage(world: World, rows: int, times: int, seed: int) -> tuple[str, File]:
    """A school whose town has everybody that a file of so many rows is about."""
    school, other = institution(world, 1), institution(world, 2)
    learners = Town(world.works, school, other).fill(planted.groups(rows, times))
    return school, planted.file(learners, rows, times, seed)


def found_in(world: World, school: str, file: File, form: str) -> tuple[list[tuple[int, str, str]], queries.Checked]:
    data = sheets.write_csv(file.rows) if form == "csv" else sheets.write_xlsx(file.rows)
    order = order_of(data, f"file.{form}")
    with world.db() as db:
        desk = queries.Desk(db, world.tool(Box), school, world.today)
        checked = queries.check_sheet(desk, kind_of("completions"), order["rows"])
    return [(f.row, f.column, f.code) for f in checked.findings], checked


def as_planned(file: File, found: list[tuple[int, str, str]], checked: queries.Checked) -> None:
    missed, invented = sorted(set(file.expected) - set(found)), sorted(set(found) - set(file.expected))
    assert not missed + invented, f"missed {missed}, invented {invented}"
    assert len(found) == len(file.expected)
    totals = checked.totals
    assert (totals.lines, totals.bad, totals.warnings) == (file.lines, file.bad, file.warnings)
    assert (totals.good, totals.same) == (file.lines - file.bad, 0)
    assert (totals.worth, totals.blocked) == (file.worth, file.blocked)


@pytest.mark.row(57)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_kind_of_fault_is_found_at_its_cell_among_good_rows(world: World, form: str) -> None:
    seed = random.randrange(10**6)  # fresh for every run; printed when the test fails
    print(f"seed {seed}")
    school, file = stage(world, 300, 1, seed)
    found, checked = found_in(world, school, file, form)
    as_planned(file, found, checked)
    assert not [name for name in world.violations() if name.startswith("returns.")]  # the town was filled past the office


def test_there_are_forty_kinds_of_faults_and_every_one_is_a_published_rule() -> None:
    published = {rule.code for rule in (*COMMON, *RULES)}
    assert len(planted.CODES) >= 40
    assert published >= planted.CODES
    left_out = {rule.code for rule in RULES} - planted.CODES
    of_other_rooms = {"completions.beyond_ledger", "completions.overlap_open"}  # tests/learning/test_ledger.py, test_overlaps.py
    alone = {"completions.code_full"}  # tests/courses/test_unprintable.py
    assert left_out == {*exams.COLUMN_OF, *of_other_rooms, *alone}, "every rule is planted, but for those of exams and of class hours"
