"""What goes wrong most often is counted where it was found, whether or not it was mended, and never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from skills.kernel import sheets
from skills.kernel.db import writing
from skills.returns import actions, queries
from skills.returns.actions import Change
from tests.courses.stage import institution
from tests.returns import test_actions as desk
from tests.returns import test_background as large
from tests.world import World

pytestmark = pytest.mark.row(57)
tally, school = desk.tally, desk.school
ABOVE = "completions.score_above"


def counted(world: World, days: int = 30) -> dict[str, int]:
    return dict(world.ask(queries.faults, world.clock.now() - timedelta(days=days)))


def mend(world: World, school: str, return_id: str, row: int, score: str) -> None:
    world.perform(actions.fix, actor=desk.clerk(world, school), return_id=return_id, changes=(Change(row, "score", score),))


def test_what_is_mended_in_place_stays_counted_once(world: World, school: str, tally: Any) -> None:
    made = desk.upload(world, school, desk.rows_of(101, 102, "x", 60))
    assert counted(world) == {ABOVE: 2, "returns.not_a_number": 1}
    mend(world, school, made.return_id, 2, "60")
    mend(world, school, made.return_id, 3, "103")  # wrong as before, and asked of every row again
    assert counted(world) == {ABOVE: 2, "returns.not_a_number": 1}
    mend(world, school, made.return_id, 4, "104")  # another rule at the same cell
    mend(world, school, made.return_id, 5, "105")  # another row
    assert counted(world) == {ABOVE: 4, "returns.not_a_number": 1}
    for row in (3, 4, 5):
        mend(world, school, made.return_id, row, "60")
    assert counted(world) == {ABOVE: 4, "returns.not_a_number": 1}
    page = world.client().get("/returns/rules").text
    assert page.index(ABOVE) < page.index("returns.not_a_number · 1 次")
    assert f"{ABOVE} · 4 次" in page
    told = world.client().get("/api/v1/returns/faults").json
    assert [(one["code"], one["count"]) for one in told] == [(ABOVE, 4), ("returns.not_a_number", 1)]
    assert all(one["zh"] and one["en"] for one in told)
    world.clock.forward(days=31)
    assert counted(world) == {}
    world.holds()


def test_the_same_again_is_not_counted_again(world: World, school: str, tally: Any) -> None:
    rows = desk.rows_of(101, 60, 102)
    rows.append(rows[1])  # two rows that say the same are two
    for form in ("csv", "csv", "xlsx"):
        desk.upload(world, school, rows, form)
        assert counted(world) == {ABOVE: 3}
    made = desk.upload(world, school, [rows[0], rows[3], ["学员9", "200"]])  # the failed rows alone, and a new one
    assert counted(world) == {ABOVE: 4}
    world.perform(actions.drop, actor=desk.clerk(world, school), return_id=made.return_id)
    assert counted(world) == {ABOVE: 4}, "given up is no less wrong"
    desk.upload(world, institution(world, 2), rows)
    assert counted(world) == {ABOVE: 7}, "what another institution does wrong is its own"
    world.holds()


def test_a_file_that_is_no_return_counts_once_and_warnings_never(world: World, school: str, tally: Any) -> None:
    for _ in range(2):
        desk.upload(world, school, [["备注", "成绩"], ["x", "60"]])
        desk.upload(world, school, [["姓名", "成绩", "备注"], ["学员", "60", "x"]])
    assert counted(world) == {"returns.missing_column": 1}
    world.holds()


def test_a_row_refused_when_it_is_applied_counts_too(world: World, school: str, tally: Any) -> None:
    made = desk.upload(world, school, desk.rows_of(60, 101))
    tally.refuse = {"学员0"}
    world.perform(actions.accept, actor=desk.clerk(world, school), return_id=made.return_id)
    world.run_jobs()
    assert counted(world) == {ABOVE: 1, "completions.left_class": 1}
    world.holds()


def test_a_large_file_is_counted_part_by_part_and_once(
    world: World, school: str, tally: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    large.small_parts.__wrapped__(monkeypatch, tally)  # type: ignore[attr-defined]
    data = sheets.write_csv(large.table())
    made = large.upload(world, school, data)
    world.run_jobs()
    first = counted(world)
    assert first == {ABOVE: 9, "completions.repeated": 1, "returns.needed": 1}
    mend(world, school, made.return_id, 5, "60")
    world.run_jobs()
    large.upload(world, school, data)
    world.run_jobs()
    assert counted(world) == first
    world.holds()
    with writing(world.engine) as db:
        db.execute(text("delete from return_fault where code = 'returns.needed'"))
    assert set(world.violations()) == {"returns.faults"}
