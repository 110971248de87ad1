"""From filing to certificate, through the office, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from skills.certification.actions import (
    applications,
    awards,
    employments,
    filings,
    objections,
    plans,
    promotions,
    scores,
)
from skills.certification.models import Application, Award, Filing, Objection, ScoreEntry, Sitting
from skills.certification.rules.filings import ScopeItem
from skills.credentials import queries as credentials
from skills.kernel.acts import Act, action
from skills.kernel.errors import Forbidden
from skills.kernel.jobs import Job
from skills.people.queries import person
from skills.records.actions import withdraw
from skills.records.queries import facts
from skills.records.rules import Placing, Work
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.objectors import named_after
from tests.world import World


def certificate_numbers(world: World) -> list[str]:
    with world.db() as db:
        return sorted(number for number, _ in credentials.numbers(db, "level"))


def row_of(world: World, model: Any, **by: Any) -> Any:
    with world.db() as db:
        return db.scalars(select(model).filter_by(**by)).one()


@pytest.mark.row(36)
def test_an_exam_from_plan_to_certificate(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    passing, failing, away = (stage.apply(sitting, stage.graduate()) for _ in range(3))
    stage.hold(sitting)
    stage.score(sitting, {passing: ("60", "60"), failing: ("100", "59.5"), away: ("90", "缺考")})
    assert [stage.state(a) for a in (passing, failing, away)] == ["passed", "failed", "incomplete"]
    stage.notice(sitting)
    world.holds()
    done = stage.conclude(sitting)
    assert (done.awarding, done.held) == (1, 0)
    [number] = certificate_numbers(world)
    body = row_of(world, Filing)
    assert number == f"{body.number}{world.today:%y}4000001"
    application = row_of(world, Application, id=passing)
    with world.db() as db:
        held = facts(db, application.person_id, date(2000, 1, 1)).levels
    assert [(x.occupation, x.level, x.number) for x in held] == [(JOB, Level.L4, number)]
    assert application.condition == "eligibility.2023.L4_3"
    assert application.facts["educations"][0]["school"] == "巴渝学院"
    assert len(application.verdict["findings"]) == 4
    world.holds()


@pytest.mark.row(37)
def test_an_employer_files_on_a_promise_and_is_inspected(world: World) -> None:
    stage = Stage(world, "enterprise")
    made = world.perform(
        filings.draft, actor=stage.admin, organisation_id=stage.body, scope=stage.scope(), contact="王工"
    )
    with world.refused("filing.promise_needed"):
        world.perform(filings.commit, actor=stage.admin, filing_id=made.filing_id, promised=False)
    done = world.perform(filings.commit, actor=stage.admin, filing_id=made.filing_id, promised=True)
    assert (done.state, done.number) == ("on_commitment", "Y000050000001")
    row = row_of(world, Filing)
    assert row.filed_on == world.today
    assert row.valid_to == world.today.replace(year=world.today.year + 3) - timedelta(days=1)
    stage.open()  # works from the first day
    world.perform(filings.inspect, actor=stage.inspector, filing_id=row.id, found_true=True, finding="现场属实")
    assert row_of(world, Filing).state == "filed"
    world.holds()


def test_a_false_promise_ends_the_filing_and_bars_the_next(world: World) -> None:
    stage = Stage(world, "enterprise")
    order: dict[str, Any] = {"organisation_id": stage.body, "scope": stage.scope(), "contact": "王工"}
    first = world.perform(filings.draft, actor=stage.admin, **order)
    world.perform(filings.commit, actor=stage.admin, filing_id=first.filing_id, promised=True)
    sitting = stage.open()
    world.perform(
        filings.inspect, actor=stage.inspector, filing_id=first.filing_id, found_true=False, finding="没有场地"
    )
    person_id = stage.graduate(stage.employed())
    second = world.perform(filings.draft, actor=stage.admin, **order)
    with world.refused("filing.promise_refused") as held:
        world.perform(filings.commit, actor=stage.admin, filing_id=second.filing_id, promised=True)
    assert [f.code for f in held[0].findings if not f.met] == ["filing.promise_barred"]
    application = stage.apply(sitting, person_id)
    assert stage.state(application) == "eligible"  # registered, but the exam itself cannot take place
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    stage.days(20)
    with world.refused("filing.outside_scope"):
        world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    world.perform(filings.submit, actor=stage.admin, filing_id=second.filing_id)
    done = world.perform(filings.accept, actor=stage.clerk, filing_id=second.filing_id)
    assert done.number == "Y000050000002"  # the number of the ended filing is not used again
    world.holds()


def test_a_social_body_cannot_promise_and_nobody_decides_their_own(world: World) -> None:
    stage = Stage(world)
    made = world.perform(
        filings.draft, actor=stage.admin, organisation_id=stage.body, scope=stage.scope(), contact="王工"
    )
    with world.refused("filing.promise_refused"):
        world.perform(filings.commit, actor=stage.admin, filing_id=made.filing_id, promised=True)
    world.perform(filings.submit, actor=stage.admin, filing_id=made.filing_id)
    both = world.actor("filing.decide", account="admin")
    with world.refused("filing.own_work"):
        world.perform(filings.accept, actor=both, filing_id=made.filing_id)
    with world.refused("certification.reason_needed"):
        world.perform(filings.send_back, actor=stage.clerk, filing_id=made.filing_id, reason=" ")
    world.perform(filings.send_back, actor=stage.clerk, filing_id=made.filing_id, reason="补充场地证明")
    world.perform(filings.submit, actor=stage.admin, filing_id=made.filing_id)
    done = world.perform(filings.accept, actor=stage.clerk, filing_id=made.filing_id)
    assert done.number == "S000050000001"
    world.holds()


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (ScopeItem("4-04-05-01 ", "", Level.L4), "filing.scope_occupation"),
        (ScopeItem("2-02-10-03", "", Level.L4), "filing.scope_not_skill"),
        (ScopeItem(JOB, "没有这个工种", Level.L4), "filing.scope_branch"),
        (ScopeItem(JOB, "", Level.SPECIAL), "filing.scope_above_l1"),
        (ScopeItem(JOB, "", Level.APPRENTICE), "filing.scope_apprentice"),
    ],
)
def test_a_scope_outside_the_rules_is_refused_by_name(lite: World, item: ScopeItem, code: str) -> None:
    stage = Stage(lite)
    with lite.refused("filing.scope_refused") as held:
        lite.perform(filings.draft, actor=stage.admin, organisation_id=stage.body, scope=(item,), contact="")
    assert [f.code for f in held[0].findings if not f.met] == [code]
    lite.holds()


@pytest.mark.row(23)
@pytest.mark.parametrize(
    "changes", [{"level": int(Level.L1)}, {"occupation": "4-01-06-01"}, {"held_on": date(2035, 1, 1)}]
)
def test_a_plan_outside_the_filed_scope_is_refused(lite: World, changes: dict[str, Any]) -> None:
    stage = Stage(lite)
    stage.file()
    with lite.refused("filing.outside_scope") as held:
        lite.perform(plans.plan, actor=stage.admin, organisation_id=stage.body, order=stage.order(**changes))
    assert len([f for f in held[0].findings if not f.met]) == 1
    lite.holds()


@pytest.mark.row(23)
def test_a_plan_says_what_is_missing_before_it_can_be_filed(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    empty = stage.order(
        site="", registration_from=None, registration_to=None, held_on=None, capacity=0, hours=(),
        examiners=("甲", "乙", "丙", "丁"), invigilators=("甲",), supervisors=(),
    )  # fmt: skip
    made = lite.perform(plans.plan, actor=stage.admin, organisation_id=stage.body, order=empty)
    with lite.refused("plan.incomplete") as held:
        lite.perform(plans.file, actor=stage.admin, sitting_id=made.sitting_id)
    assert {f.code for f in held[0].findings if not f.met} == {
        "plan.site", "plan.dates", "plan.ahead", "plan.capacity", "plan.rooms", "plan.hours", "plan.examiners", "plan.invigilators",
        "plan.supervisor", "plan.one_duty",
    }  # fmt: skip
    lite.perform(plans.change, actor=stage.admin, sitting_id=made.sitting_id, order=stage.order())
    lite.perform(plans.file, actor=stage.admin, sitting_id=made.sitting_id)
    with lite.refused("plan.already_filed"):
        lite.perform(plans.change, actor=stage.admin, sitting_id=made.sitting_id, order=stage.order())
    lite.holds()


@pytest.mark.row(24)
def test_an_application_is_refused_with_every_condition(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    nobody = stage.candidate(stage.person())
    with world.refused("application.not_eligible") as held:
        world.perform(applications.apply, actor=nobody, sitting_id=sitting)
    conditions = [f for f in held[0].findings if f.code.startswith("eligibility.2023.")]
    assert [f.met for f in conditions] == [False, False, False]
    assert all(f.facts["todo"] and f.facts["todo_en"] and f.clause for f in conditions)
    world.holds()


@pytest.mark.row(38)
def test_an_employer_registers_its_own_people_only(world: World) -> None:
    stage = Stage(world, "enterprise")
    stage.file()
    sitting = stage.open()
    outsider = stage.graduate(stage.employed(stage.organisation("enterprise")))
    number = stage.crowd[0].number
    order: dict[str, Any] = {"sitting_id": sitting, "kind": "resident", "number": number}
    with world.refused("application.not_own_people") as held:
        world.perform(applications.enlist, actor=stage.admin, **order)
    assert {f.code for f in held[0].findings} == {"application.own_people"}
    with world.refused("application.not_own_people"):
        stage.apply(sitting, outsider)
    declared: dict[str, Any] = {
        "organisation_id": stage.body, "kind": "resident", "number": number, "occupation_code": JOB,
    }  # fmt: skip
    with world.refused("employment.dates"):
        world.perform(
            employments.declare, actor=stage.admin, since=world.today + timedelta(days=1), **declared
        )
    world.perform(employments.declare, actor=stage.admin, since=world.today, **declared)
    with world.refused("employment.known"):
        world.perform(employments.declare, actor=stage.admin, since=world.today, **declared)
    assert world.perform(applications.enlist, actor=stage.admin, **order).condition == "eligibility.2023.L4_3"
    with world.refused("application.person_unknown"):
        world.perform(applications.enlist, actor=stage.admin, **{**order, "number": stage.crowd[9].number})
    world.holds()


def test_years_count_to_the_day_that_policy_names(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    full = lite.today + timedelta(days=8)  # five years of work: after registration, before the exam
    beginner = stage.person(Work(JOB, False, full.replace(year=full.year - 5), None, "渝江", None))
    sitting = stage.open()
    with lite.refused("application.not_eligible") as held:
        stage.apply(sitting, beginner)
    assert held[0].facts["reference"] == "报名截止日"
    lite.policy("eligibility.reference", "held_on", since=lite.today + timedelta(days=1))
    assert stage.state(stage.apply(sitting, beginner)) == "eligible"
    lite.holds()


def test_employment_must_last_to_the_exam_day(lite: World) -> None:
    stage = Stage(lite, "enterprise")
    stage.file()
    sitting = stage.open()
    leaves = Work(JOB, False, date(2020, 1, 1), lite.today + timedelta(days=6), "渝江", stage.body)
    with lite.refused("application.not_own_people") as held:
        stage.apply(sitting, stage.graduate(leaves))
    assert [f.met for f in held[0].findings] == [True, False]
    lite.holds()


@pytest.mark.row(26)
def test_registration_has_its_window_its_places_and_one_exam_a_day(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open(capacity=2)
    other = stage.open()
    later = stage.open(registration_from=world.today + timedelta(days=2))
    first = stage.graduate()
    application = stage.apply(sitting, first)
    with world.refused("application.already"):
        stage.apply(sitting, first)
    with world.refused("application.same_day"):
        stage.apply(other, first)
    with world.refused("application.not_open"):
        stage.apply(later, stage.graduate())
    stage.apply(sitting, stage.graduate())
    with world.refused("application.full"):
        stage.apply(sitting, stage.graduate())
    stranger = stage.candidate(stage.graduate())
    with world.refused("application.unknown"):
        world.perform(applications.withdraw, actor=stranger, application_id=application)
    world.perform(applications.withdraw, actor=stage.candidate(first), application_id=application)
    stage.apply(other, first)
    with world.refused("sitting.close_early"):
        world.perform(plans.close, actor=stage.admin, sitting_id=other)
    stage.days(6)
    with world.refused("application.not_open"):
        stage.apply(other, stage.graduate())
    world.perform(plans.close, actor=stage.admin, sitting_id=other)
    with world.refused("application.too_late_to_withdraw"):
        [live] = [row_of(world, Application, person_id=first, sitting_id=other)]
        world.perform(applications.withdraw, actor=stage.candidate(first), application_id=live.id)
    world.perform(plans.cancel, actor=stage.admin, sitting_id=other, reason="停电")
    assert row_of(world, Application, id=live.id).state == "withdrawn"
    world.holds()


@pytest.mark.row(31)
def test_two_people_type_apart_and_two_others_sign(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    one, two = (stage.apply(sitting, stage.graduate()) for _ in range(2))
    with world.refused("score.not_open"):
        stage.type(stage.first, sitting, "theory", {one: "60"})
    stage.hold(sitting)
    assert stage.type(stage.first, sitting, "theory", {one: "60", two: "71.5"}).turn == 1
    with world.refused("score.cannot_sign") as held:
        world.perform(scores.sign, actor=stage.checker, sitting_id=sitting)
    assert {f.code for f in held[0].findings if not f.met} == {"score.all_entered", "score.two_typists"}
    assert stage.type(stage.second, sitting, "theory", {one: "61", two: "71.5"}).turn == 2
    third = stage.staff("score.enter", account="typist-3")
    with world.refused("score.typists_full"):
        stage.type(third, sitting, "theory", {one: "60"})
    assert stage.type(third, sitting, "practical", {one: "80", two: "80"}).turn == 1
    stage.type(stage.checker, sitting, "practical", {one: "80", two: "80"})
    with world.refused("score.cannot_sign") as held:
        world.perform(scores.sign, actor=stage.checker, sitting_id=sitting)
    assert {f.code for f in held[0].findings if not f.met} == {"score.all_equal", "score.third_person"}
    assert stage.type(stage.second, sitting, "theory", {one: "60"}).count == 1
    signer = stage.staff("score.sign", account="checker-2")
    weak = World.actor("score.sign", account="checker-2", organisation=stage.body, stepped_up=False)
    with world.refused("step_up_needed"):
        world.perform(scores.sign, actor=weak, sitting_id=sitting)
    world.perform(scores.sign, actor=signer, sitting_id=sitting)
    with world.refused("score.not_open"):
        stage.type(stage.first, sitting, "theory", {one: "59"})
    done = world.perform(scores.countersign, actor=stage.signer, sitting_id=sitting)
    assert (done.passed, done.failed, done.incomplete) == (2, 0, 0)
    with world.refused("score.not_open"):
        stage.type(stage.first, sitting, "theory", {one: "59"})
    with world.db() as db:
        replaced = db.scalars(select(ScoreEntry).where(ScoreEntry.replaced_at.is_not(None))).all()
    assert [(e.application_id, e.hundredths, e.by) for e in replaced] == [(one, 6100, "typist-2")]
    world.holds()


@pytest.mark.parametrize(("text", "code"), [
    ("101", "score.out_of_range"), ("60.0001", "score.step"), ("NaN", "score.not_a_number"),
    ("６０", "score.not_a_number"), ("-1", "score.not_a_number"), ("60.3", "score.step"), ("", "score.not_a_number"),
])  # fmt: skip
def test_a_bad_score_is_refused_and_nothing_is_half_written(lite: World, text: str, code: str) -> None:
    stage = Stage(lite)
    stage.file()
    sitting = stage.open()
    one, two = (stage.apply(sitting, stage.graduate()) for _ in range(2))
    stage.hold(sitting)
    with lite.refused(code):
        stage.type(stage.first, sitting, "theory", {one: "60", two: text})
    with lite.db() as db:
        assert db.scalars(select(ScoreEntry)).all() == []
    lite.holds()


@pytest.mark.row(33)
def test_a_notice_runs_its_working_days_before_anything_is_numbered(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    application = stage.apply(sitting, stage.graduate())
    stage.hold(sitting)
    stage.score(sitting, {application: ("60", "60")})
    with world.refused("sitting.review_running"):
        world.perform(awards.end_review, actor=stage.admin, sitting_id=sitting)
    stage.days(10)
    world.perform(awards.end_review, actor=stage.admin, sitting_id=sitting)
    last = world.perform(awards.give_notice, actor=stage.admin, sitting_id=sitting).last_day
    while world.today <= last:
        with world.refused("sitting.notice_running"):
            world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
        with world.refused("award.not_due"):
            world.perform(awards.award, actor=stage.admin, application_id=application)
        stage.days(1)
    stage.conclude(sitting)
    assert len(certificate_numbers(world)) == 1
    world.holds()


@pytest.mark.row(33)
def test_an_objection_holds_one_person_only(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    free, held, void = (stage.apply(sitting, stage.graduate()) for _ in range(3))
    stage.hold(sitting)
    stage.score(sitting, dict.fromkeys((free, held, void), ("70", "70")))
    order: dict[str, Any] = {"name": "李四", "contact": "13800000000", "text": "并非本人参考"}
    with world.refused("application.unknown"):
        world.perform(objections.raise_objection, application_id=held, **order)
    stage.notice(sitting)
    with world.refused("objection.incomplete"):
        world.perform(objections.raise_objection, application_id=held, **{**order, "contact": " "})
    for application in (held, void):
        world.perform(objections.raise_objection, application_id=application, **order)
    done = stage.conclude(sitting)
    assert (done.awarding, done.held) == (1, 2)
    assert len(certificate_numbers(world)) == 1
    assert world.perform(awards.award, actor=stage.admin, application_id=held).held == "objection"
    world.holds()
    for application, upheld in ((held, False), (void, True)):
        row = row_of(world, Objection, application_id=application)
        world.perform(objections.decide, actor=stage.clerk, objection_id=row.id, upheld=upheld, reply="已核实")
    world.run_jobs()
    assert len(certificate_numbers(world)) == 2
    assert stage.state(void) == "void"
    world.holds()
    assert list(named_after(world, "certification.forget_objectors", Objection, 366).values()) == [False, False]
    assert not {name for name in world.violations() if "objection" in name}


def test_a_filing_lost_before_the_award_holds_the_certificate(world: World) -> None:
    stage = Stage(world)
    filing = stage.file()
    sitting = stage.open()
    application = stage.apply(sitting, stage.graduate())
    stage.hold(sitting)
    stage.score(sitting, {application: ("70", "70")})
    stage.notice(sitting)
    stage.days(10)
    world.perform(filings.suspend, actor=stage.inspector, filing_id=filing, reason="整改")
    with world.refused("filing.outside_scope"):
        world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    world.perform(filings.resume, actor=stage.inspector, filing_id=filing, reason="整改完成")
    world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    world.perform(filings.suspend, actor=stage.inspector, filing_id=filing, reason="再整改")
    world.run_jobs()
    assert certificate_numbers(world) == []
    assert row_of(world, Application, id=application).held == "filing"
    world.holds()
    world.perform(filings.resume, actor=stage.inspector, filing_id=filing, reason="完成")
    number = world.perform(awards.award, actor=stage.admin, application_id=application).number
    again = world.perform(awards.award, actor=stage.admin, application_id=application).number
    assert certificate_numbers(world) == [number] == [again]
    world.holds()


@pytest.mark.row(36)
@pytest.mark.slow
def test_awards_at_once_on_one_series_leave_no_gap(world: World) -> None:
    count = 32
    stage = Stage(world, count=count)
    stage.file()
    sitting = stage.open(capacity=count, invigilators=("甲1", "乙1", "丙1", "丁1"))
    found = [stage.apply(sitting, stage.graduate()) for _ in range(count)]
    stage.hold(sitting)
    stage.score(sitting, dict.fromkeys(found, ("88", "77.5")))
    stage.notice(sitting)
    stage.days(10)
    world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)

    def one(application: str) -> str:
        done = world.office.perform(awards.award, actor=stage.admin, key=f"race-{application}",
                                    application_id=application)  # fmt: skip
        return done.number

    with ThreadPoolExecutor(count) as pool:
        given = list(pool.map(one, found))
    assert sorted(int(n[16:]) for n in given) == list(range(1, count + 1))
    assert sorted(given) == certificate_numbers(world)
    world.holds()


def test_the_filing_series_has_no_gap_when_many_file_at_once(world: World) -> None:
    stage = Stage(world)
    made = []
    for n in range(8):
        body = stage.organisation("social_body")
        admin = world.actor("filing.submit", account=f"admin-{n}", organisation=body)
        order: dict[str, Any] = {"organisation_id": body, "scope": stage.scope(), "contact": ""}
        filing = world.perform(filings.draft, actor=admin, **order).filing_id
        world.perform(filings.submit, actor=admin, filing_id=filing)
        made.append(filing)
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(
            lambda f: world.office.perform(filings.accept, actor=stage.clerk, key=f"a-{f}", filing_id=f).number, made
        ))  # fmt: skip
    assert sorted(given) == [f"S000050{n:06d}" for n in range(1, 9)]
    world.holds()


@action("test.annul", may="test.annul")
def annul(act: Act, source: str) -> None:
    """What a competition does when it takes a result back."""
    withdraw(act, kind="placing", source=source, reason="成绩取消")


def placing(rank: int = 1, tier: str = "city", paper: Level = Level.L3, employee: bool = True) -> Placing:
    return Placing("渝星软件技能大赛", tier, JOB, rank, 40, paper, date(2026, 10, 20), employee)


def source_of(world: World, person_id: str) -> str:
    with world.db() as db:
        [found] = facts(db, person_id, date(2000, 1, 1)).placings
    return found.source


def test_a_placing_becomes_a_level_by_two_people_and_once(world: World) -> None:
    stage = Stage(world)
    filing = stage.file()
    winner = stage.person(placing())
    me = stage.candidate(winner)
    source = source_of(world, winner)
    done = world.perform(promotions.apply, actor=me, source=source)
    assert done.level == Level.L2
    with world.refused("promotion.already"):
        world.perform(promotions.apply, actor=me, source=source)
    with world.refused("promotion.cannot_grant"):
        world.perform(promotions.grant, actor=stage.inspector, promotion_id=done.promotion_id)
    world.perform(promotions.examine, actor=stage.clerk, promotion_id=done.promotion_id, filing_id=filing)
    same = world.actor("promotion.grant", account="gov-clerk")
    with world.refused("promotion.second_person"):
        world.perform(promotions.grant, actor=same, promotion_id=done.promotion_id)
    number = world.perform(promotions.grant, actor=stage.inspector, promotion_id=done.promotion_id).number
    assert number[15] == "2"
    assert row_of(world, Award).grounds == f"placing:{source}"
    with world.refused("promotion.already"):
        world.perform(promotions.apply, actor=me, source=source)
    world.holds()


def test_a_placing_withdrawn_before_the_grant_grants_nothing(world: World) -> None:
    stage = Stage(world)
    filing = stage.file()
    winner = stage.person(placing())
    source = source_of(world, winner)
    done = world.perform(promotions.apply, actor=stage.candidate(winner), source=source)
    world.perform(promotions.examine, actor=stage.clerk, promotion_id=done.promotion_id, filing_id=filing)
    world.perform(annul, source=source)
    with world.refused("promotion.placing_unknown"):
        world.perform(promotions.grant, actor=stage.inspector, promotion_id=done.promotion_id)
    world.perform(promotions.refuse, actor=stage.clerk, promotion_id=done.promotion_id, reason="成绩已取消")
    assert certificate_numbers(world) == []
    world.holds()


def test_a_promotion_needs_a_body_that_covers_the_level(lite: World) -> None:
    stage = Stage(lite)
    filing = stage.file(Level.L4)
    winner = stage.person(placing())
    done = lite.perform(promotions.apply, actor=stage.candidate(winner), source=source_of(lite, winner))
    with lite.refused("filing.outside_scope"):
        lite.perform(promotions.examine, actor=stage.clerk, promotion_id=done.promotion_id, filing_id=filing)
    lite.holds()


def test_nobody_acts_for_a_body_that_is_not_theirs(lite: World) -> None:
    stage = Stage(lite)
    filing = stage.file()
    sitting = stage.open()
    foreign = lite.actor(
        "plan.make", "filing.submit", "application.enter", "score.publish", "score.enter", "score.sign",
        account="x", organisation=stage.organisation("social_body"),
    )  # fmt: skip
    for work, order in (
        (filings.submit, {"filing_id": filing}),
        (plans.plan, {"organisation_id": stage.body, "order": stage.order()}),
        (plans.close, {"sitting_id": sitting}),
        (applications.enlist, {"sitting_id": sitting, "kind": "resident", "number": "1"}),
        (scores.enter, {"sitting_id": sitting, "section": "theory", "lines": ()}),
        (scores.sign, {"sitting_id": sitting}),
        (awards.give_notice, {"sitting_id": sitting}),
    ):
        with pytest.raises(Forbidden):
            lite.perform(work, actor=foreign, **order)
    lite.holds()


def broken(world: World, statement: Any) -> dict[str, list[str]]:
    with world.engine.execution_options(writes=True).begin() as connection:
        connection.execute(statement)
    return {name: lines for name, lines in world.violations().items() if name.startswith("certification.")}


def test_the_checks_see_what_was_bent(lite: World) -> None:
    stage = Stage(lite)
    filing = stage.file()
    sitting = stage.open()
    application = stage.apply(sitting, stage.graduate())
    stage.hold(sitting)
    stage.score(sitting, {application: ("60", "60")})
    stage.notice(sitting)
    stage.conclude(sitting)
    lite.holds()
    day = lite.today
    for statement, back, name in (
        (update(ScoreEntry).where(ScoreEntry.turn == 1).values(hundredths=5900),
         update(ScoreEntry).where(ScoreEntry.turn == 1).values(hundredths=6000), "certification.scores"),
        (update(Application).values(state="failed"), update(Application).values(state="passed"), "certification.scores"),
        (update(Sitting).values(signed_by="typist-1"), update(Sitting).values(signed_by="checker"),
         "certification.two_people"),
        (update(Sitting).values(notice_to=day), update(Sitting).values(notice_to=day - timedelta(days=3)),
         "certification.concluded"),
        (update(Filing).values(valid_to=date(2026, 11, 24)), update(Filing).values(valid_to=date(2029, 11, 22)),
         "certification.filed"),
        (update(Award).values(number=Award.number + "x"), None, "certification.awards"),
    ):  # fmt: skip
        assert name in broken(lite, statement), name
        if back is not None:
            assert broken(lite, back) == {}, name
    assert filing


def test_every_job_of_an_exam_is_done(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    sitting = stage.open()
    application = stage.apply(sitting, stage.graduate())
    stage.hold(sitting)
    stage.score(sitting, {application: ("60", "60")})
    stage.notice(sitting)
    stage.conclude(sitting)
    with lite.db() as db:
        jobs = db.scalars(select(Job).where(Job.name == "certification.award")).all()
    assert [j.state for j in jobs] == ["done"]
    with lite.db() as db:
        assert person(db, row_of(lite, Award).person_id).synthetic
    lite.holds()

