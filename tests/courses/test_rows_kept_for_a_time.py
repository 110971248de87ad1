"""What rows of a return say that were never applied is kept for a time: nobody is behind them who could ask to be forgotten."""

from __future__ import annotations

import pytest

from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.jobs import order
from skills.returns import actions, queries
from skills.returns.actions import forgetting
from tests.courses.filed import UNPRINTED, Filed, enrolled, reported
from tests.courses.test_views import Visitors, text_of, visitors
from tests.world import World

__all__ = ["visitors"]
DAYS = 365


def after(world: World, days: int) -> None:
    """Go on by so many days and run the regular job, twice."""
    world.clock.forward(days=days)
    for turn in range(2):
        with writing(world.engine) as db:
            order(db, f"forget{days}:{turn}", "returns.forget_rows", world.clock.now(), "system", None, {})
        world.run_jobs(UNPRINTED)


def names(world: World, filed: Filed, return_id: str) -> list[str]:
    """The name in each row of a return, empty where it says nothing any more."""
    page = world.ask(lambda db: queries.page_of(db, world.tool(Box), return_id, [filed.stage.school], bad_only=False))
    return [line.cells.get("name", "") for line in page.lines]


def test_rows_never_applied_are_emptied_when_their_time_is_over(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "FORGET_AT_ONCE", 1)
    world = visitors.world
    filed = enrolled(world, 2, vouchers=False)
    wrong = [filed.row(1, score="200"), ["路人甲", *filed.row(1)[1:]]]
    applied = filed.upload([filed.row(0), *wrong]).return_id
    filed.hand_in(applied)
    same, left = filed.upload([filed.row(0), *wrong]).return_id, filed.upload([wrong[1]]).return_id
    filed.hand_in(same)
    assert filed.line(2, same).state == "same"
    dropped = filed.upload([wrong[0]]).return_id
    world.perform(actions.drop, actor=filed.clerk, return_id=dropped)
    before = {each: names(world, filed, each) for each in (applied, same, left, dropped)}
    assert before[applied] == ["学员1", "学员2", "路人甲"]
    found = filed.codes(applied)
    after(world, DAYS)
    assert {each: names(world, filed, each) for each in before} == before, "the last day is one of them"
    after(world, 1)
    assert {each: names(world, filed, each) for each in before} == {applied: ["学员1", "", ""], same: [""] * 3, left: [""], dropped: [""]}
    assert [filed.line(row, applied).state for row in (2, 3, 4)] == ["applied", "held", "held"]
    assert filed.codes(applied) == found, "what was wrong stays"
    facts = [f.facts for f in world.ask(queries.findings_of, applied, [filed.stage.school])]
    assert {str(value) for told in facts for value in told.values()} <= {"—"}
    assert [world.ask(queries.summary, each, [filed.stage.school]).state for each in before] == ["applied", "applied", "refused", "refused"]
    client = visitors.come(filed.clerk)
    page = text_of(client.get(f"/org/returns/{applied}"))
    assert "没有入账的行已过保存期限" in page
    assert "路人甲" not in page
    fresh = filed.upload([wrong[0]]).return_id
    assert names(world, filed, fresh) == ["学员2"]
    assert {name: told for name, told in world.violations().items() if name.startswith("returns.")} == {}


def test_a_row_that_is_held_after_the_rest_was_emptied_is_emptied_too(lite: World) -> None:
    filed = reported(lite, 1)
    late = filed.correct(2, outcome="不合格", score="41").return_id
    after(lite, DAYS + 1)
    assert names(lite, filed, late) == ["学员1"], "it waits for a decision"
    filed.keep_certificate(filed.changes()[0].request)
    assert filed.line(2, late).state == "held"
    after(lite, 1)
    assert names(lite, filed, late) == [""]
    assert {name: told for name, told in lite.violations().items() if name.startswith("returns.")} == {}
