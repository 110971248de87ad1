"""Applying tells how far it is: page and API, whatever becomes of the worker, and the way out when it was given up."""

from __future__ import annotations

import re
from typing import Any

import pytest

from skills.kernel import jobs, sheets
from skills.returns import actions, queries
from skills.returns.actions import background
from skills.returns.queries import under_way
from tests.returns import test_actions as desk
from tests.returns import test_background as large
from tests.world import World

tally, school, small_parts = desk.tally, desk.school, large.small_parts
ROWS = 90  # 79 of them good: tests.returns.test_background.table


def handed_in(world: World, school: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A large return that was checked and handed in; its rows are applied twenty in an act."""
    monkeypatch.setattr(actions, "MOST_IN_ONE_ACT", 20)
    made = large.upload(world, school, sheets.write_csv(large.table(ROWS)))
    world.run_jobs()
    world.perform(actions.accept, actor=desk.clerk(world, school), return_id=made.return_id)
    return str(made.return_id)


def told(world: World, school: str, return_id: str) -> under_way.Progress:
    return world.ask(under_way.progress, return_id, [school])  # type: ignore[no-any-return]


def given_up(world: World) -> None:
    for _ in range(jobs.MOST_ATTEMPTS):
        jobs.run_one(world.office)
        world.clock.forward(minutes=5)


def test_the_page_of_applying_tells_how_far_it_is_without_a_script_and_after_a_restart(
    world: World, school: str, tally: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    return_id = handed_in(world, school, monkeypatch)
    see = large.pages(world, school, monkeypatch)
    path = f"/org/returns/{return_id}"
    fresh = see(path)
    assert (fresh.status_code, fresh.headers["Refresh"]) == (200, "5")
    assert "回执编号" in fresh.text
    assert 'value="0" max="90"' in fresh.text
    assert "<script" not in fresh.text.split("<main")[1].split("</main")[0]
    large.die_in_the_third(world, monkeypatch, "return.apply_rows")
    for _ in range(2):  # a reload shows the same, whatever became of the worker
        page = see(path).text
        assert 'value="51" max="90"' in page
        assert "共 90 行，已入账 40 行，还有 39 行" in page
    api = see(f"/api/v1/returns/{return_id}/progress").json
    assert {k: api[k] for k in ("work", "rows", "applied", "held", "left", "job", "trouble", "said")} == {
        "work": "apply", "rows": 90, "applied": 40, "held": 11, "left": 39, "job": "running", "trouble": "", "said": None,
    }  # fmt: skip
    assert "Refresh" not in see(path + "?still=1").headers
    assert "Refresh" not in see(path + "?all=1").headers, "its rows can be read meanwhile"
    world.clock.forward(minutes=5)
    world.run_jobs()
    done = see(path)
    assert "Refresh" not in done.headers
    assert "<progress" not in done.text
    assert len(set(tally.applied)) == len(tally.applied) == 79
    now = told(world, school, return_id)
    assert (now.work, now.applied, now.held, now.left, now.job) == ("", 79, 11, 0, "done")
    world.holds()


def test_work_that_was_given_up_says_so_and_goes_on_when_told_to(
    world: World, school: str, tally: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    return_id = handed_in(world, school, monkeypatch)
    see = large.pages(world, school, monkeypatch)
    path = f"/org/returns/{return_id}"
    with world.refused("return.not_given_up"):
        world.perform(background.go_on, actor=desk.clerk(world, school), return_id=return_id)
    tally.crash_at = 25
    jobs.run_one(world.office)
    assert told(world, school, return_id).again
    assert "系统会自动再试" in see(path).text
    world.clock.forward(minutes=5)
    given_up(world)
    page = see(path)
    assert "入账没有完成" in page.text
    assert "已入账的 20 行有效，还有 59 行没有办理" in page.text
    assert str(told(world, school, return_id).number) in page.text.split("凭回执编号")[1]
    assert "Refresh" not in page.headers
    assert "办理中断" in see("/org/returns").text
    api = see(f"/api/v1/returns/{return_id}/progress").json
    assert (api["job"], api["trouble"]) == ("failed", "return.apply_given_up")
    assert "“Go on applying”" in api["said"]["en_do"]
    assert set(world.violations()) == {"jobs.none_failed"}
    with world.refused("filed_return.unknown"):
        world.perform(background.go_on, actor=desk.clerk(world, "of another school"), return_id=return_id)
    tally.crash_at = None
    form = page.text.split(f'action="{path}/go-on"')[1].split("</form>")[0]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert see.client.post(f"{path}/go-on", data=sent).status_code == 303
    assert see.client.post(f"{path}/go-on", data=sent).status_code == 303, "sent twice it is done once"
    assert told(world, school, return_id).trouble == ""
    world.run_jobs()
    assert world.ask(queries.summary, return_id, [school]).done == 79
    assert "已入账" in see(path).text
    world.holds()


def test_a_check_that_was_given_up_goes_on_too(world: World, school: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = large.upload(world, school, sheets.write_csv(large.table(ROWS)))
    with monkeypatch.context() as broken:
        broken.setattr(large.work, "rows_of", lambda _data: 1 / 0)
        given_up(world)
    assert told(world, school, made.return_id).trouble == "return.check_given_up"
    assert world.ask(under_way.stopped, [school]) == {made.return_id}
    world.perform(background.go_on, actor=desk.clerk(world, school), return_id=made.return_id)
    world.run_jobs()
    assert told(world, school, made.return_id).state == "checked"
    assert world.ask(under_way.stopped, [school]) == frozenset()
    world.holds()
