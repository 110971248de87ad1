"""The staff of an exam as people, and whom an examiner may not judge."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from skills.accounts.rules import Role
from skills.certification.actions import duties, plans
from skills.certification.actions.duties import Said
from skills.certification.models import DutyTie, SittingDuty
from skills.certification.queries import duties as queries
from skills.certification.queries import exams
from skills.certification.rules.duties import Candidate, Duty, Examiner, Stay, TieRules, at_once, free_of_ties, ties
from skills.kernel.actors import Actor
from skills.kernel.errors import Missing
from skills.messages.models import Message
from skills.records.rules import Training
from tests.certification.stage import JOB, STAFF, Stage
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(32)
DAY = date(2026, 3, 1)
RULES = TieRules(date(2024, 3, 1), date(2023, 3, 1), DAY)


def examiner(stage: Stage, name: str = STAFF[0]) -> Actor:
    return stage.world.actor("duty.see", account=stage.serving(name), organisation=stage.body)


def stay(body: str, since: date, until: date | None = None) -> Stay:
    return Stay(body, since, until)


@pytest.mark.parametrize(
    ("stays", "jobs", "trained", "rules", "found"),
    [
        ([stay("a", DAY)], [stay("a", DAY)], [], RULES, ("employer",)),
        ([stay("a", date(2020, 1, 1), date(2024, 3, 1))], [stay("a", date(2025, 1, 1))], [], RULES, ("employer",)),
        ([stay("a", date(2020, 1, 1), date(2024, 2, 29))], [stay("a", date(2025, 1, 1))], [], RULES, ()),
        ([stay("a", DAY)], [stay("b", DAY)], [], RULES, ()),
        ([stay("a", DAY)], [stay("a", DAY)], [("a", DAY)], TieRules(RULES.employer_since, RULES.teacher_since, DAY, "a"), ()),
        ([stay("a", date(2020, 1, 1))], [], [("a", date(2023, 3, 1))], RULES, ("teacher",)),
        ([stay("a", date(2020, 1, 1))], [], [("a", date(2023, 2, 28))], RULES, ()),
        ([stay("a", date(2020, 1, 1), date(2023, 2, 28))], [], [("a", date(2024, 1, 1))], RULES, ()),
    ],
)
def test_to_the_day(
    stays: list[Stay], jobs: list[Stay], trained: list[tuple[str, date]], rules: TieRules, found: tuple[str, ...]
) -> None:
    one = Candidate("x", "考生", "p", tuple(jobs), tuple(trained))
    assert ties(Examiner("e", "考评", None, tuple(stays)), one, (), rules) == found
    assert ties(Examiner("e", "考评", "p", ()), one, ("kin",), rules) == ("kin", "self")
    verdict = free_of_ties([Examiner("e", "考评", None, tuple(stays))], [one], {}, rules)
    assert [(f.code, dict(f.facts)) for f in verdict.findings] == [(f"duty.tie_{k}", {"examiner": "考评", "candidate": "考生"}) for k in found]


def test_duties_that_stay_apart() -> None:
    assert at_once({Duty.EXAMINER: "abc", Duty.INVIGILATOR: "ad", Duty.SUPERVISOR: "b", Duty.SETTER: "dz"}) == ("a", "b", "d")
    assert at_once({Duty.INVIGILATOR: "a", Duty.SUPERVISOR: "a", Duty.SETTER: "z"}) == ()


def test_superior_teacher_and_declared_kin_are_refused_and_two_is_no_panel(world: World) -> None:
    stage = Stage(world)
    stage.file()
    school = stage.organisation("institution")
    for panel in (STAFF[:2], (*STAFF, "考评丁")):  # two is no panel, and four has no majority
        order = stage.order(examiners=panel)
        made = world.perform(plans.plan, actor=stage.admin, organisation_id=stage.body, order=order)
        with world.refused("plan.incomplete") as held:
            world.perform(plans.file, actor=stage.admin, sitting_id=made.sitting_id)
        assert [(f.code, f.facts["count"]) for f in held[0].findings if not f.met] == [("plan.examiners", len(panel))]
    colleague, pupil, other = stage.graduate(stage.employed()), stage.graduate(trained_at(stage, school)), stage.graduate()
    sitting = stage.open(setters=("命题甲",))
    applications = [stage.apply(sitting, who) for who in (colleague, pupil, other)]
    with world.db() as db:
        told = {m.account_id for m in db.scalars(select(Message).where(Message.code == "duty.named"))}
    assert {stage.serving(name) for name in (*STAFF, "监考甲", "督导甲", "命题甲")} <= told
    teach(stage, school)
    world.perform(duties.declare, actor=examiner(stage, STAFF[1]), sitting_id=sitting, ties=(Said(applications[2], "superior"),))
    world.perform(duties.declare, actor=examiner(stage, STAFF[2]), sitting_id=sitting, ties=(Said(applications[2], "kin"),))
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    with world.refused("duty.ties") as held:
        world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    names = {a: world.ask(exams.exams_of, [a])[0][0] for a in applications}
    assert len(names) == 3
    found = {(f.code.removeprefix("duty.tie_"), f.facts["examiner"]) for f in held[0].findings}
    assert found == {("superior", STAFF[1]), ("kin", STAFF[2]), ("teacher", STAFF[0]), *(("employer", one) for one in STAFF)}
    assert all(set(f.facts) == {"examiner", "candidate"} for f in held[0].findings)  # nothing of which employer or kin
    world.holds()


def trained_at(stage: Stage, school: str) -> Any:
    return Training(JOB, None, 40, stage.world.today - timedelta(days=200), "", school, False)


def teach(stage: Stage, school: str) -> None:
    """The first examiner is on the school's staff too."""
    from skills.accounts.actions import give_role

    stage.world.perform(give_role, account_id=stage.serving(STAFF[0]), role=Role.INSTITUTION_CLERK, organisation_id=school)


