"""The lecturer pool: proposed by institutions, confirmed by the bureau or the record, shared by all, left by the person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from skills.kernel.box import Box
from skills.messages.models import Message
from skills.records.actions import state_fact
from skills.records.rules import LevelHeld, Title, to_json
from skills.resources import rules
from skills.resources.actions import lecturers
from skills.resources.models import Qualification
from skills.resources.queries import lecturers as queries
from skills.resources.rules import QualificationPlan, proven_by_record
from skills.standards.rules import Level
from tests.people_and_bodies import Someone, body, someone
from tests.world import World

JOB = "4-04-05-05"
TITLE = QualificationPlan("title", "高级讲师", issuer="市职称改革办公室", number="渝职称20260017")


def school(world: World, order: int = 1) -> str:
    return body(world, "institution", order, f"星河学校{order}")


def propose(world: World, who: Someone, institution: str, *plans: QualificationPlan, account: str = "clerk", **change: Any) -> Any:
    actor = world.actor("lecturer.propose", account=account, organisation=institution)
    order = {"organisation_id": institution, "name": who.name, "document_kind": "resident", "document_number": who.number,
             "occupations": (JOB,), "qualifications": plans or (TITLE,), **change}  # fmt: skip
    return world.perform(lecturers.propose, actor=actor, **order)


def examiner(world: World, account: str = "gov") -> Any:
    return world.actor("lecturer.confirm", account=account)


@pytest.mark.row(19)
def test_proposed_by_one_institution_confirmed_by_the_bureau_and_shared(world: World) -> None:
    one, two, who = school(world), school(world, 2), someone(world)
    made = propose(world, who, one)
    assert (made.state, world.ask(queries.pool)) == ("proposed", [])
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen", source="窗口核验")
    again = propose(world, who, two, QualificationPlan("teacher", "教师资格证", number="T1"), account="other")
    assert again.lecturer_id == made.lecturer_id, "one line for all institutions"
    line = world.ask(queries.pool)[0]
    assert [q.name for q in line.qualifications] == ["高级讲师"], "what nobody has proven is not shown"
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="compared")
    assert {q.name for q in world.ask(queries.pool)[0].qualifications} == {"高级讲师", "教师资格证"}
    world.holds()


def test_the_record_here_confirms_by_itself(world: World) -> None:
    who = someone(world)
    fact = LevelHeld(JOB, Level(6), date(2025, 5, 5), "Y000050112006250000017")
    world.perform(state_fact, person_id=who.id, kind="level", source="import:17", body=to_json(fact), strength="compared")
    plan = QualificationPlan("level", "高级技师", 6, JOB, "重庆星河技能评价中心", fact.number)
    assert propose(world, who, school(world), plan).state == "confirmed"
    with world.db() as db:
        found = db.scalars(select(Qualification)).one()
        assert (found.strength, found.source, found.confirmed_by) == ("compared", "certificate", "record")
        assert fact.number.encode() not in bytes(found.number or b"")
    world.holds()


def test_who_left_or_was_refused_comes_back_by_the_bureaus_hand_alone(world: World) -> None:
    who, one = someone(world), school(world)
    made = propose(world, who, one)
    world.perform(lecturers.refuse, actor=examiner(world), lecturer_id=made.lecturer_id, reason="无授课经历")
    fact = LevelHeld(JOB, Level(6), date(2025, 5, 5), "Y000050112006250000017")
    world.perform(state_fact, person_id=who.id, kind="level", source="import:17", body=to_json(fact), strength="compared")
    plan = QualificationPlan("level", "高级技师", 6, JOB, "重庆星河技能评价中心", fact.number)
    assert propose(world, who, one, plan).state == "proposed"
    assert [c.id for c in world.ask(queries.cases, world.tool(Box))] == [made.lecturer_id], "it waits although nothing is a promise"
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="compared")
    world.holds()


def test_nothing_private_is_in_the_public_pool(world: World) -> None:
    who = someone(world)
    made = propose(world, who, school(world))
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    told = repr(world.ask(queries.pool))
    assert who.name in told
    assert not any(secret in told for secret in (who.number, who.number[-4:], TITLE.number, who.id))
    case = world.ask(queries.case, world.tool(Box), made.lecturer_id)
    assert case.stated[0].number == TITLE.number
    world.holds()


def test_who_may_say_no_and_with_a_reason(world: World) -> None:
    institution, who = school(world), someone(world)
    made = propose(world, who, institution)
    with world.refused("lecturer.own_work"):
        world.perform(lecturers.confirm, actor=examiner(world, "clerk"), lecturer_id=made.lecturer_id, strength="seen")
    own = world.actor("lecturer.confirm", "fact.add", account="self", person=who.id)
    with world.refused("lecturer.own_work"):
        world.perform(lecturers.confirm, actor=own, lecturer_id=made.lecturer_id, strength="seen")
    with world.refused("lecturer.strength"):
        world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="promised")
    with world.refused("lecturer.reason_needed"):
        world.perform(lecturers.refuse, actor=examiner(world), lecturer_id=made.lecturer_id, reason=" ")
    world.perform(lecturers.refuse, actor=examiner(world), lecturer_id=made.lecturer_id, reason="证书已过期")
    assert propose(world, who, institution).state == "proposed", "with papers that count somebody may be proposed again"
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    world.perform(lecturers.leave, actor=own)
    assert world.ask(queries.pool) == []
    with world.db() as db:
        codes = db.scalars(select(Message.code).where(Message.organisation_id == institution)).all()
        assert sorted(codes) == ["lecturer.told_refused_body", "lecturer.told_withdrawn_body"]
    with world.refused("lecturer.cannot_confirm"):
        propose_more = examiner(world)
        world.perform(lecturers.confirm, actor=propose_more, lecturer_id=made.lecturer_id, strength="seen")
    world.holds()


def test_a_paper_is_one_persons_and_a_number_alone_finds_nobody(world: World) -> None:
    institution, one, two = school(world), someone(world, 1), someone(world, 2, "李满天")
    propose(world, one, institution)
    with world.refused("lecturer.number_taken"):
        propose(world, two, institution)
    with world.refused("lecturer.person_unknown"):
        propose(world, two, institution, name="别人")
    with world.refused("not_allowed"):
        propose(world, two, institution, organisation_id=school(world, 3))
    with world.refused("lecturer.not_ready") as refused:
        propose(world, two, institution, QualificationPlan("title", " ", valid_until=world.today - timedelta(days=1)), occupations=("9-99",))
    assert {f.code for f in refused[0].findings} == {
        "lecturer.qualified", "lecturer.numbered", "lecturer.in_force", "lecturer.occupations",
    }  # fmt: skip
    world.holds()


def test_whose_paper_ran_out_is_not_confirmed_for_a_later_day(world: World) -> None:
    who = someone(world)
    plan = QualificationPlan("title", "高级讲师", number="17", valid_until=world.today + timedelta(days=10))
    made = propose(world, who, school(world), plan)
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    assert world.ask(queries.confirmed, [made.lecturer_id], world.today) == {made.lecturer_id}
    assert world.ask(queries.confirmed, [made.lecturer_id], world.today + timedelta(days=11)) == set()
    world.holds()


def test_names_find_lecturers_and_namesakes_have_codes(world: World) -> None:
    institution = school(world)
    for order, number in ((1, "a"), (2, "b")):
        made = propose(world, someone(world, order, "李敏"), institution, QualificationPlan("title", "讲师", number=number))
        world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    with world.refused("lecturer.several") as refused:
        world.ask(queries.named, ["李敏"])
    written = str(refused[0].facts["codes"]).split("、")[0]
    assert len(world.ask(queries.named, [written])) == 1
    with world.refused("lecturer.not_in_pool"):
        world.ask(queries.named, ["赵云"])
    world.holds()


@pytest.mark.row(19)
@pytest.mark.parametrize("written", ["努尔‧买买提", "努尔•买买提", "努尔·买买提 ", "努尔 买买提", "努尔买买提"])
def test_a_name_is_found_whatever_its_dot(world: World, written: str) -> None:
    made = propose(world, someone(world, 1, "努尔·买买提"), school(world))
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    assert world.ask(queries.named, [written]) == {written: made.lecturer_id}
    assert [line.id for line in world.ask(queries.pool, words=written)] == [made.lecturer_id]


def test_a_search_that_names_nobody_finds_nobody(world: World) -> None:
    made = propose(world, someone(world, 1, "努尔·买买提"), school(world))
    world.perform(lecturers.confirm, actor=examiner(world), lecturer_id=made.lecturer_id, strength="seen")
    assert [line.id for line in world.ask(queries.pool)] == [made.lecturer_id], "without a search: everybody"
    assert [world.ask(queries.pool, words=dots) for dots in ("·", "‧ •", "　")] == [[], [], []]


def test_what_the_record_proves_and_what_not() -> None:
    held = [LevelHeld(JOB, Level(6), date(2025, 5, 5), "N17")]
    titles = [Title("senior", (JOB,), date(2020, 1, 1), "高级工程师", strength="compared"), Title("junior", (JOB,), date(2020, 1, 1), "助教")]

    def proven(plan: QualificationPlan) -> bool:
        return bool(proven_by_record(plan, held, titles))

    assert proven(QualificationPlan("level", "高级技师", 6, JOB, number="N17"))
    assert not proven(QualificationPlan("level", "高级技师", 7, JOB, number="N17"))
    assert not proven(QualificationPlan("level", "高级技师", 6, "4-04-05-01", number="N17"))
    assert not proven(QualificationPlan("level", "高级技师", 6, JOB, number="N18"))
    assert not proven(QualificationPlan("level", "高级技师", None, None, number="N17")), "a certificate proves what it is named for"
    assert proven(QualificationPlan("title", "高级工程师", number="1"))
    assert not proven(QualificationPlan("title", "助教", number="1")), "a promise proves nothing"
    assert set(rules.QUALIFICATION_KINDS) == {"level", "title", "teacher", "expert"}
