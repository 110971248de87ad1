"""A paper that runs longer is stated under its own number; the old day counts until the bureau has confirmed the new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from skills.kernel.box import Box
from skills.records.rules import Title
from skills.resources.actions import lecturers, platforms
from skills.resources.queries import lecturers as queries
from skills.resources.rules import QualificationPlan, proven_by_record
from tests.people_and_bodies import someone
from tests.resources.test_lecturers import JOB, examiner, propose, school
from tests.resources.test_platforms import propose as propose_platform
from tests.resources.test_platforms import second
from tests.world import World

pytestmark = pytest.mark.row(19)


def test_a_renewed_paper_is_stated_under_the_same_number_and_confirmed_by_the_bureau(world: World) -> None:
    who, one = someone(world), school(world)
    plan = QualificationPlan("title", "高级讲师", number="17", valid_until=world.today + timedelta(days=10))
    made = propose(world, who, one, plan)
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    later, ids = replace(plan, valid_until=world.today + timedelta(days=400)), [made.lecturer_id]
    assert propose(world, who, one, later).state == "confirmed"
    [case] = world.ask(queries.cases, world.tool(Box))
    assert (case.open, case.stated[0].valid_until, case.stated[0].renewed_until) == (True, plan.valid_until, later.valid_until)
    assert world.ask(queries.confirmed, ids, world.today + timedelta(days=5)) == set(ids), "until then the old day counts"
    assert world.ask(queries.confirmed, ids, world.today + timedelta(days=20)) == set()
    with world.refused("lecturer.own_work"):
        world.perform(lecturers.confirm, actor=examiner(world, "clerk"), lecturer_id=made.lecturer_id, strength="seen")
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    assert world.ask(queries.confirmed, ids, world.today + timedelta(days=20)) == set(ids)
    assert world.ask(queries.cases, world.tool(Box)) == []
    propose(world, who, one, plan)  # the old day again says nothing new
    assert world.ask(queries.cases, world.tool(Box)) == []
    world.holds()


def test_a_renewal_that_is_refused_leaves_what_was_proven(world: World) -> None:
    who, one = someone(world), school(world)
    plan = QualificationPlan("title", "高级讲师", number="17", valid_until=world.today + timedelta(days=10))
    made = propose(world, who, one, plan)
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    world.perform(lecturers.withdraw, actor=examiner(world), lecturer_id=made.lecturer_id, reason="核查")
    propose(world, who, one, replace(plan, valid_until=world.today + timedelta(days=400)))
    world.perform(lecturers.refuse, actor=examiner(world), lecturer_id=made.lecturer_id, reason="未见原件")
    propose(world, who, one, plan)
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    assert world.ask(queries.confirmed, [made.lecturer_id], world.today + timedelta(days=20)) == set()
    assert world.ask(queries.confirmed, [made.lecturer_id], world.today) == {made.lecturer_id}
    world.holds()


def test_the_record_does_not_prove_who_issued_a_title() -> None:
    titles = [Title("senior", (JOB,), date(2020, 1, 1), "高级工程师", strength="compared")]
    assert proven_by_record(QualificationPlan("title", "高级工程师", number="1"), [], titles)
    assert not proven_by_record(QualificationPlan("title", "高级工程师", issuer="某协会", number="1"), [], titles)


def test_who_proposed_a_platform_does_not_withdraw_it(world: World) -> None:
    made = propose_platform(world)
    world.perform(platforms.recognise, actor=second(world), platform_id=made)
    with world.refused("platform.own_work"):
        world.perform(platforms.withdraw, actor=second(world, "gov-1"), platform_id=made, reason="不再具备条件")
    world.perform(platforms.withdraw, actor=second(world), platform_id=made, reason="不再具备条件")
    world.holds()
