"""Every way to the next level: what it lacks, from when, and which course, voucher and exam bring it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from skills.accounts.rules import Role
from skills.careers.queries.steps import Target, next_steps
from skills.careers.rules.routes import Route, Standing, next_levels, routes
from skills.certification.rules.eligibility import anniversary
from skills.people.rules import turns
from skills.records.actions import state_fact
from skills.records.rules import Education, LevelHeld, Work, to_json
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.certification.test_eligibility import DAY, TERMS, cert, facts, school, title, work
from tests.courses import stage as courses
from tests.courses.test_views import Visitors, text_of, visitors
from tests.courses.wallet import voucher_for
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]


def holder(stage: Stage, issued_on: date, since: date) -> str:
    """Somebody at work since a day, with 五级 of another day."""
    person = stage.person(Work(JOB, False, since, None, "渝江", stage.body))
    level = LevelHeld(JOB, Level.L5, issued_on, f"S{stage.used:021d}", "旧机构")
    stage.world.perform(
        state_fact, person_id=person, kind="level", source=f"list:level:{stage.used}", body=to_json(level), strength="compared"
    )
    return person


def town(world: World) -> tuple[Stage, str, str]:
    """A body with an open exam of 四级, and a published course that leads there: stage, exam, course."""
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    course = courses.make_stage(world).publish(occupation=JOB, level=int(Level.L4), title="四级备考班")
    return stage, sitting, course


def of(targets: list[Target], level: Level) -> Target:
    return next(t for t in targets if t.level is level)


@pytest.mark.row(24)
def test_every_legal_way_with_what_is_missing_course_voucher_plan_and_day(world: World) -> None:
    stage, sitting, course = town(world)
    today, deadline = world.today, world.today + timedelta(days=5)
    began = date(today.year - 4, today.month, today.day)
    full_on_the_deadline = date(deadline.year - 3, deadline.month, deadline.day)
    in_time = holder(stage, full_on_the_deadline, began)
    a_day_late = holder(stage, full_on_the_deadline + timedelta(days=1), began)
    voucher_for(world, in_time)

    found = of(world.ask(next_steps, in_time, today), Level.L4)
    first, second, third = found.routes
    assert (first.code, first.standing, first.from_day, first.exams) == ("L4_2", Standing.READY, deadline, (sitting,))
    assert [(p.need, p.from_day) for p in first.missing] == [("years", deadline)]  # not today yet, but on the day that counts
    assert (second.code, second.standing, second.from_day) == ("L4_1", Standing.DATED, anniversary(began, 5))
    assert (third.code, third.standing, third.from_day) == ("L4_3", Standing.MISSING, None)
    assert [p.need for p in third.missing] == ["schooling"]
    assert [(e.id, e.deadline, e.open) for e in found.exams] == [(sitting, deadline, True)]
    assert [(c.id, c.fee - c.price > 0, c.voucher) for c in found.courses] == [(course, True, "满天星培训券")]
    assert found.bodies == 1

    late = of(world.ask(next_steps, a_day_late, today), Level.L4)
    assert (late.routes[0].code, late.routes[0].standing, late.routes[0].exams) == ("L4_2", Standing.DATED, ())
    assert late.routes[0].from_day == deadline + timedelta(days=1)
    assert [c.voucher for c in late.courses] == [""]

    stage.apply(sitting, in_time)
    after = of(world.ask(next_steps, in_time, today), Level.L4)
    assert [(e.open, e.why) for e in after.exams] == [(False, "applied")]


def test_an_exam_for_own_people_alone_says_so_and_a_level_nobody_assesses_too(world: World) -> None:
    stage = Stage(world, kind="enterprise")
    stage.file()
    stage.open()
    school = Education("college", "软件技术", (JOB,), world.today - timedelta(days=100), None, "巴渝学院")
    stranger = stage.person(school)
    targets = world.ask(next_steps, stranger, world.today)
    assert [t.level for t in targets] == [Level.L5, Level.L4], "the next level, and above it what needs nothing but time"
    assert [(e.open, e.why) for e in of(targets, Level.L4).exams] == [(False, "own_people")]
    assert of(targets, Level.L4).routes[0].exams == ()
    assert (of(targets, Level.L5).bodies, of(targets, Level.L5).exams) == (0, ())


def way(found: list[Route], code: str) -> Route:
    return next(r for r in found if r.code == code)


@pytest.mark.row(24)
def test_a_closed_way_says_why() -> None:
    nobody = replace(TERMS, approved_schools=frozenset())
    college = routes(Level.L3, JOB, facts(school("college", DAY)), DAY, nobody)
    assert (way(college, "L3_6").standing, way(college, "L3_6").closed) == (Standing.CLOSED, "no_school")
    soon_over = facts(cert(Level.L3, DAY), school("technician_college", None, anniversary(DAY, 1)))
    to_l2 = routes(Level.L2, JOB, soon_over, DAY, TERMS)
    over = way(to_l2, "L2_5")
    assert to_l2[-1] == over, "closed comes last, also behind what misses more"
    assert len(over.missing) < max(len(r.missing) for r in to_l2)
    assert (over.standing, over.closed, over.from_day) == (Standing.CLOSED, "ends_before", None)
    assert [r.closed for r in routes(Level.SPECIAL, JOB, facts(), DAY, TERMS)] == ["appointed"]
    assert next_levels(None)[0] is Level.L5
    assert next_levels(Level.L1) == (Level.SPECIAL, Level.CHIEF)
    assert next_levels(Level.CHIEF) == ()


@pytest.mark.row(24)
def test_ways_are_ordered_by_what_can_be_gone_now_then_by_day_then_by_what_is_missing() -> None:
    held = facts(work(date(2020, 1, 1)), cert(Level.L3, date(2024, 1, 1)), title("junior", date(2021, 1, 1)))
    found = routes(Level.L2, JOB, held, DAY, TERMS)
    keys: list[Any] = [(r.standing.order, r.from_day or date.max, len(r.missing)) for r in found]
    assert keys == sorted(keys)
    assert {r.code for r in found} == {"L2_1", "L2_2", "L2_3", "L2_4", "L2_5"}
    young = facts(work(DAY), birth=DAY.replace(year=DAY.year - 16) + timedelta(days=3))
    boy = routes(Level.L5, JOB, young, DAY, TERMS)
    assert [(r.standing, r.from_day, r.missing[0].need) for r in boy] == [(Standing.DATED, turns(young.birth, 16), "age")] * 2


def test_the_page_and_its_address_for_programs_say_the_same(visitors: Visitors) -> None:
    stage, sitting, _ = town(visitors.world)
    person = holder(stage, visitors.world.today - timedelta(days=1200), visitors.world.today - timedelta(days=1300))
    me = visitors.come(acting(Role.PERSON, "me", person=person))
    page = text_of(me.get("/me/next-step"))
    assert "现在就可以" in page
    assert f"/me/exams/{sitting}" in page
    assert "四级备考班" in page
    said = me.get("/api/v1/me/next-step").get_json()
    assert said[0]["routes"][0]["exams"] == [sitting]
    assert "/me/next-step" in text_of(me.get("/me"))
