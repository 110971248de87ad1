"""违纪: heard before it is decided, decided by another, and only the one person waits."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from skills.accounts.rules import Role
from skills.certification.actions import corrections, incidents, plans
from skills.certification.models import Application, Award, Incident
from skills.certification.queries import exams
from skills.certification.queries import incidents as queries
from skills.certification.queries.carried import kept_for
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from tests.certification.stage import Stage
from tests.certification.test_room_record import on_the_day
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.journeys.test_api import Program
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
SEEN = "开考后从衣袋取出手机查看"


def noted(stage: Stage, sitting: str, ticket: str, code: str = "copy", section: str = "theory") -> str:
    """Raised by an invigilator; the incident's id."""
    who = stage.staff("incident.raise", "incident.decide", account="watch-1")
    done = stage.world.perform(
        incidents.raise_incident, actor=who, sitting_id=sitting, ticket=ticket, section=section, code=code, text=SEEN
    )
    return str(done.incident_id)


def held(stage: Stage, sitting: str) -> None:
    stage.record(sitting)
    stage.world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)


def answer(stage: Stage, application: str, incident: str) -> None:
    with stage.world.db() as db:
        person = db.get_one(Application, application).person_id
    stage.world.perform(incidents.answer, actor=stage.candidate(person), incident_id=incident, text="手机是看时间")


def decide(stage: Stage, incident: str, found: bool, account: str = "decider") -> object:
    who = stage.staff("incident.decide", account=account)
    return stage.world.perform(incidents.decide, actor=who, incident_id=incident, found=found, reason="看过监控")


def numbers(world: World) -> int:
    with world.db() as db:
        return db.scalar(select(func.count()).select_from(Award)) or 0


@pytest.mark.row(29)
def test_somebody_is_heard_before_a_void_and_only_that_person_waits(world: World) -> None:
    stage = Stage(world)
    sitting, made, tickets = on_the_day(stage, 3)
    whole, part = noted(stage, sitting, tickets[0]), noted(stage, sitting, tickets[1], "bell", "practical")
    with world.refused("incident.already"):
        noted(stage, sitting, tickets[0])
    with world.refused("incident.code_unknown"):
        noted(stage, sitting, tickets[0], "looks")
    with world.refused("incident.not_yet") as refusals:
        decide(stage, whole, True)
    assert [f.code for f in refusals[0].findings if not f.met] == ["incident.heard"]
    with world.db() as db:
        row, other = db.get_one(Incident, whole), db.get_one(Application, made[1]).person_id
        assert SEEN.encode() not in (row.text or b"")
        assert queries.of_candidate(db, world.tool(Box), made[0])[0].text == SEEN
    with pytest.raises(Missing, match=r"incident\.unknown"):
        world.perform(incidents.answer, actor=stage.candidate(other), incident_id=whole, text="不是我")
    answer(stage, made[0], whole)
    with world.refused("incident.not_held"):
        decide(stage, whole, True)
    held(stage, sitting)
    stage.score(sitting, dict.fromkeys(made, ("80", "80")))
    assert [stage.state(one) for one in made] == ["passed"] * 3
    stage.notice(sitting)
    with world.db() as db:
        [notice] = exams.notices(db, world.tool(Box), world.today)
        assert [one for one, _, _ in notice.names] == [made[2]], "who is not decided stands on no notice"
    done = stage.conclude(sitting)
    assert (done.awarding, done.held, numbers(world)) == (1, 2, 1)
    world.holds()
    decide(stage, whole, True)
    decide(stage, part, True)  # the days to answer are over
    assert [stage.state(one) for one in made] == ["void", "incomplete", "passed"]
    stage.days(10)
    world.run_jobs()
    assert numbers(world) == 1
    with world.refused("incident.cannot_drop"):
        decide(stage, whole, False)
    again = stage.open()
    with world.db() as db:
        people = [db.get_one(Application, one).person_id for one in made[:2]]
    assert [one.section for one in world.ask(kept_for, again, people[1])] == ["theory"]
    assert world.ask(kept_for, again, people[0]) == ()
    world.holds()


def test_who_raised_does_not_decide(world: World) -> None:
    stage = Stage(world)
    sitting, made, tickets = on_the_day(stage, 2)
    first, second = noted(stage, sitting, tickets[0]), noted(stage, sitting, tickets[1], "bell")
    for application, incident in zip(made, (first, second), strict=True):
        answer(stage, application, incident)
    held(stage, sitting)
    with world.refused("incident.not_yet") as refusals:
        decide(stage, first, True, account="watch-1")
    assert [f.code for f in refusals[0].findings if not f.met] == ["incident.second_person"]
    decide(stage, first, True)
    decide(stage, second, True)
    assert [stage.state(one) for one in made] == ["void", "examined"]
    stage.score(sitting, {made[1]: ("80", "80")})  # who is void has no scores to type
    assert stage.state(made[1]) == "incomplete", "the void section does not count, whatever was typed"
    with world.refused("incident.not_today"):
        noted(stage, sitting, tickets[1])
    world.holds()


