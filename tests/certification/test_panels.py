"""Each examiner of a panel marks alone; the result is computed, alarms are looked at, and nothing is typed again."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from skills.accounts.rules import Role
from skills.certification.actions import corrections, panels, plans, scores
from skills.certification.actions.scores import Typed
from skills.certification.models import PanelMark
from skills.certification.queries import panels as queries
from skills.certification.rules.panels import MEAN, MEDIAN, Method, result, settle
from skills.kernel.audit import AuditEntry
from skills.kernel.errors import Missing, Refusal
from skills.records.rules.marks import ABSENT, Mark
from tests.certification.stage import STAFF, Stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(32)
HOW = Method(MEDIAN, 50, 2000)
PANEL = ("a", "b", "c")


@pytest.mark.parametrize(
    ("marks", "how", "comes_to"),
    [
        ([5950, 6000, 9000], HOW, 6000),
        ([5950, 6000, 6000], Method(MEAN, 50, 2000), 5950),  # 59.83 is no 60
        ([5990, 6000, 6009], Method(MEAN, 1, 2000), 5999),
        ([5900, 6100, 6000, 5950, 10000], HOW, 6000),
        ([5900, 6000], HOW, 5950),
    ],
)
def test_a_result_is_never_rounded_up(marks: list[int], how: Method, comes_to: int) -> None:
    assert {result(one, how) for one in permutations(marks)} == {comes_to}


@given(st.lists(st.integers(0, 200).map(lambda n: n * 50), min_size=3, max_size=7), st.sampled_from([MEAN, MEDIAN]))
def test_a_result_lies_between_the_marks_on_a_step(marks: list[int], how: str) -> None:
    found = result(marks, Method(how, 50, 2000))
    assert min(marks) <= found <= max(marks)
    assert found % 50 == 0


def test_missing_and_absent_are_no_marks() -> None:
    assert settle({"a": Mark(6000)}, PANEL, HOW).missing == 2
    assert settle({"a": Mark(6000), "b": ABSENT, "c": Mark(6000)}, PANEL, HOW).split
    assert settle(dict.fromkeys(PANEL, ABSENT), PANEL, HOW).mark == ABSENT
    stranger = {"a": Mark(0), "b": Mark(0), "c": Mark(0), "x": Mark(10000)}
    assert settle(stranger, PANEL, HOW).mark == Mark(0)
    assert settle({"a": Mark(5000), "b": Mark(6000), "c": Mark(7000)}, PANEL, HOW).alarming(HOW)
    assert not settle({"a": Mark(5050), "b": Mark(6000), "c": Mark(7000)}, PANEL, HOW).alarming(HOW)


def held(world: World, away: str = "") -> tuple[Stage, str, str]:
    """A held exam whose practical section is marked by its panel; the candidate was not there in the section `away`."""
    stage = Stage(world)
    world.policy("exam.panel", [{"section": "practical", "result": "median", "step": 50, "spread": 2000}], world.today + timedelta(days=1))
    stage.days(1)
    stage.file()
    sitting = stage.open()
    application = stage.apply(sitting, stage.graduate())
    stage.hold(sitting, {f"{application}:{away}": "late"})
    return stage, sitting, application


def test_panel_marks_are_blind_and_computed(world: World) -> None:
    stage, sitting, one = held(world)
    with world.refused("score.by_panel"):
        stage.type(stage.first, sitting, "practical", {one: "80"})
    for who in (stage.first, stage.second):
        stage.type(who, sitting, "theory", {one: "70"})
    with world.refused("panel.undeclared"):
        world.perform(panels.mark, actor=stage.examiner(), sitting_id=sitting, section="practical", lines=(Typed(one, "59.5"),))
    stage.mark(STAFF[0], sitting, "practical", {one: "59.5"})
    with pytest.raises(Missing):  # no examiner of this exam
        world.perform(
            panels.mark, actor=stage.examiner("考评丁"), sitting_id=sitting, section="practical", lines=(Typed(one, "59.5"),)
        )
    with pytest.raises(Refusal, match="step"):
        stage.mark(STAFF[1], sitting, "practical", {one: "61.3"})
    stage.mark(STAFF[1], sitting, "practical", {one: "82"})
    own = world.ask(queries.own_sheet, sitting, "practical", stage.serving(STAFF[2]))
    assert [line.own for line in own.lines] == [""]
    assert "59.5" not in repr(own)
    assert "82" not in repr(own.lines[0].own)
    with world.refused("score.cannot_sign") as no:
        stage.sign(sitting)
    assert {f.code for f in no[0].findings if not f.met} == {"score.all_entered", "panel.all_given"}
    stage.mark(STAFF[2], sitting, "practical", {one: "61"})
    with world.refused("score.cannot_sign") as no:
        stage.sign(sitting)
    assert {f.code for f in no[0].findings if not f.met} == {"panel.no_alarm"}
    with world.refused("panel.own_alarm"):
        own_one = stage.staff("score.sign", account=stage.serving(STAFF[0]))
        world.perform(panels.let_stand, actor=own_one, sitting_id=sitting, application_id=one, section="practical", reason="合理")
    order = {"sitting_id": sitting, "application_id": one, "section": "practical", "reason": "作品风格争议，已听取说明"}
    world.perform(panels.let_stand, actor=stage.checker, **order)
    stage.mark(STAFF[1], sitting, "practical", {one: "83"})  # another mark asks again
    world.clock.forward(minutes=1)
    with world.refused("score.cannot_sign"):
        stage.sign(sitting)
    world.perform(panels.let_stand, actor=stage.checker, **order)
    with world.refused("score.cannot_sign") as no:
        world.perform(scores.sign, actor=stage.staff("score.sign", account=stage.serving(STAFF[2])), sitting_id=sitting)
    assert {f.code for f in no[0].findings if not f.met} == {"panel.not_an_examiner"}
    done = stage.sign(sitting)
    assert (done.passed, stage.state(one)) == (1, "passed")
    with world.db() as db:
        notes = repr(list(db.scalars(select(AuditEntry.notes).where(AuditEntry.action == "panel.mark"))))
    assert "count" in notes
    assert not {"5950", "59.5", "8300", "6100"} & set(notes.replace("'", " ").replace(",", " ").split())
    with world.refused("correction.cannot"):
        marker = stage.staff("score.correct", account=stage.serving(STAFF[0]))
        world.perform(corrections.propose, actor=marker, application_id=one, section="practical", text="60", reason="漏看")
    corrector = stage.staff("score.correct", account="fifth")
    world.perform(corrections.propose, actor=corrector, application_id=one, section="practical", text="60", reason="漏看")
    world.holds()
    with world.engine.begin() as connection:
        connection.execute(update(PanelMark).where(PanelMark.hundredths == 6100).values(hundredths=9000))
    assert any("practical" in line for line in world.violations()["certification.scores"])


def test_who_was_not_there_has_no_mark_of_a_panel(lite: World) -> None:
    stage, sitting, one = held(lite, "practical")
    with lite.refused("score.was_absent"):
        stage.mark(STAFF[0], sitting, "practical", {one: "80"})
    for name in STAFF:
        stage.mark(name, sitting, "practical", {one: "缺考"})
    lite.holds()


def test_a_panel_marks_on_its_own_page_and_the_body_sees_no_mark(visitors: Visitors) -> None:
    stage, sitting, one = held(visitors.world)
    stage.mark(STAFF[1], sitting, "practical", {one: "87.5"})
    me = visitors.come(acting(Role.EXAMINER, stage.serving(STAFF[0]), organisation=stage.body))
    page, declaration = f"/exam/panel/{sitting}/practical", f"/exam/duties/{sitting}"
    assert press(me, declaration, declaration).status_code == 303
    assert "操作技能" in text_of(me.get("/exam/duties"))
    assert "87.5" not in text_of(me.get(page))
    assert press(me, page, page, **{f"mark-{one}": "101"}).status_code == 422
    assert press(me, page, page, **{f"mark-{one}": "60"}).status_code == 303
    assert "87.5" not in me.get(f"/api/v1/panel/{sitting}/practical").get_data(as_text=True)
    clerk = visitors.come(acting(Role.BODY_CHECKER, "chk", organisation=stage.body))
    for shown in (text_of(clerk.get(f"/ent/plans/{sitting}")), clerk.get(f"/api/v1/plans/{sitting}/panels").get_data(as_text=True)):
        assert "87.5" not in shown
    assert "2 / 3" in text_of(clerk.get(f"/ent/plans/{sitting}"))
    stage.mark(STAFF[2], sitting, "practical", {one: "61"})
    plan = f"/ent/plans/{sitting}"
    assert "27.5" in text_of(clerk.get(plan))
    assert press(clerk, plan, f"{plan}/panel/practical/{one}", reason="已复看录像").status_code == 303
    assert "已复看录像" in text_of(clerk.get(plan))
    assert clerk.get(page).status_code == 403


def test_a_plan_keeps_the_way_of_its_day(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    made = lite.perform(plans.plan, actor=stage.admin, organisation_id=stage.body, order=stage.order())
    assert lite.ask(queries.panels, made.sitting_id) == []
    lite.holds()
