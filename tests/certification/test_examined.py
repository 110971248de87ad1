"""资格审核: where policy wants it an application waits for the body; what is missing is told once; then a yes or a no with its clause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.certification.actions import applications, examinations, plans
from skills.certification.models import Application, Examination
from skills.certification.queries import examinations as queries
from skills.certification.rules.examinations import Fault
from skills.kernel.acts import Act, action
from skills.kernel.errors import Forbidden, Missing
from skills.messages.models import Message
from skills.people.parts import PARTS
from skills.records.actions import promise_level
from skills.records.queries import passport
from skills.records.rules import KIND_WORDS
from skills.standards.calendar import add_working_days
from tests.certification.stage import Stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.journeys.test_api import Program
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
FAULTS = (Fault("education", "毕业证书照片看不清，请重新上传"), Fault("work", "缺少在岗证明"))


@action("test.forget_examination", may="test.forget")
def _forgotten(act: Act, person_id: str) -> None:
    """The room's part in an erasure."""
    PARTS["certification"].forget(act, person_id)


def examining(world: World, **changes: Any) -> Stage:
    """A body under a policy by which applications are examined."""
    stage = Stage(world)
    stage.file()
    rule = {"wanted": True, "working_days": 5, "supplement_working_days": 3} | changes
    world.policy("registration.examine", rule, world.today + timedelta(days=1))
    stage.days(1)
    return stage


def examiner(stage: Stage, account: str = "examiner") -> Any:
    return stage.staff("registration.examine", account=account)


@pytest.mark.row(24)
def test_one_supplement_and_no_second(world: World) -> None:
    stage = examining(world)
    sitting = stage.open()
    person = stage.graduate()
    application = stage.apply(sitting, person)
    assert stage.state(application) == "filed"
    who: dict[str, Any] = {"actor": examiner(stage), "application_id": application}
    with world.refused("examination.no_fault"):
        world.perform(examinations.supplement, **who, faults=(Fault("work", " "),))
    with world.refused("examination.cannot_answer"):
        world.perform(examinations.answer, actor=stage.candidate(person), application_id=application, text="已补")
    asked = world.perform(examinations.supplement, **who, faults=FAULTS)
    assert asked.supplement_by == add_working_days(world.today, 3)
    for early in (examinations.accept, examinations.supplement):
        order = {"faults": FAULTS} if early is examinations.supplement else {}
        with world.refused(f"examination.cannot_{'supplement' if order else 'accept'}"):
            world.perform(early, **who, **order)
    with world.refused("examination.time_left"):
        world.perform(examinations.refuse, **who, clause="四级/中级工（3）", reason="未补正")
    with pytest.raises(Missing):
        world.perform(examinations.answer, actor=stage.candidate(stage.graduate()), application_id=application, text="已补")
    world.perform(examinations.answer, actor=stage.candidate(person), application_id=application, text="已重新上传毕业证书")
    with world.refused("examination.cannot_supplement"):
        world.perform(examinations.supplement, **who, faults=FAULTS)
    [line] = world.ask(queries.to_examine, sitting)
    assert (line.examination.faults, line.examination.answer) == (FAULTS, "已重新上传毕业证书")
    world.perform(examinations.accept, **who)
    assert stage.state(application) == "eligible"
    with world.db() as db:
        told = sorted(db.scalars(select(Message.code).where(Message.person_id == person)))
    assert told == ["examination.told_accepted", "examination.told_supplement"]
    world.holds()


@pytest.mark.row(24)
def test_a_no_has_its_clause_and_comes_after_the_candidates_days_alone(world: World) -> None:
    stage = examining(world)
    sitting = stage.open()
    silent, plain = stage.graduate(), stage.graduate()
    one, two = stage.apply(sitting, silent), stage.apply(sitting, plain)
    by = examiner(stage)
    until = world.perform(examinations.supplement, actor=by, application_id=one, faults=FAULTS).supplement_by
    with world.refused("examination.clause_needed"):
        world.perform(examinations.refuse, actor=by, application_id=two, clause=" ", reason="不符")
    world.perform(examinations.refuse, actor=by, application_id=two, clause="四级/中级工（3）", reason="所学专业不相关")
    stage.days((until - world.today).days)
    with world.refused("examination.time_left"):
        world.perform(examinations.refuse, actor=by, application_id=one, clause="四级/中级工（3）", reason="逾期未补正")
    stage.days(1)
    with world.refused("examination.too_late"):
        world.perform(examinations.answer, actor=stage.candidate(silent), application_id=one, text="已补")
    world.perform(examinations.refuse, actor=by, application_id=one, clause="四级/中级工（3）", reason="逾期未补正")
    assert {stage.state(one), stage.state(two)} == {"withdrawn"}
    assert [world.ask(queries.examination, a).clause for a in (one, two)] == ["四级/中级工（3）"] * 2
    world.holds()


