"""Re-tests by examiners of others stand beside the certificate; two that fail raise the rate and stop issue by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.actions import create_staff
from skills.accounts.rules import Role
from skills.certification.actions import batches
from skills.certification.models import Application, Award
from skills.desk.queries import work
from skills.kernel import jobs
from skills.kernel.actors import Actor
from skills.kernel.db import writing
from skills.standards.calendar import add_working_days
from skills.supervision.actions import retests, trust
from skills.supervision.models import Retest
from skills.supervision.queries import retests as queries
from skills.supervision.queries import trust as trusted
from skills.supervision.rules.retests import counts, size_of
from skills.supervision.rules.trust import Rating, Record, rate
from tests.certification.stage import Stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World, grown

__all__ = ["visitors"]
pytestmark = pytest.mark.row(39)
TABLE = {
    "usual": 10,
    "rows": [
        {"reason": "failed_retests", "least": 2, "rate": 50, "stops": True},
        {"reason": "overdue_orders", "least": 1, "rate": 30, "stops": False},
    ],
}


class Trial:
    """Three certificates of one exam, a second exam whose passes wait, two examiners elsewhere and one at the body."""

    turn = 0

    def __init__(self, world: World) -> None:
        self.world, self.stage = world, Stage(world)
        self.stage.file()
        self.people = [self.stage.graduate() for _ in range(3)]
        sitting = self.stage.open()
        held = [self.stage.apply(sitting, who) for who in self.people]
        self.stage.hold(sitting)
        self.stage.score(sitting, dict.fromkeys(held, ("80", "80")))
        self.stage.notice(sitting)
        self.stage.conclude(sitting)
        self.clerk, self.checker = acting(Role.GOV_CLERK, "gov-clerk"), acting(Role.GOV_CHECKER, "gov-checker")
        other = self.stage.organisation("enterprise")
        self.examiners = [self.staff(f"ex{n}", other) for n in range(2)]
        self.own = self.staff("own", self.stage.body)
        self.admin = acting(Role.BODY_ADMIN, "admin", organisation=self.stage.body)

    def staff(self, login: str, body: str) -> str:
        made = self.world.perform(
            create_staff, login=login, name=f"考评{login}", role=Role.EXAMINER, organisation_id=body, synthetic=True
        )
        return str(made.id)

    def examiner(self, account: str) -> Actor:
        return acting(Role.EXAMINER, account, organisation="elsewhere")

    def draw(self) -> tuple[str, ...]:
        since = self.world.today.replace(year=self.world.today.year - 1)
        made = self.world.perform(
            retests.plan, actor=self.clerk, organisation_id=self.stage.body, since=since, until=self.world.today
        )
        self.world.seal()
        return tuple(self.world.perform(retests.draw_now, actor=self.clerk, draw_id=made.draw_id).retest_ids)

    def sit(self, retest: str, mark: str) -> Any:
        """Called, held, and marked by both."""
        day = add_working_days(self.world.today, 5)
        self.world.perform(retests.call, actor=self.clerk, retest_id=retest, held_on=day, site="市考核中心")
        self.stage.days((day - self.world.today).days)
        marks = (("theory", mark), ("practical", mark))
        for account in self.examiners:
            done = self.world.perform(retests.mark, actor=self.examiner(account), retest_id=retest, marks=marks)
        return done

    def fail(self) -> None:
        """Two re-tests that are not passed, and whose candidates say nothing."""
        for _ in range(2):
            (retest,) = self.draw()
            self.sit(retest, "40")
        self.stage.days(15)

    def weigh(self) -> None:
        """The turn of the daily job."""
        self.turn += 1
        with writing(self.world.engine) as db:
            jobs.order(db, f"{self.turn:026d}", "supervision.weigh", self.world.clock.now(), "system", None, {})
        self.world.run_jobs()

    def now(self) -> Rating:
        return self.world.ask(trusted.now, self.stage.body, self.world.today)


def test_the_list_of_the_authority_counts_re_tests_that_wait_for_it(world: World) -> None:
    trial = grown(world, Trial)

    def waits() -> list[tuple[str, int]]:
        return [(i.zh, i.count) for who in (trial.clerk, trial.checker) for i in world.ask(work.gov, who, world.today) if i.url == "/gov/retests"]

    assert waits() == []
    (retest,) = trial.draw()
    assert waits() == [("抽查复核待安排", 1)]
    trial.sit(retest, "80")
    assert waits() == []  # the candidate may still be heard
    trial.stage.days(15)
    assert waits() == [("抽查复核待办结", 1)]
    world.perform(retests.close, actor=trial.checker, retest_id=retest, counted=True, reason="结果属实")
    assert waits() == []


def test_the_rate_follows_the_table() -> None:
    assert rate(Record(), TABLE) == Rating(10, False)
    assert rate(Record(failed_retests=1), TABLE) == Rating(10, False)
    assert rate(Record(failed_retests=2, overdue_orders=1), TABLE) == Rating(
        50, True, (("failed_retests", 2, 2), ("overdue_orders", 1, 1))
    )
    assert [size_of(n, 10) for n in (0, 1, 10, 11, 100)] == [0, 1, 1, 2, 10]
    assert size_of(100, 50) == 50


def test_two_failed_retests_raise_ten_to_fifty_and_stop_issue_by_itself(world: World) -> None:
    t = grown(world, Trial)
    assert (t.now().rate, t.now().stops) == (10, False)
    stage = t.stage
    sitting = stage.open()
    waiting = stage.apply(sitting, stage.graduate())
    stage.hold(sitting)
    stage.score(sitting, {waiting: ("80", "80")})
    stage.notice(sitting)
    t.fail()
    t.weigh()
    assert (t.now().rate, t.now().stops) == (50, True)
    stage.conclude(sitting)
    with world.db() as db:
        row = db.scalars(select(Application).where(Application.id == waiting)).one()
        assert (row.problem or {})["code"] == "trust.stopped"
        assert len(db.scalars(select(Award)).all()) == 3  # those that were given stand as they were
    made = world.perform(trust.propose, actor=t.clerk, organisation_id=stage.body, reason="已整改考评管理")
    world.perform(trust.decide, actor=t.checker, restoration_id=made.restoration_id, approved=True, reason="现场核实")
    assert (t.now().rate, t.now().stops) == (10, False)
    t.weigh()
    assert not t.now().stops  # what was before the restoration counts no more
    world.perform(batches.again, actor=stage.admin, sitting_id=sitting)
    world.run_jobs()
    with world.db() as db:
        assert len(db.scalars(select(Award)).all()) == 4
    world.holds()


def test_who_proposes_does_not_approve(lite: World) -> None:
    world = lite
    t = grown(world, Trial)
    with world.refused("trust.as_usual"):
        world.perform(trust.propose, actor=t.clerk, organisation_id=t.stage.body, reason="无")
    t.fail()
    t.weigh()
    both = world.actor("trust.propose", "trust.approve", account="both")
    made = world.perform(trust.propose, actor=both, organisation_id=t.stage.body, reason="已整改")
    with world.refused("trust.second_needed"):
        world.perform(trust.decide, actor=both, restoration_id=made.restoration_id, approved=True, reason="同意")
    with world.refused("trust.proposed_already"):
        world.perform(trust.propose, actor=t.clerk, organisation_id=t.stage.body, reason="已整改")
    world.perform(trust.decide, actor=t.checker, restoration_id=made.restoration_id, approved=False, reason="证据不足")
    assert t.now().stops
    world.holds()


def test_a_retest_is_held_by_examiners_of_others_and_its_candidate_is_heard(lite: World) -> None:
    world = lite
    t = grown(world, Trial)
    (retest,) = t.draw()
    with world.db() as db:
        row = db.get_one(Retest, retest)
        award = db.get_one(Award, row.award_id)
    assert {row.first_examiner, row.second_examiner} == set(t.examiners)
    with world.refused("retest.too_soon"):
        world.perform(retests.call, actor=t.clerk, retest_id=retest, held_on=world.today, site="市考核中心")
    marks = (("theory", "40"), ("practical", "40"))
    with world.refused("retest.unknown"):
        world.perform(retests.mark, actor=t.examiner(t.own), retest_id=retest, marks=marks)
    t.sit(retest, "40")
    line = world.ask(queries.one, retest)
    assert (line.passed, line.marks["theory"]) == (False, (8000, 4000, 4000))
    me = t.stage.candidate(award.person_id)
    with world.refused("retest.hearing"):
        world.perform(retests.close, actor=t.checker, retest_id=retest, counted=False, reason="设备故障")
    world.perform(retests.say, actor=me, retest_id=retest, text="考试当天设备断电")
    with world.refused("retest.hearing_over"):
        world.perform(retests.say, actor=me, retest_id=retest, text="再说一次")
    t.stage.days(15)
    assert world.ask(trusted.record, t.stage.body, world.today).failed_retests == 0  # said: somebody has to decide
    world.perform(retests.close, actor=t.checker, retest_id=retest, counted=True, reason="设备记录正常")
    assert world.ask(trusted.record, t.stage.body, world.today).failed_retests == 1
    assert counts("closed", False, None, True, world.today) is False
    world.holds()


def test_every_side_walks_its_pages(visitors: Visitors) -> None:
    t = Trial(visitors.world)
    world = t.world
    desk = visitors.come(t.clerk)
    days = {"since": world.today.replace(year=world.today.year - 1).isoformat(), "until": world.today.isoformat()}
    press(desk, "/gov/retests", "/gov/retests", body=t.stage.body, **days)
    world.seal()
    draw = world.ask(queries.draws, None)[0].id
    press(desk, "/gov/retests", f"/gov/retests/draws/{draw}/draw")
    line = world.ask(queries.listing)[0]
    one = f"/gov/retests/{line.id}"
    day = add_working_days(world.today, 5)
    press(desk, one, f"{one}/call", held_on=day.isoformat(), site="市考核中心")
    t.stage.days((day - world.today).days)
    assert world.ask(queries.listing, examiner=t.examiners[0])[0].marks == {}  # nobody marks towards what was given before
    for account in t.examiners:
        room = visitors.come(t.examiner(account))
        sent = {"mark-theory": "40", "mark-practical": "40"}
        press(room, "/exam/retests", f"/exam/retests/{line.id}/marks", **sent)
        assert "您已评分" in text_of(room.get("/exam/retests"))
    who = next(p for p in t.people if world.ask(queries.of_person, p))
    me = visitors.come(t.stage.candidate(who))
    press(me, "/me/retests", f"/me/retests/{line.id}/words", text="设备断电")
    assert "复核未通过" in text_of(me.get("/me/retests"))
    checker = visitors.come(t.checker)
    press(checker, one, f"{one}/close", yes="yes", text="设备正常")
    assert "计入记录" in text_of(checker.get(one))
    body = visitors.come(t.admin)
    assert "未通过" in text_of(body.get("/ent/trust"))
    assert "没有提高抽样率的记录" in text_of(checker.get(f"/gov/trust/{t.stage.body}"))
    assert "各机构复核抽样率" in text_of(checker.get("/gov/trust"))
    assert body.get("/gov/trust").status_code == 404
    assert body.get(f"/api/v1/trust/{t.stage.body}").get_json()["rate"] == 10
    assert [r["passed"] for r in checker.get("/api/v1/retests").get_json()] == [False]