def test_another_examiner_makes_it_a_yes_and_who_comes_late_asks_again(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open(capacity=2)
    first = stage.apply(sitting, stage.graduate())
    me = examiner(stage)
    world.perform(duties.declare, actor=me, sitting_id=sitting, ties=(Said(first, "kin"),))
    world.perform(duties.declare, actor=me, sitting_id=sitting, ties=())  # a slip of the pen taken back
    assert world.ask(queries.duties_of, sitting)[0].uncovered == 0
    world.clock.forward(minutes=1)
    second = stage.apply(sitting, stage.graduate())
    held = world.ask(queries.duties_of, sitting)[0]
    assert (held.account_id, held.uncovered) == (me.account, 1)
    assert world.ask(queries.undeclared, sitting) == list(STAFF)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    world.perform(duties.declare, actor=me, sitting_id=sitting, ties=(Said(second, "teacher"),))
    with world.refused("duty.ties"):
        world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    for account, code in ((stage.serving("监考甲"), "duty.not_here"), (stage.serving(STAFF[1]), "duty.twice"), ("nobody", "duty.not_here")):
        with world.refused(code):
            world.perform(
                duties.replace, actor=stage.admin, sitting_id=sitting, duty_id=held.id, account_id=account, reason="回避"
            )
    done = world.perform(
        duties.replace, actor=stage.admin, sitting_id=sitting, duty_id=held.id, account_id=stage.serving("考评丁"), reason="回避"
    )
    world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    with world.db() as db:
        assert db.get_one(SittingDuty, held.id).ended_why == "回避"
        assert db.get_one(SittingDuty, done.duty_id).account_id == stage.serving("考评丁")
        codes = {(m.code, m.account_id) for m in db.scalars(select(Message).where(Message.account_id.is_not(None)))}
    assert {("duty.replaced", me.account), ("duty.named", stage.serving("考评丁")), ("duty.declare", me.account)} <= codes
    with pytest.raises(Missing):  # who serves no more is asked no more
        world.perform(duties.declare, actor=me, sitting_id=sitting, ties=())
    world.holds()
    with world.engine.begin() as connection:
        connection.execute(update(SittingDuty).where(SittingDuty.id == done.duty_id).values(ended_at=world.clock.now()))
        connection.execute(update(DutyTie).values(kind="friend"))
    broken = world.violations()["certification.duties"]
    assert [line.split(": ")[1].split(",")[0] for line in broken] == ["a panel of 2", "friend", "friend"]


def test_where_policy_wants_declarations_first_nobody_is_seated_without(lite: World) -> None:
    stage = Stage(lite)
    lite.policy("duty.declaration", "seat", lite.today + timedelta(days=1))
    stage.file()
    sitting = stage.open(capacity=1)
    stage.apply(sitting, stage.graduate())
    stage.days(1)
    lite.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    for name in STAFF:
        with lite.refused("duty.undeclared"):
            lite.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
        lite.perform(duties.declare, actor=examiner(stage, name), sitting_id=sitting, ties=())
    lite.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    lite.holds()


def test_an_employers_examiners_judge_its_own_people_but_not_a_school_its_pupils(lite: World) -> None:
    stage = Stage(lite, "enterprise")
    stage.file()
    sitting = stage.open()
    stage.apply(sitting, stage.graduate(stage.employed()))
    assert lite.ask(queries.free_of, sitting, lite.today)
    stage.hold(sitting)
    lite.holds()


def test_the_pages_name_declare_and_replace(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    stage.file()
    sitting = stage.open(capacity=1)
    application = stage.apply(sitting, stage.graduate())
    name = visitors.world.ask(exams.candidates, visitors.world.ask(exams.sitting, sitting))[0].name
    me = visitors.come(acting(Role.EXAMINER, stage.serving(STAFF[0]), organisation=stage.body))
    assert "我的考务" in text_of(me.get("/exam/duties"))
    page = f"/exam/duties/{sitting}"
    assert name in text_of(me.get(page))
    assert press(me, page, page, **{f"tie-{application}": "kin"}).status_code == 303
    clerk = visitors.come(acting(Role.BODY_CLERK, "clerk", organisation=stage.body))
    staff = f"/ent/plans/{sitting}/staff"
    shown = text_of(clerk.get(staff))
    assert f"考评人员 {STAFF[0]} 声明是考生 {name} 的亲属" in shown
    duty = next(d for d in visitors.world.ask(queries.duties_of, sitting) if d.name == STAFF[0])
    other = stage.serving("考评丁")
    head = clerk.get(staff).get_data(as_text=True)
    order = {"csrf_token": hidden(head, "csrf_token"), f"d{duty.id}-key": hidden(head, f"d{duty.id}-key"), f"d{duty.id}-account_id": other}
    assert clerk.post(f"{staff}/{duty.id}", data=order).status_code == 422
    assert clerk.post(f"{staff}/{duty.id}", data={**order, f"d{duty.id}-reason": "回避"}).status_code == 303
    assert "没有发现须回避" in text_of(clerk.get(staff))
    stranger = visitors.come(acting(Role.EXAMINER, stage.serving("考评戊"), organisation=stage.body))
    assert stranger.get(page).status_code == 404
    assert "考评丁" in text_of(clerk.get(f"/ent/plans/{sitting}"))
    assert [d["name"] for d in clerk.get(f"/api/v1/plans/{sitting}/duties").get_json()][:3] != []
    assert clerk.get(f"/api/v1/plans/{sitting}/ties").get_json()["yes"]
    visitors.world.holds()