def test_who_entered_it_and_who_is_of_another_body_examine_nothing(world: World) -> None:
    stage = examining(world)
    sitting = stage.open()
    stage.graduate()
    done = world.perform(applications.enlist, actor=stage.admin, sitting_id=sitting, kind="resident", number=stage.crowd[0].number)
    order = {"application_id": done.application_id}
    with world.refused("examination.own_hand"):
        world.perform(examinations.accept, actor=examiner(stage, "admin"), **order)
    other = world.actor("registration.examine", organisation=stage.organisation("social_body"))
    with pytest.raises(Forbidden):
        world.perform(examinations.accept, actor=other, **order)
    assert world.ask(queries.waiting, [stage.body], world.today) == (1, 0)
    stage.days(20)
    assert world.ask(queries.waiting, [stage.body], world.today) == (1, 1)
    with world.refused("sitting.examinations_open"):
        world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    world.perform(examinations.accept, actor=examiner(stage), **order)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    world.holds()


def test_where_policy_wants_none_nothing_waits_and_a_called_off_exam_lets_everybody_go(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    assert stage.state(stage.apply(stage.open(), stage.graduate())) == "eligible"
    lite.policy("registration.examine", {"wanted": True, "working_days": 5, "supplement_working_days": 3}, lite.today + timedelta(days=1))
    stage.days(1)
    sitting = stage.open(held_on=add_working_days(lite.today, 12))
    application = stage.apply(sitting, stage.graduate())
    lite.perform(plans.cancel, actor=stage.admin, sitting_id=sitting, reason="场地停电")
    assert stage.state(application) == "withdrawn"
    lite.holds()


def test_a_yes_rests_on_the_facts_of_its_day_and_what_was_written_goes_with_the_person(lite: World) -> None:
    stage = examining(lite)
    sitting = stage.open()
    person = stage.graduate()
    application = stage.apply(sitting, person)
    by = examiner(stage)
    lite.perform(examinations.supplement, actor=by, application_id=application, faults=FAULTS)
    lite.perform(examinations.answer, actor=stage.candidate(person), application_id=application, text="已补")
    mine = lite.actor("fact.add", account="p1", person=person)
    lite.perform(
        promise_level, actor=mine, occupation_code="4-04-05-01", level=2, number="2050001234500012", issued_on=lite.today.replace(year=2020),
        issuer="川西技能评价中心",
    )  # fmt: skip
    lite.perform(examinations.accept, actor=by, application_id=application)
    with lite.db() as db:
        assert len(db.get_one(Application, application).facts["levels"]) == 1
    lite.holds()
    lite.perform(_forgotten, person_id=person)
    with lite.db() as db:
        row = db.scalars(select(Examination)).one()
        assert (row.faults, row.answer, row.reason) == ([], "", "")
    assert len(lite.ask(passport, person)) == 2


def test_pages_of_both_sides_and_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = examining(world)
    sitting = stage.open()
    person, second = stage.graduate(), stage.graduate()
    application, other = stage.apply(sitting, person), stage.apply(sitting, second)
    body = visitors.come(acting(Role.BODY_ADMIN, "b1", organisation=stage.body))
    page = f"/ent/plans/{sitting}/examinations"
    assert page in text_of(body.get(f"/ent/plans/{sitting}"))
    shown = text_of(body.get(page))
    assert stage.crowd[0].name in shown
    assert KIND_WORDS["education"][0] in shown.partition("档案中的事实")[2][:200]
    assert "报名资格待审核" in text_of(body.get("/ent"))
    here = f"{page}/{application}"
    assert press(body, page, f"{here}/supplement", **{"fault-work": "缺少在岗证明"}).headers["Location"] == page
    mine = visitors.come(acting(Role.PERSON, "p", person=person))
    own = f"/me/applications/{application}"
    assert "缺少在岗证明" in text_of(mine.get(own))
    assert press(mine, own, f"{own}/supplement", text="已补在岗证明").headers["Location"] == own
    assert "已补在岗证明" in text_of(body.get(page))
    assert press(body, page, f"{here}/accept").headers["Location"] == page
    assert "审核通过" in text_of(mine.get(own))
    assert press(body, page, f"{page}/{other}/refuse", clause="", reason="").status_code == 422

    program = Program(visitors, Role.BODY_CLERK, "b2", organisation=stage.body)
    him = Program(visitors, Role.PERSON, "p2", person=second)
    assert [w["application_id"] for w in program.call("GET", f"/plans/{sitting}/examinations")] == [other]
    program.call("POST", f"/applications/{other}/supplement", {"faults": [{"subject": "weather", "text": "雨"}]}, expect=409)
    program.call("POST", f"/applications/{other}/supplement", {"faults": [{"subject": "photo", "text": "照片过期"}]})
    assert him.call("GET", f"/me/applications/{other}/examination")[0]["state"] == "supplement"
    him.call("POST", f"/me/applications/{other}/supplement", {"text": "已换照片"})
    refused = program.call("POST", f"/applications/{other}/refuse", {"clause": "四级/中级工（3）", "reason": "专业不相关"})
    assert refused["state"] == "refused"
    program.call("POST", f"/applications/{other}/accept", expect=409)
    world.holds()
