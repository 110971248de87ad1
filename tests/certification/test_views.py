"""The pages of certification: the whole way to a certificate, each step by the person who does it in life."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from skills.accounts.rules import Role
from skills.certification.queries import exams
from skills.certification.queries import filings as filing_queries
from skills.certification.rules.duties import Duty
from skills.kernel.box import Box
from skills.people.queries import masked_document
from skills.records.rules import Placing
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level
from tests.certification.stage import JOB, STAFF, Stage
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting

__all__ = ["visitors"]
SERVE = {Duty.EXAMINER: STAFF, Duty.INVIGILATOR: ("监考甲", "监考乙"), Duty.SUPERVISOR: ("督导甲",)}


@pytest.fixture
def stage(visitors: Visitors) -> Stage:
    return Stage(visitors.world)


def plan_form(stage: Stage, **change: Any) -> dict[str, Any]:
    day = stage.world.today
    serve = {f"{duty}s": [stage.serving(name, duty) for name in names] for duty, names in SERVE.items()}
    return {
        "pair": f"{JOB}|", "level": str(int(Level.L4)), "site": "两江新区星光大道1号", "registration_from": day.isoformat(),
        "registration_to": (day + timedelta(days=5)).isoformat(), "held_on": add_working_days(day, 10).isoformat(),
        "capacity": "30", "fee": "200", **serve, "rooms": "第1考场 6×5", "papers": "2", "theory_at": "09:00", "theory_for": "90",
        "practical_at": "10:50", "practical_for": "60", **change,
    }  # fmt: skip


def step(client: FlaskClient, page: str, name: str) -> None:
    answer = press(client, page, f"{page}/{name}")
    assert answer.status_code == 303, answer.get_data(as_text=True)


def ids_of(page: str) -> list[str]:
    return re.findall(r'name="mark-([0-9A-Za-z]+)"', page)


def staff(visitors: Visitors, stage: Stage) -> tuple[FlaskClient, ...]:
    """Administrator, clerk, examiner and checker of the body, each with a fresh browser."""
    roles = (Role.BODY_ADMIN, Role.BODY_CLERK, Role.EXAMINER, Role.BODY_CHECKER)
    return tuple(visitors.come(acting(role, f"b-{role}", organisation=stage.body)) for role in roles)


@pytest.mark.row(24)
@pytest.mark.row(31)
def test_from_filing_to_certificate_by_pages(visitors: Visitors, stage: Stage) -> None:
    world = visitors.world
    admin, clerk, examiner, checker = staff(visitors, stage)
    gov = visitors.come(acting(Role.GOV_CLERK, "g-clerk"))
    scope = {"pair": f"{JOB}|", "levels": [str(int(Level.L4)), str(int(Level.L3))], "contact": "王工"}
    assert press(admin, "/ent/filing", "/ent/filing", **scope).status_code == 303
    assert press(admin, "/ent/filing", "/ent/filing/submit").status_code == 303
    filing = world.ask(filing_queries.live_of, stage.body)
    page = f"/gov/filings/{filing.id}"
    assert press(gov, page, f"{page}/accept").status_code == 303
    number = world.ask(filing_queries.live_of, stage.body).number
    assert number in text_of(world.client().get("/filings"))
    assert number in text_of(world.client().get(f"/filings/{number}"))

    made = press(clerk, "/ent/plans/new", "/ent/plans/new", **plan_form(stage))
    assert made.status_code == 303
    plan = made.headers["Location"]
    sitting = plan.rsplit("/", 1)[1]
    step(clerk, plan, "file")
    step(clerk, plan, "open")

    good, bad = stage.graduate(), stage.person()
    learner = visitors.come(acting(Role.PERSON, "p-good", person=good))
    other = visitors.come(acting(Role.PERSON, "p-bad", person=bad))
    assert sitting in text_of(learner.get("/me/exams"))
    mine = f"/me/exams/{sitting}"
    assert "您符合申报条件" in text_of(learner.get(mine))
    told = text_of(other.get(mine))
    assert "现在还不能申报" in told
    assert f"{mine}/apply" not in told
    assert press(learner, mine, f"{mine}/apply").status_code == 303

    world.clock.forward(days=6)  # sessions end meanwhile: everybody signs in again
    admin, clerk, examiner, checker = staff(visitors, stage)
    learner = visitors.come(acting(Role.PERSON, "p-good", person=good))
    step(clerk, plan, "close")
    step(clerk, plan, "seat")
    assert "准考证号" in text_of(learner.get(world_application(visitors, good)))
    world.clock.forward(days=20)
    admin, clerk, examiner, checker = staff(visitors, stage)
    learner = visitors.come(acting(Role.PERSON, "p-good", person=good))
    stage.record(sitting)
    step(clerk, plan, "hold")

    for section in ("theory", "practical"):
        sheet = f"/exam/scores/{sitting}/{section}"
        for typist in (clerk, examiner):
            shown = text_of(typist.get(sheet))
            (application,) = ids_of(shown)
            assert 'value="88.5"' not in shown, "nobody sees what another has typed"
            assert press(typist, sheet, sheet, **{f"mark-{application}": "101"}).status_code == 422
            assert press(typist, sheet, sheet, **{f"mark-{application}": "88.5"}).status_code == 303
    step(checker, plan, "sign")
    step(admin, plan, "countersign")
    assert "88.5" in text_of(learner.get(world_application(visitors, good)))
    world.clock.forward(days=10)
    admin, *_ = staff(visitors, stage)
    step(admin, plan, "review")
    step(admin, plan, "notice")
    notices = text_of(world.client().get("/notices"))
    assert world.ask(masked_document, world.tool(Box), good)[1] in notices
    assert press(admin, plan, f"{plan}/conclude").status_code == 409, "the notice is still running"
    world.clock.forward(days=10)
    admin, *_ = staff(visitors, stage)
    step(admin, plan, "conclude")
    world.run_jobs()
    learner = visitors.come(acting(Role.PERSON, "p-good", person=good))
    certificate = world.ask(exams.my_exams, good)[0].number
    assert len(certificate) == 22
    assert certificate in text_of(learner.get(world_application(visitors, good)))
    assert certificate in text_of(admin.get(plan))
    world.holds()


def world_application(visitors: Visitors, person: str) -> str:
    return f"/me/applications/{visitors.world.ask(exams.my_exams, person)[0].id}"


@pytest.mark.parametrize(
    ("change", "status"),
    [({"level": str(int(Level.L1))}, 422), ({"pair": "4-04-05-05|"}, 422), ({"capacity": ""}, 422), ({"fee": "-1"}, 422)],
)
def test_a_plan_outside_the_filed_scope_cannot_be_chosen(
    visitors: Visitors, stage: Stage, change: dict[str, str], status: int
) -> None:
    stage.file(Level.L4)
    clerk = visitors.come(acting(Role.BODY_CLERK, "c", organisation=stage.body))
    assert press(clerk, "/ent/plans/new", "/ent/plans/new", **plan_form(stage, **change)).status_code == status
    assert visitors.world.ask(exams.of_bodies, None) == []
    visitors.world.holds()


def test_without_a_filing_there_is_no_plan_and_the_refusal_says_what_to_do(visitors: Visitors, stage: Stage) -> None:
    clerk = visitors.come(acting(Role.BODY_CLERK, "c", organisation=stage.body))
    told = clerk.get("/ent/plans/new")
    assert told.status_code == 409
    assert "备案" in told.get_data(as_text=True)
    clerk.set_cookie("lang", "en", domain="localhost")
    assert "filing" in clerk.get("/ent/plans/new").get_data(as_text=True).lower()


@pytest.mark.row(23)
def test_an_incomplete_plan_is_kept_and_says_what_it_lacks(visitors: Visitors, stage: Stage) -> None:
    stage.file()
    clerk = visitors.come(acting(Role.BODY_CLERK, "c", organisation=stage.body))
    made = press(clerk, "/ent/plans/new", "/ent/plans/new", **plan_form(stage, examiners=stage.serving("考评甲"), held_on=""))
    plan = made.headers["Location"]
    shown = text_of(clerk.get(plan))
    assert "报备前还缺" in shown
    assert f"{plan}/file" not in shown
    changed = press(clerk, f"{plan}/edit", f"{plan}/edit", **plan_form(stage))
    assert changed.status_code == 303
    assert f"{plan}/file" in text_of(clerk.get(plan))
    reason = press(clerk, plan, f"{plan}/cancel", reason="考点停电")
    assert reason.status_code == 303
    visitors.world.holds()


def test_a_body_registers_several_and_each_is_answered_alone(visitors: Visitors, stage: Stage) -> None:
    stage.file()
    sitting = stage.open()
    good, bad = stage.graduate(), stage.person()
    numbers = [p.number for p in stage.crowd[:2]]
    clerk = visitors.come(acting(Role.BODY_CLERK, "c", organisation=stage.body))
    plan = f"/ent/plans/{sitting}"
    told = press(
        clerk, plan, f"{plan}/candidates", kind="resident", numbers="\n".join([*numbers, "11010119900307123X"])
    )
    page = told.get_data(as_text=True)
    assert told.status_code == 422
    assert numbers[1] in page
    assert "已报名 1 人" in page
    assert [c.person_id for c in visitors.world.ask(exams.candidates, visitors.world.ask(exams.sitting, sitting))] == [good]
    assert bad
    visitors.world.holds()


@pytest.mark.row(33)
def test_an_objection_by_anybody_holds_the_certificate_until_it_is_decided(visitors: Visitors, stage: Stage) -> None:
    world = visitors.world
    stage.file()
    sitting = stage.open()
    person = stage.graduate()
    application = stage.apply(sitting, person)
    stage.hold(sitting)
    stage.score(sitting, {application: ("70", "80")})
    stage.notice(sitting)
    visitor = world.client()
    page = f"/notices/{application}/objection"
    assert page in text_of(visitor.get("/notices"))
    assert press(visitor, page, page, name="", contact="1", text="x").status_code == 422
    told = press(visitor, page, page, name="李四", contact="13800000000", text="他不在本市工作")
    assert "异议已受理" in text_of(told)
    gov = visitors.come(acting(Role.GOV_CLERK, "g"))
    waiting = text_of(gov.get("/gov/objections"))
    assert "13800000000" in waiting
    decide = re.search(r'action="(/gov/objections/[^"]+)"', waiting)
    assert decide
    assert press(gov, "/gov/objections", decide[1], reason="经查不属实", found="dismissed").status_code == 303
    stage.conclude(sitting)
    assert world.ask(exams.my_exams, person)[0].number
    world.holds()


@pytest.mark.row(50)
def test_a_promotion_by_pages_needs_two_hands(visitors: Visitors, stage: Stage) -> None:
    world = visitors.world
    filing = stage.file(Level.L3)
    won = Placing("软件大赛", "city", JOB, 1, 20, Level.L4, world.today, False)
    person = stage.person(won)
    learner = visitors.come(acting(Role.PERSON, "p", person=person))
    page = text_of(learner.get("/me/promotions"))
    source = hidden(page, "source")
    assert press(learner, "/me/promotions", "/me/promotions", source=source).status_code == 303
    clerk, checker = visitors.come(acting(Role.GOV_CLERK, "g1")), visitors.come(acting(Role.GOV_CHECKER, "g2"))
    shown = text_of(clerk.get("/gov/promotions"))
    examine = re.search(r'action="(/gov/promotions/[^"]+/examine)"', shown)
    assert examine
    assert press(clerk, "/gov/promotions", examine[1], filing_id=filing).status_code == 303
    assert "/grant" not in text_of(clerk.get("/gov/promotions"))
    grant = examine[1].replace("/examine", "/grant")
    assert press(checker, "/gov/promotions", grant).status_code == 303
    world.run_jobs()
    assert "证书编号" in text_of(learner.get("/me/promotions"))
    world.holds(without=("competitions",))


@pytest.mark.parametrize(
    "path",
    ["/ent/filing", "/ent/plans", "/exam/scores", "/gov/filings", "/gov/plans", "/gov/objections", "/gov/promotions",
     "/me/exams", "/me/promotions"],
)  # fmt: skip
def test_nobody_sees_anothers_desk(visitors: Visitors, path: str) -> None:
    assert visitors.world.client().get(path).status_code == 303
    stranger = visitors.come(acting(Role.AUDITOR, "x"))
    assert stranger.get(path).status_code == 403


def test_what_is_foreign_or_unknown_does_not_exist(visitors: Visitors, stage: Stage) -> None:
    stage.file()
    sitting = stage.open()
    other = stage.organisation("enterprise")
    stranger = visitors.come(acting(Role.BODY_ADMIN, "s", organisation=other))
    for path in (f"/ent/plans/{sitting}", f"/ent/plans/{sitting}/edit", "/ent/plans/nothing"):
        assert stranger.get(path).status_code == 404, path
    person: Any = visitors.come(acting(Role.PERSON, "p", person=stage.person()))
    for path in ("/me/exams/nothing", "/me/applications/nothing", "/filings/S0000", "/notices/nothing/objection"):
        assert person.get(path).status_code == 404, path


def test_days_on_the_pages_are_those_of_the_policy(visitors: Visitors) -> None:
    world = visitors.world
    world.policy("notice.working_days", 7, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    assert "发证前公示 7 个工作日" in text_of(world.client().get("/notices"))
    stage = Stage(world)
    body = visitors.come(acting(Role.BODY_ADMIN, "b", organisation=stage.body))
    assert "考试前至少 5 个工作日报备" in text_of(body.get("/ent/plans"))
    world.holds()
