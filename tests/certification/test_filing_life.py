"""A filing lives: it is renewed, added to, given up by the body, or runs out and is filed anew; each answer has its clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.certification.actions import filing_changes, filings, plans
from skills.certification.models import Filing, FilingChange, FilingScope
from skills.certification.queries import filing_changes as change_queries
from skills.certification.queries import filings as filing_queries
from skills.certification.queries.filing_changes import RUNNING
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.renewals import RenewalFacts, RenewalTerms, clock_for, may_renew
from skills.certification.states import SittingState
from skills.certification.states.filings import ChangeKind
from skills.kernel.findings import Finding
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.certification.test_filing_days import count, passed
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World, grown

__all__ = ["visitors"]
pytestmark = pytest.mark.row(37)
TERMS = RenewalTerms(90, 6, True)
END = date(2029, 11, 19)


@pytest.mark.parametrize(
    ("day", "facts", "missing"),
    [
        (END - timedelta(days=90), {}, ["filing.renewal_window"]),
        (END - timedelta(days=89), {}, []),
        (END, {}, []),
        (END + timedelta(days=1), {}, ["filing.renewal_window"]),
        (END, {"batches": 5, "explanation": ""}, ["filing.renewal_batches"]),
        (END, {"batches": 5, "explanation": "两年停产"}, []),
        (END, {"batches": 6, "explanation": ""}, []),
        (END, {"unconfirmed": 1}, ["filing.renewal_uploads"]),
        (END, {"incentives": " "}, ["filing.renewal_incentives"]),
        (END, {"incentives": " ", "employer": False}, []),
        (END, {"gates": (Finding("filing.renewal_orders", False),)}, ["filing.renewal_orders"]),
    ],
)
def test_each_condition_of_a_renewal(day: date, facts: dict[str, Any], missing: list[str]) -> None:
    held = {"number": "Y000050000001", "valid_to": END, "employer": True, "batches": 6, "unconfirmed": 0, "explanation": "",
            "incentives": "技师津贴每月500元", **facts}  # fmt: skip
    verdict = may_renew(TERMS, RenewalFacts(**held), day)
    assert [f.code for f in verdict.findings if not f.met] == missing


def test_the_green_channel_is_for_the_kinds_that_policy_names() -> None:
    green = {"kinds": ["enterprise"], "working_days": 1}
    assert [clock_for(kind, green, 20).working_days for kind in ("enterprise", "social_body")] == [1, 20]


def the(world: World, model: Any, **by: Any) -> Any:
    with world.db() as db:
        return db.scalars(select(model).filter_by(**by).order_by(model.id.desc()).limit(1)).one()


def filed(world: World) -> tuple[Stage, str]:
    stage = Stage(world)
    return stage, stage.file()


def near_the_end(world: World) -> tuple[Stage, str]:
    stage, filing = filed(world)
    stage.days((the(world, Filing).valid_to - world.today).days - 60)
    return stage, filing


def ask(stage: Stage, filing: str, kind: ChangeKind, **order: Any) -> Any:
    return stage.world.perform(filing_changes.ask, actor=stage.admin, filing_id=filing, kind=kind, **order)


def test_a_renewal_in_the_window_keeps_the_number_and_takes_the_next_term(world: World) -> None:
    stage, filing = grown(world, near_the_end)
    before = the(world, Filing)
    with world.refused("filing.renewal_refused") as held:
        ask(stage, filing, ChangeKind.RENEWAL)
    assert [f.code for f in held[0].findings if not f.met] == ["filing.renewal_batches"]
    made = ask(stage, filing, ChangeKind.RENEWAL, statement="本期为筹建期，考场去年建成")
    assert the(world, FilingChange).due_on == add_working_days(world.today, 20)
    with world.refused("filing_change.open"):
        ask(stage, filing, ChangeKind.WITHDRAWAL, statement="不办了")
    same = world.actor("filing.decide", account="admin")
    with world.refused("filing.own_work"):
        world.perform(filing_changes.grant, actor=same, change_id=made.change_id)
    stage.days(70)  # the answer comes after the end: it was asked in time, and no day is lost
    world.perform(filing_changes.grant, actor=stage.clerk, change_id=made.change_id)
    after = the(world, Filing)
    assert (after.number, after.filed_on, after.state) == (before.number, before.filed_on, "filed")
    assert after.valid_to == (before.valid_to + timedelta(days=1)).replace(year=before.valid_to.year + 3) - timedelta(days=1)
    with world.refused("filing.renewal_refused"):
        ask(stage, filing, ChangeKind.RENEWAL, statement="再续")
    stage.open()
    world.holds()


def test_an_addition_keeps_the_end_and_counts_from_its_day(world: World) -> None:
    stage, filing = grown(world, filed)
    end = the(world, Filing).valid_to
    stage.days(40)
    one = (ScopeItem(JOB, "", Level.L1),)
    with world.refused("filing.addition_nothing"):
        ask(stage, filing, ChangeKind.ADDITION, scope=stage.scope(Level.L4))
    with world.refused("filing.scope_refused"):
        ask(stage, filing, ChangeKind.ADDITION, scope=(ScopeItem("4-04-05-01 ", "", Level.L1),))
    made = ask(stage, filing, ChangeKind.ADDITION, scope=one)
    world.perform(filing_changes.send_back, actor=stage.clerk, change_id=made.change_id, reason="缺考评人员名单")
    assert the(world, FilingChange).due_on is None
    world.perform(filing_changes.ask_again, actor=stage.admin, change_id=made.change_id, scope=one)
    stage.days(1)
    world.perform(filing_changes.grant, actor=stage.clerk, change_id=made.change_id)
    assert the(world, Filing).valid_to == end
    assert the(world, FilingScope, level=int(Level.L1)).added_on == world.today
    assert stage.open(level=int(Level.L1))
    with world.refused("filing.outside_scope"):
        order = stage.order(level=int(Level.L1), held_on=world.today - timedelta(days=1))
        world.perform(plans.plan, actor=stage.admin, organisation_id=stage.body, order=order)
    world.holds()


def test_an_employer_adds_on_a_promise_and_a_false_one_ends_it(world: World) -> None:
    stage = Stage(world, "enterprise")
    filing = stage.file()
    order: dict[str, Any] = {"filing_id": filing, "kind": ChangeKind.ADDITION, "scope": (ScopeItem(JOB, "", Level.L1),)}
    with world.refused("filing.promise_needed"):
        world.perform(filing_changes.promise, actor=stage.admin, promised=False, **order)
    world.perform(filing_changes.promise, actor=stage.admin, promised=True, **order)
    row = the(world, Filing)
    assert (row.state, row.inspect_by) == ("on_commitment", add_working_days(world.today, 20))
    with world.refused("filing.cannot_renew"):
        ask(stage, filing, ChangeKind.RENEWAL, statement="x")
    world.perform(filings.inspect, actor=stage.inspector, filing_id=filing, found_true=False, finding="没有一级考评人员")
    assert the(world, Filing).state == "revoked"
    world.holds()


def test_a_social_body_promises_nothing(lite: World) -> None:
    stage, filing = grown(lite, filed)
    with lite.refused("filing.promise_refused"):
        lite.perform(filing_changes.promise, actor=stage.admin, filing_id=filing, kind=ChangeKind.ADDITION, promised=True,
                     scope=(ScopeItem(JOB, "", Level.L1),))  # fmt: skip


def test_a_body_gives_its_filing_up_when_nobody_waits_for_anything(world: World) -> None:
    stage, filing, sitting, _application = grown(world, passed)
    with world.refused("certification.reason_needed"):
        ask(stage, filing, ChangeKind.WITHDRAWAL)
    with world.refused("filing.withdrawal_refused"):
        ask(stage, filing, ChangeKind.WITHDRAWAL, statement="业务调整")
    stage.conclude(sitting)
    made = ask(stage, filing, ChangeKind.WITHDRAWAL, statement="业务调整")
    stage.days(1)
    world.perform(filing_changes.grant, actor=stage.clerk, change_id=made.change_id)
    assert the(world, Filing).state == "withdrawn"
    [line] = world.ask(filing_queries.register)
    assert (line.state, line.stopped.since) == ("withdrawn", world.today)
    world.perform(filings.draft, actor=stage.admin, organisation_id=stage.body, scope=stage.scope(), contact="王工")
    world.holds()


def test_a_filing_that_ran_out_makes_room_and_numbers_what_was_examined_in_it(world: World) -> None:
    stage, _filing, sitting, _application = grown(world, passed)
    stage.days(3 * 366)
    made = world.perform(filings.draft, actor=stage.admin, organisation_id=stage.body, scope=stage.scope(), contact="王工")
    with world.db() as db:
        assert sorted(db.scalars(select(Filing.state))) == ["draft", "expired"]
    stage.conclude(sitting)
    assert count(world) == 1
    world.perform(filings.submit, actor=stage.admin, filing_id=made.filing_id)
    world.perform(filings.accept, actor=stage.clerk, filing_id=made.filing_id)
    assert the(world, Filing).number == "S000050000002"
    stage.open()
    world.holds()


@pytest.mark.parametrize("found_true", [True, False])
def test_a_promise_that_outlived_its_term_is_still_inspected(world: World, found_true: bool) -> None:
    stage = Stage(world, "enterprise")
    order: dict[str, Any] = {"organisation_id": stage.body, "scope": stage.scope(), "contact": "王工"}
    old = world.perform(filings.draft, actor=stage.admin, **order).filing_id
    world.perform(filings.commit, actor=stage.admin, filing_id=old, promised=True)
    stage.days(3 * 366)
    new = world.perform(filings.draft, actor=stage.admin, **order).filing_id
    world.perform(filings.submit, actor=stage.admin, filing_id=new)
    world.perform(filings.accept, actor=stage.clerk, filing_id=new)
    assert {f.id: f.to_inspect for f in world.ask(filing_queries.for_bureau, None, world.today)} == {old: True, new: False}
    world.perform(filings.inspect, actor=stage.inspector, filing_id=old, found_true=found_true, finding="查阅三年档案")
    assert not any(f.to_inspect for f in world.ask(filing_queries.for_bureau, None, world.today))
    assert the(world, Filing, id=old).state == ("expired" if found_true else "revoked")
    assert the(world, Filing, id=new).state == "filed"
    with world.refused("filing.cannot_confirm"):
        world.perform(filings.inspect, actor=stage.inspector, filing_id=old, found_true=True, finding="再查")
    world.holds()


def test_a_suspension_does_not_spare_a_promise_its_inspection(lite: World) -> None:
    stage = Stage(lite, "enterprise")
    order: dict[str, Any] = {"organisation_id": stage.body, "scope": stage.scope(), "contact": "王工"}
    filing = lite.perform(filings.draft, actor=stage.admin, **order).filing_id
    lite.perform(filings.commit, actor=stage.admin, filing_id=filing, promised=True)
    by: dict[str, Any] = {"actor": stage.inspector, "filing_id": filing}
    lite.perform(filings.suspend, reason="考场无监控", **by)
    lite.clock.forward(hours=1)
    lite.perform(filings.resume, reason="整改完成", **by)
    assert [f.to_inspect for f in lite.ask(filing_queries.for_bureau, None, lite.today)] == [True]
    lite.clock.forward(hours=1)
    lite.perform(filings.inspect, found_true=True, finding="现场核查", **by)
    assert the(lite, Filing).state == "filed"
    assert [f.to_inspect for f in lite.ask(filing_queries.for_bureau, None, lite.today)] == [False]
    with lite.refused("filing.cannot_confirm"):
        lite.perform(filings.inspect, found_true=True, finding="再查", **by)
    lite.holds()


def test_a_filing_whose_term_is_over_is_taken_away_and_what_was_examined_in_it_gets_no_number(world: World) -> None:
    stage, old, sitting, _application = grown(world, passed)
    stage.days(3 * 366)
    new = world.perform(filings.draft, actor=stage.admin, organisation_id=stage.body, scope=stage.scope(), contact="王工").filing_id
    world.perform(filings.submit, actor=stage.admin, filing_id=new)
    world.perform(filings.accept, actor=stage.clerk, filing_id=new)
    world.perform(filings.revoke, actor=stage.inspector, filing_id=old, reason="当年成绩造假")
    with world.refused("filing.outside_scope"):
        stage.conclude(sitting)
    assert (count(world), the(world, Filing, id=new).state) == (0, "filed")
    world.holds()


def test_what_is_late_comes_first_for_the_bureau(lite: World) -> None:
    stage, filing = grown(lite, filed)
    firm = stage.organisation("enterprise")
    admin = lite.actor("filing.submit", account="firm", organisation=firm)
    made = lite.perform(filings.draft, actor=admin, organisation_id=firm, scope=stage.scope(), contact="李工")
    lite.perform(filings.submit, actor=admin, filing_id=made.filing_id)
    row = the(lite, Filing, id=made.filing_id)
    assert (row.channel, row.due_on) == ("green", add_working_days(lite.today, 1))
    ask(stage, filing, ChangeKind.ADDITION, scope=(ScopeItem(JOB, "", Level.L1),))
    stage.days(7)
    first, second = lite.ask(filing_queries.for_bureau, None, lite.today)
    assert [(first.id, first.late(lite.today)), (second.id, second.late(lite.today))] == [(made.filing_id, True), (filing, False)]
    assert [change.due_on for change in lite.ask(change_queries.of_filing, filing)] == [second.due_on]
    lite.holds()


def test_a_body_asks_by_pages_and_a_clerk_of_another_district_sees_nothing(visitors: Visitors) -> None:
    world = visitors.world
    stage, filing = grown(world, near_the_end)
    admin = visitors.come(acting(Role.BODY_ADMIN, "b-admin", organisation=stage.body))
    gov = visitors.come(acting(Role.GOV_CLERK, "g-clerk", district="500112"))
    other = visitors.come(acting(Role.GOV_CLERK, "g-other", district="500103"))
    page = "/ent/filing/changes/renewal"
    assert "批次不足的，请填写书面说明" in text_of(admin.get(page))
    assert press(admin, page, page, statement="").status_code == 409
    assert press(admin, page, page, statement="本期为筹建期").status_code == 303
    change = the(world, FilingChange).id
    assert "续期" in text_of(admin.get("/ent/filing"))
    assert filing in text_of(gov.get("/gov/filings"))
    assert filing not in text_of(other.get("/gov/filings"))
    assert other.get(f"/gov/filings/{filing}").status_code == 404
    home = f"/gov/filings/{filing}"
    with world.refused("filing.unknown"):
        far = world.actor("filing.decide", account="g-other", district="500103")
        world.perform(filing_changes.grant, actor=far, change_id=change)
    assert press(gov, home, f"/gov/filing-changes/{change}/send-back", reason="说明太短").status_code == 303
    again = f"/ent/filing-changes/{change}"
    assert "说明太短" in text_of(admin.get(again))
    assert press(admin, again, again, statement="本期为筹建期，考场去年建成").status_code == 303
    assert press(gov, home, f"/gov/filing-changes/{change}/grant").status_code == 303
    assert "新有效期" in text_of(gov.get(home))
    addition = "/ent/filing/changes/addition"
    assert press(admin, addition, addition, pair=f"{JOB}|").status_code == 422
    assert press(admin, addition, addition, pair=f"{JOB}|", levels=["6"]).status_code == 303
    asked = the(world, FilingChange, state="asked").id
    assert press(admin, "/ent/filing", f"/ent/filing-changes/{asked}/drop").status_code == 303
    stage.world.perform(filings.suspend, actor=stage.inspector, filing_id=filing, reason="整改")
    assert f"自 {world.today.isoformat()}" in text_of(world.client().get("/filings"))
    world.holds()


def test_an_exam_counts_as_running_from_its_filing_to_its_end_whatever_states_there_are() -> None:
    over = {SittingState.PLANNED, SittingState.CONCLUDED, SittingState.CANCELLED}
    assert set(RUNNING) == set(SittingState) - over
    assert SittingState.SIGNED in RUNNING
