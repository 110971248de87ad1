"""A passed section that is kept: the rule by table and by property, and its whole life through the exams."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from skills.accounts.rules import Role
from skills.certification.actions import applications
from skills.certification.models import Application, Score
from skills.certification.queries import carried, exams
from skills.certification.rules.carry import CarryRules, Earlier, kept_sections
from skills.certification.rules.exams import Section, outcome, sections_of
from skills.records.rules.marks import Mark
from skills.standards.rules import Level
from tests.certification.stage import Stage
from tests.certification.stage_results import unguarded
from tests.courses.test_views import Visitors, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]

DEADLINE = date(2026, 1, 31)
RULES = CarryRules(months=12, most_resits=1)
T, P, C = Section.THEORY, Section.PRACTICAL, Section.COMPREHENSIVE


def sat(name: str = "a", deadline: date = DEADLINE, pass_mark: int = 6000, **marks: int | None) -> Earlier:
    return Earlier(name, deadline, deadline + timedelta(days=20), pass_mark, tuple((Section(s), m) for s, m in marks.items()))


@pytest.mark.row(25)
@pytest.mark.parametrize(
    ("earlier", "held_on", "rules", "used", "expected"),
    [
        ([sat(theory=6000, practical=5950)], date(2027, 1, 31), RULES, {}, [(T, "a")]),
        ([sat(theory=6000, practical=5950)], date(2027, 2, 1), RULES, {}, []),
        ([sat(theory=6000, practical=5950)], date(2028, 1, 31), CarryRules(24, 1), {}, [(T, "a")]),
        ([sat(theory=6000, practical=5950)], date(2028, 2, 1), CarryRules(24, 1), {}, []),
        ([sat(theory=5950, practical=None)], date(2026, 6, 1), RULES, {}, []),
        ([sat(theory=None, practical=9000)], date(2026, 6, 1), RULES, {}, [(P, "a")]),
        ([sat(theory=6000, practical=0)], date(2026, 6, 1), RULES, {("a", T): 1}, []),
        ([sat(theory=6000, practical=0)], date(2026, 6, 1), CarryRules(12, 2), {("a", T): 1}, [(T, "a")]),
        ([sat(theory=6000, practical=0)], date(2026, 6, 1), CarryRules(0, 1), {}, []),
        ([sat(theory=6000, practical=0)], date(2026, 6, 1), CarryRules(12, 0), {}, []),
        ([sat(theory=7000, pass_mark=7050, practical=0)], date(2026, 6, 1), RULES, {}, []),
        ([sat(theory=6000, practical=0)], date(2026, 2, 20), RULES, {}, []),  # the same day is no later exam
        ([sat("a", theory=9000), sat("b", date(2026, 3, 31), theory=6000)], date(2026, 9, 1), RULES, {}, [(T, "b")]),
        # Two exams at once, each passed in the other section: the one that ends first is sat again.
        ([sat("a", theory=9000), sat("b", date(2026, 3, 31), practical=6000)], date(2026, 9, 1), RULES, {}, [(P, "b")]),
    ],
)  # fmt: skip
def test_what_is_kept(
    earlier: list[Earlier], held_on: date, rules: CarryRules, used: dict[tuple[str, Section], int], expected: list[Any]
) -> None:
    found = kept_sections(Level.L4, earlier, used, held_on, rules)
    assert [(k.section, k.application_id) for k in found] == expected


MARK = st.none() | st.integers(0, 200).map(lambda n: n * 50)
MARKS = st.fixed_dictionaries({}, optional=dict.fromkeys(Section, MARK))
MANY = st.lists(st.tuples(st.integers(0, 730), MARKS), max_size=3).map(
    lambda rows: [sat(f"a{n}", date(2025, 1, 1) + timedelta(days=days), **marks) for n, (days, marks) in enumerate(rows)]
)
USED = st.fixed_dictionaries({}, optional={(f"a{n}", s): st.integers(1, 2) for n in range(3) for s in Section})
LEVEL = st.sampled_from([level for level in Level if level.examined])
DAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(LEVEL, MANY, USED, DAY, st.integers(0, 24), st.integers(0, 2))
def test_every_kept_section_was_passed_in_time_and_one_is_always_sat(
    level: Level, earlier: list[Earlier], used: dict[tuple[str, Section], int], held_on: date, months: int, most: int
) -> None:
    found = kept_sections(level, earlier, used, held_on, CarryRules(months, most))
    by_id = {one.application_id: one for one in earlier}
    for kept in found:
        source = by_id[kept.application_id]
        assert dict(source.marks)[kept.section] == kept.hundredths
        assert kept.hundredths >= source.pass_mark
        assert source.held_on < held_on <= kept.until
        assert used.get((kept.application_id, kept.section), 0) < most
    sections = [kept.section for kept in found]
    assert len(set(sections)) == len(sections) < len(sections_of(level))
    assert set(sections) <= set(sections_of(level))


@given(LEVEL, MANY, DAY, st.integers(0, 24))
def test_longer_keeping_and_fewer_uses_never_take_a_section_away(
    level: Level, earlier: list[Earlier], held_on: date, months: int
) -> None:
    def count(rules: CarryRules, used: dict[tuple[str, Section], int]) -> int:
        return len(kept_sections(level, earlier, used, held_on, rules))

    everything = Counter((e.application_id, s) for e in earlier for s, _ in e.marks)
    assert count(CarryRules(months, 1), {}) <= count(CarryRules(months + 1, 1), {})
    assert count(CarryRules(months, 1), everything) <= count(CarryRules(months, 1), {})


@given(LEVEL, st.data())
def test_a_kept_section_counts_as_passed_and_nothing_else_does(level: Level, data: st.DataObject) -> None:
    sections = sections_of(level)
    kept = data.draw(st.sets(st.sampled_from(sections), max_size=len(sections) - 1))
    marks = {s: Mark(data.draw(MARK)) for s in sections if s not in kept}
    whole = {**marks, **{s: Mark(6000) for s in kept}}
    assert outcome(level, marks, 6000, kept) is outcome(level, whole, 6000)
    assert outcome(level, {**marks, **{s: Mark(0) for s in kept}}, 6000, kept) is outcome(level, marks, 6000, kept)


def again(stage: Stage) -> str:
    """A later exam of the same kind."""
    return stage.open()


@pytest.mark.row(25)
def test_a_section_is_kept_for_one_resit_and_stands_in_the_outcome(world: World) -> None:
    stage = Stage(world)
    stage.file()
    person, fresh = stage.graduate(), stage.graduate()
    first = stage.open()
    failed = stage.apply(first, person)
    stage.hold(first)
    stage.score(first, {failed: ("86", "40")})
    assert stage.state(failed) == "failed"

    second = again(stage)
    (offered,) = world.ask(carried.kept_for, second, person)
    assert (offered.section, offered.hundredths, offered.application_id) == (T, 8600, failed)
    resit, beginner = stage.apply(second, person), stage.apply(second, fresh)
    mine = world.ask(exams.my_exam, person, resit)
    assert mine.sits == (P,)
    assert world.ask(exams.my_exam, fresh, beginner).sits == (T, P)
    stage.hold(second)
    line = world.ask(exams.sitting, second)
    sheet = world.ask(exams.sheet, line, T, "typist-1")
    assert [one.application_id for one in sheet.lines] == [beginner]
    assert sheet.kept == 1
    with world.refused("score.section_kept"):
        stage.type(stage.first, second, T, {beginner: "70", resit: "90"})
    for who in (stage.first, stage.second):
        stage.type(who, second, T, {beginner: "70"})
        stage.type(who, second, P, {beginner: "30", resit: "60"})
    stage.sign(second)
    assert (stage.state(resit), stage.state(beginner)) == ("passed", "failed")
    told = {one.application_id: one for one in world.ask(exams.candidates, line)}
    assert told[resit].scores == ((T, "86"), (P, "60"))
    assert [one.section for one in told[resit].kept] == [T]
    world.holds()
    stage.notice(second)
    stage.conclude(second)
    assert world.ask(exams.my_exam, person, resit).number

    third = again(stage)
    assert world.ask(carried.kept_for, third, person) == (), "nothing is kept after a pass"
    assert [k.section for k in world.ask(carried.kept_for, third, fresh)] == [T]
    world.holds()


def test_a_kept_section_is_used_up_comes_back_with_a_withdrawal_and_ends_with_its_months(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    person = stage.graduate()
    first = stage.open()
    failed = stage.apply(first, person)
    stage.hold(first)
    stage.score(first, {failed: ("70", "缺考")})
    assert stage.state(failed) == "incomplete"
    second = again(stage)
    given_up = stage.apply(second, person)
    lite.perform(applications.withdraw, actor=stage.candidate(person), application_id=given_up)
    elsewhere = stage.open(level=int(Level.L3))
    assert lite.ask(carried.kept_for, elsewhere, person) == (), "another level is another exam"
    branch = stage.open(branch="低代码开发员")
    assert lite.ask(carried.kept_for, branch, person) == (), "another branch is another exam"
    third = again(stage)
    assert [k.section for k in lite.ask(carried.kept_for, third, person)] == [T]
    resit = stage.apply(third, person)
    stage.hold(third)
    line = lite.ask(exams.sitting, third)
    assert [one.section for one in lite.ask(exams.sheets, line)] == [P], "nobody sits theory: there is no sheet for it"
    for who in (stage.first, stage.second):
        stage.type(who, third, P, {resit: "20"})
    stage.sign(third)
    assert stage.state(resit) == "failed"
    assert lite.ask(carried.kept_for, again(stage), person) == (), "one resit"
    lite.holds()


def test_a_false_claim_of_a_kept_section_is_found(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    person = stage.graduate()
    first = stage.open()
    failed = stage.apply(first, person)
    stage.hold(first)
    stage.score(first, {failed: ("50", "40")})
    second = again(stage)
    resit = stage.apply(second, person)
    forged = {"section": "theory", "hundredths": 9000, "application_id": failed, "until": "2099-01-01"}
    with lite.engine.begin() as db:
        db.execute(update(Application).where(Application.id == resit).values(kept=[forged]))
    assert any("was not sat in" in fault for fault in lite.violations()["certification.kept_sections"])
    with lite.engine.begin() as db:
        db.execute(update(Application).where(Application.id == resit).values(kept=[]))
        unguarded(db)
        db.execute(update(Score).where(Score.application_id == failed, Score.section == "theory").values(kept_from=resit))
    assert any("keep other sections" in fault for fault in lite.violations()["certification.kept_sections"])


def test_the_pages_say_what_is_kept_and_what_is_sat(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    stage.file()
    person = stage.graduate()
    first = stage.open()
    failed = stage.apply(first, person)
    stage.hold(first)
    stage.score(first, {failed: ("86.5", "40")})
    second = again(stage)
    until = "2027年11月28日"
    me = visitors.come(acting(Role.PERSON, "p", person=person))
    offer = text_of(me.get(f"/me/exams/{second}"))
    assert f"86.5 分，保留到 {until}" in offer
    (told,) = me.get(f"/api/v1/sittings/{second}/eligibility").get_json()["kept"]
    assert (told["section"], told["hundredths"], told["until"]) == ("theory", 8650, "2027-11-28")
    resit = stage.apply(second, person)
    stage.hold(second)
    mine = text_of(visitors.come(acting(Role.PERSON, "q", person=person)).get(f"/me/applications/{resit}"))
    assert "保留的单科成绩" in mine
    assert re.search(r"本次考试科目</dt>\s*<dd[^>]*>操作技能</dd>", mine)
    body = visitors.come(acting(Role.BODY_ADMIN, "b", organisation=stage.body))
    plan = text_of(body.get(f"/ent/plans/{second}"))
    assert "理论知识 86.5（保留）" in plan
    world.holds()