def test_a_dropped_one_goes_on(world: World) -> None:
    stage = Stage(world)
    sitting, made, tickets = on_the_day(stage, 2)
    incident = noted(stage, sitting, tickets[0])
    answer(stage, made[0], incident)
    held(stage, sitting)
    stage.score(sitting, dict.fromkeys(made, ("80", "80")))
    stage.notice(sitting)
    stage.conclude(sitting)
    assert numbers(world) == 1
    decide(stage, incident, False)
    with world.db() as db:
        own = [n for n in exams.notices(db, world.tool(Box), world.today) if n.running]
        assert [[one for one, _, _ in n.names] for n in own] == [[made[0]]], "a notice of its own"
    world.run_jobs()
    assert numbers(world) == 1
    stage.days(12)
    world.run_jobs()
    assert numbers(world) == 2
    world.holds()


def test_a_dropped_one_has_its_own_notice_also_while_a_correction_waits(lite: World) -> None:
    stage = Stage(lite)
    sitting, made, tickets = on_the_day(stage, 2)
    incident = noted(stage, sitting, tickets[0])
    answer(stage, made[0], incident)
    held(stage, sitting)
    stage.score(sitting, dict.fromkeys(made, ("80", "80")))
    stage.notice(sitting)
    stage.conclude(sitting)
    hands = [stage.staff("score.correct", account=account) for account in ("fifth", "sixth")]
    made_of = lite.perform(
        corrections.propose, actor=hands[0], application_id=made[0], section="theory", text="81", reason="第3题漏计分"
    )
    decide(stage, incident, False)
    lite.perform(corrections.decide, actor=hands[1], correction_id=made_of.correction_id, approved=False, reason="核对无误")
    lite.run_jobs()
    assert numbers(lite) == 1, "on notice like everybody"
    stage.days(12)
    lite.run_jobs()
    assert numbers(lite) == 2
    lite.holds()


def test_noted_answered_and_decided_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    sitting, made, tickets = on_the_day(stage, 2)
    with world.db() as db:
        people = [db.get_one(Application, one).person_id for one in made]
    room = visitors.come(acting(Role.INVIGILATOR, "w1", organisation=stage.body))
    page = f"/ent/plans/{sitting}/incidents"
    assert page in text_of(room.get(f"/ent/plans/{sitting}/door/{tickets[0]}"))
    sent = press(room, f"{page}?ticket={tickets[0]}", page, ticket=tickets[0], section="theory", code="copy", text=SEEN)
    assert sent.status_code == 303
    mine = visitors.come(acting(Role.PERSON, "p", person=people[0]))
    own = f"/me/applications/{made[0]}"
    assert SEEN in text_of(mine.get(own))
    with world.db() as db:
        incident = db.scalar(select(Incident.id))
    assert press(mine, own, f"{own}/incidents/{incident}", text="手机是看时间").status_code == 303
    program = Program(visitors, Role.INVIGILATOR, "w2", organisation=stage.body)
    done = program.call("POST", f"/plans/{sitting}/incidents", {"ticket": tickets[1], "section": "theory", "code": "bell", "text": SEEN})
    held(stage, sitting)
    body = visitors.come(acting(Role.BODY_CHECKER, "b1", organisation=stage.body))
    desk = f"/ent/plans/{sitting}/misconduct"
    assert desk in text_of(body.get(f"/ent/plans/{sitting}"))
    assert "考试违纪待决定" in text_of(body.get("/ent"))
    assert "手机是看时间" in text_of(body.get(desk))
    assert press(body, desk, f"{desk}/{incident}", reason="看过监控", found="void").status_code == 303
    assert stage.state(made[0]) == "void"
    him, office = Program(visitors, Role.PERSON, "p2", person=people[1]), Program(visitors, Role.BODY_ADMIN, "b2", organisation=stage.body)
    him.call("POST", f"/me/incidents/{done['incident_id']}/answer", {"text": "铃声后只写完一个字"})
    assert him.call("GET", f"/me/applications/{made[1]}/incidents")[0]["state"] == "answered"
    assert office.call("GET", f"/plans/{sitting}/incidents")[0]["raiser"] is not None
    assert office.call("POST", f"/incidents/{done['incident_id']}/decide", {"found": False, "reason": "可以理解"})["state"] == "dropped"
    world.holds()
