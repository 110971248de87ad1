"""Approved against delivered: what was approved is frozen, deviations are named in plain words, and settlement waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from skills.courses.actions import classes, delivery, enrolments
from skills.courses.models import ClassSession, DeliveryReport
from skills.courses.models.delivery import ApprovedPlan
from skills.courses.queries import delivery as queries
from skills.courses.rules import delivery as rules
from skills.courses.rules.delivery import Approved, ApprovedSession, Delivered, compare
from skills.kernel import jobs
from skills.kernel.actors import SYSTEM
from skills.kernel.acts import Act
from skills.kernel.clock import shanghai_day
from skills.kernel.db import writing
from skills.vouchers.actions import settling
from skills.vouchers.models import Hold
from skills.web import i18n
from tests.courses.stage import Stage, make_stage
from tests.courses.wallet import voucher_for
from tests.world import World

FIRST = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


class Class24:
    """A class of 24 hours in four sessions, with one learner who uses a voucher."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stage = stage = make_stage(world)
        stage.course = stage.publish(hours=24)
        self.person, _ = stage.person("陈星宇")
        self.class_id = stage.open(days=4).class_id
        voucher = voucher_for(world, self.person)
        self.place = stage.enrol(self.class_id, self.person, voucher)
        world.clock.forward(days=7)
        world.perform(classes.start, actor=stage.clerk, class_id=self.class_id)
        with world.db() as db:
            chosen = select(ClassSession).where(ClassSession.class_id == self.class_id).order_by(ClassSession.starts_at)
            self.sessions = [(s.id, s.starts_at, s.ends_at) for s in db.scalars(chosen)]
        world.clock.forward(days=4)

    def record(self, order: int, **how: Any) -> Any:
        return self.world.perform(delivery.record, actor=self.stage.clerk, session_id=self.sessions[order][0], **how)

    def finish(self) -> Any:
        self.world.perform(classes.finish, actor=self.stage.clerk, class_id=self.class_id)
        return self.report

    def complete(self) -> None:
        self.world.perform(
            enrolments.complete, enrolment_id=self.place.enrolment_id, hours=Decimal(22), attendance=Decimal(100), score=Decimal(80),
            completed_on=self.world.today, passed=True,
        )  # fmt: skip

    @property
    def report(self) -> Any:
        return self.world.ask(queries.report_of, self.class_id)

    @property
    def frozen(self) -> bool:
        with self.world.db() as db:
            held = select(Hold.id).where(Hold.redemption_id == self.place.redemption_id, Hold.lifted_at.is_(None))
            return db.scalar(held) is not None

    def ordered(self) -> None:
        """Try to pay for it, as settlement does."""
        office = self.world.office
        with writing(self.world.engine) as db:
            act = Act("statement.close_lines", SYSTEM, self.world.clock.now(), db, office.source, office.tools)
            settling.order(act, self.place.redemption_id)


def tick(world: World) -> None:
    """What the worker does by the clock."""
    jobs.order_regular(world.office)
    world.run_jobs()


def words(report: Any) -> list[str]:
    return [i18n.sentence(code, facts, "zh").text for code, facts in report.deviations]


@pytest.mark.row(18)
def test_22_of_24_hours_with_an_unlisted_lecturer_are_two_named_deviations_and_hold_settlement(world: World) -> None:
    held = Class24(world)
    for order in range(3):
        held.record(order)
    _, starts, ends = held.sessions[3]
    held.record(3, starts_at=starts, ends_at=ends - timedelta(minutes=90), other="赵代课")
    report = held.finish()
    assert (report.planned, report.delivered, report.state) == ("24", "22", "held")
    assert words(report) == [
        "批准 24 学时，实际 22 学时，少 2 学时",
        f"赵代课不在批准的教师之列，上了 1 次课：{i18n.day(shanghai_day(starts), 'zh')}",
    ]
    assert held.frozen
    held.complete()
    assert held.frozen
    with world.refused("redemption.frozen"):
        held.ordered()
    world.holds()


def test_as_approved_nothing_waits(world: World) -> None:
    held = Class24(world)
    held.complete()
    assert held.frozen, "earned before the report: it waits for it"
    for order in range(4):
        held.record(order)
    assert held.finish().state == "clear"
    assert not held.frozen
    world.holds()


def test_two_people_let_it_through_or_an_explanation_is_accepted(world: World) -> None:
    held = Class24(world)
    for order in range(3):
        held.record(order)
    held.record(3, held=False)
    report = held.finish()
    assert [code for code, _ in report.deviations] == ["delivery.hours_short", "delivery.not_held"]
    examiner = world.actor("delivery.examine", "delivery.release", account="gov-1", district="500112")
    second = world.actor("delivery.release", account="gov-2", district="500112")
    elsewhere = world.actor("delivery.release", account="gov-3", district="500105")
    with world.refused("delivery.words_needed"):
        world.perform(delivery.propose, actor=examiner, report_id=report.id, words=" ")
    world.perform(delivery.propose, actor=examiner, report_id=report.id, words="停电，已另行核实")
    for actor, code in ((examiner, "delivery.own_work"), (elsewhere, "not_allowed")):
        with world.refused(code):
            world.perform(delivery.release, actor=actor, report_id=report.id, words="同意")
    world.perform(delivery.refuse_release, actor=second, report_id=report.id, words="请机构说明")
    assert (held.report.state, held.frozen) == ("held", True)
    with world.refused("delivery_report.unknown"):
        world.perform(delivery.explain, actor=world.actor("class.manage", organisation="elsewhere"), report_id=report.id, words="…")
    world.perform(delivery.explain, actor=held.stage.clerk, report_id=report.id, words="当天停电，学校有停电通知")
    world.perform(delivery.decline, actor=examiner, report_id=report.id, words="请附通知")
    world.perform(delivery.explain, actor=held.stage.clerk, report_id=report.id, words="通知编号 2026-17")
    world.perform(delivery.accept, actor=examiner, report_id=report.id, words="属实")
    assert (held.report.state, held.frozen) == ("accepted", False)
    world.holds()


def test_released_by_a_second_person_the_money_is_free(world: World) -> None:
    held = Class24(world)
    report = held.finish()
    assert report.delivered == "0", "what nobody recorded and nobody signed in at was not held"
    world.perform(delivery.propose, actor=world.actor("delivery.examine", account="gov-1"), report_id=report.id, words="已核实")
    world.perform(delivery.release, actor=world.actor("delivery.release", account="gov-2"), report_id=report.id, words="同意")
    assert (held.report.state, held.frozen) == ("released", False)
    with world.refused("delivery_report.cannot_release"):
        world.perform(delivery.release, actor=world.actor("delivery.release", account="gov-2"), report_id=report.id, words="同意")
    world.holds()


def test_a_record_is_in_time_in_a_running_class_and_corrected_not_overwritten(world: World) -> None:
    held = Class24(world)
    held.record(0, other="赵代课")
    held.record(0)
    with world.db() as db:
        from skills.courses.models.delivery import SessionRecord

        rows = db.scalars(select(SessionRecord)).all()
        assert {(r.other, r.replaced_at is None) for r in rows} == {("赵代课", False), ("", True)}
    _, starts, ends = held.sessions[1]
    with world.refused("session_record.not_possible"):
        held.record(1, starts_at=starts, ends_at=ends + timedelta(days=30))
    world.clock.forward(days=8)
    with world.refused("session_record.not_possible") as refused:
        held.record(1)
    assert {f.code for f in refused[0].findings} == {"session_record.in_time"}
    held.finish()
    with world.refused("session_record.not_possible"):
        held.record(0)
    world.holds()


def test_a_class_that_is_never_finished_gets_its_report_by_the_clock(world: World) -> None:
    held = Class24(world)
    tick(world)
    assert held.report is None
    world.clock.forward(days=8)
    tick(world)
    assert held.report.state == "held"
    assert held.frozen
    held.finish()
    with world.db() as db:
        assert len(db.scalars(select(DeliveryReport.id)).all()) == 1
    world.holds()


def test_before_approval_nothing_begins_is_attended_or_paid_by_voucher(world: World) -> None:
    """开班申请: not before 同意开班."""
    from skills.courses.actions import attendance

    stage = make_stage(world)
    person, _ = stage.person("陈星宇")
    voucher = voucher_for(world, person)
    made = stage.plan()
    world.perform(classes.submit, actor=stage.clerk, class_id=made.class_id, promise=True)
    with world.refused("course_class.unknown"):
        stage.enrol(made.class_id, person, voucher)
    world.clock.forward(days=7)
    with world.refused("class.cannot_start"):
        world.perform(classes.start, actor=stage.clerk, class_id=made.class_id)
    with world.db() as db:
        session_id = db.scalars(select(ClassSession.id).where(ClassSession.class_id == made.class_id)).first()
    scanner = world.actor("attendance.scan", person=person)
    with world.refused("attendance.not_enrolled"):
        world.perform(attendance.scan, actor=scanner, code="123456", session_id=session_id)
    with world.refused("session_record.not_possible"):
        world.perform(delivery.record, actor=stage.clerk, session_id=session_id)
    world.holds()


@pytest.mark.parametrize("lapse", ["escalate", "approve"])
def test_the_clock_decides_by_policy(world: World, lapse: str) -> None:
    stage = make_stage(world)
    world.policy("class.approval", {"days": 3, "lapse": lapse}, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    made = stage.plan(starts=20)
    world.perform(classes.submit, actor=stage.clerk, class_id=made.class_id, promise=True)
    world.clock.forward(days=3)
    tick(world)
    assert state_of(world, stage, made.class_id) == "submitted"
    world.clock.forward(days=3)
    tick(world)
    assert state_of(world, stage, made.class_id) == ("approved" if lapse == "approve" else "submitted")
    with world.db() as db:
        assert (db.scalar(select(ApprovedPlan.by)) == "clock") == (lapse == "approve")
    if lapse == "escalate":
        tick(world)
        world.perform(classes.approve, actor=stage.city, class_id=made.class_id)
    world.holds()


def test_a_class_hour_is_as_long_at_the_application_as_at_the_end(world: World) -> None:
    stage = make_stage(world)
    world.policy("course.minutes_per_hour", 60, world.today + timedelta(days=5))
    before = stage.plan(starts=3, days=2, lecturer="李老师", room="301室")
    world.perform(classes.submit, actor=stage.clerk, class_id=before.class_id, promise=True)
    after = stage.plan(starts=7, days=2, lecturer="李老师", room="301室")
    with world.refused("class.not_ready") as refused:
        world.perform(classes.submit, actor=stage.clerk, class_id=after.class_id, promise=True)
    assert [(f.code, f.facts["planned"]) for f in refused[0].findings if not f.met] == [("class.timetable_covers", 9)]


def state_of(world: World, stage: Stage, class_id: str) -> str:
    from skills.courses.queries import classes as read

    return str(world.ask(read.class_of, class_id, [stage.school]).state)


def test_an_incomplete_application_is_never_approved_by_the_clock(world: World) -> None:
    stage = make_stage(world)
    world.policy("class.approval", {"days": 3, "lapse": "approve"}, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    made = stage.plan(starts=4)
    world.perform(classes.submit, actor=stage.clerk, class_id=made.class_id, promise=True)
    world.clock.forward(days=7)  # its first day is over
    tick(world)
    assert state_of(world, stage, made.class_id) == "submitted"
    world.holds()


# The rule ----------------------------------------------------------------------------------------------------------


def session(order: int, *lecturers: str) -> ApprovedSession:
    at = FIRST + timedelta(days=order)
    return ApprovedSession(f"s{order}", at, at + timedelta(minutes=180), "301室", "学府路1号", lecturers or ("A",))


def held(one: ApprovedSession, **how: Any) -> Delivered:
    told = {
        "session_id": one.id, "recorded": True, "held": True, "starts_at": one.starts_at, "ends_at": one.ends_at,
        "lecturers": one.lecturers, "other": "", "room": one.room, "address": one.address, **how,
    }  # fmt: skip
    return Delivered(**told)


PLAN = Approved(12, "500112", tuple(session(n) for n in range(3)))


@pytest.mark.parametrize(
    ("how", "codes"),
    [
        ({}, []),
        ({"lecturers": ("B",)}, ["delivery.lecturer_other"]),
        ({"lecturers": ("A", "B")}, ["delivery.lecturer_other"]),
        ({"other": "赵代课", "lecturers": ()}, ["delivery.lecturer_other"]),
        ({"room": " 301 室"}, []),
        ({"room": "302室"}, ["delivery.venue_other"]),
        ({"address": "江对岸3号"}, ["delivery.venue_other"]),
        ({"attended": 0}, ["delivery.unattended"]),
        ({"ends_at": session(0).ends_at - timedelta(minutes=45)}, ["delivery.hours_short"]),
        ({"ends_at": session(0).ends_at + timedelta(minutes=45)}, []),
        ({"held": False, "starts_at": None, "ends_at": None}, ["delivery.hours_short", "delivery.not_held"]),
        ({"recorded": False, "held": False, "attended": 3}, ["delivery.unrecorded"]),
        ({"recorded": False, "held": False, "attended": 0}, ["delivery.hours_short", "delivery.not_held"]),
    ],
)
def test_each_deviation_is_named_and_nothing_else(how: dict[str, Any], codes: list[str]) -> None:
    first, *rest = PLAN.sessions
    result = compare(PLAN, [held(first, **how), *(held(s) for s in rest)], {"A": "李敏", "B": "王强"}, 45, 0)
    assert [d.code for d in result.deviations] == codes


def test_a_make_up_stands_in_for_a_session_that_was_not_held() -> None:
    first, *rest = PLAN.sessions
    again = Delivered("m", True, True, first.starts_at, first.ends_at, ("A",), "", "402室", first.address, makes_up=first.id)
    off = held(first, held=False, starts_at=None, ends_at=None)
    assert compare(PLAN, [off, again, *(held(s) for s in rest)], {}, 45, 0).deviations == ()


def test_what_is_tolerated_by_policy_is_not_named() -> None:
    first, *rest = PLAN.sessions
    short = held(first, ends_at=first.ends_at - timedelta(minutes=10))
    assert [d.code for d in compare(PLAN, [short, *map(held, rest)], {}, 45, 0).deviations] == ["delivery.hours_short"]
    assert compare(PLAN, [short, *map(held, rest)], {}, 45, 2).deviations == ()


@pytest.mark.parametrize(
    ("hours", "approved", "now", "tolerated", "told"),
    [
        (12, 0, 0, 0, None),
        (13, 45, 45, 0, None),
        (13, 45, 90, 0, None),
        (13, 45, 30, 0, ("delivery.hours_short", "13", "12.6", "0.4")),  # a lesson online was withdrawn
        (13, 45, 30, 4, None),
        (14, 45, 45, 0, ("delivery.course_hours_short", "14", "13", "1")),  # the plan itself holds less than was approved
        (14, 45, 45, 8, None),
        (14, None, 90, 0, None),  # approved before lessons online were kept with the plan
        (12, None, 45, 0, None),
    ],
)
def test_hours_approved_are_compared_with_sessions_and_lessons_online(
    hours: int, approved: int | None, now: int, tolerated: int, told: tuple[str, ...] | None
) -> None:
    plan = Approved(hours, "500112", PLAN.sessions, online=approved)
    result = compare(plan, map(held, plan.sessions), {}, 45, tolerated, now)
    assert [(d.code, *map(d.facts.get, ("planned", "delivered", "missing"))) for d in result.deviations] == ([told] if told else [])
    assert result.delivered <= result.planned


def test_lessons_online_do_not_stand_in_for_a_session_that_was_not_held() -> None:
    first, *rest = PLAN.sessions
    off = held(first, held=False, starts_at=None, ends_at=None)
    result = compare(Approved(12, "500112", PLAN.sessions, online=0), [off, *map(held, rest)], {}, 45, 0, 180)
    assert [d.code for d in result.deviations] == ["delivery.hours_short", "delivery.not_held"]
    assert (result.planned, result.delivered) == (540, 360)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 400), st.sampled_from("AB")), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_hours_never_exceed_what_was_approved_and_every_shortfall_is_named(told: list[tuple[bool, bool, int, str]]) -> None:
    plan = Approved(4 * len(told), "500112", tuple(session(n) for n in range(len(told))))
    known = [
        held(one, recorded=recorded, held=recorded and took, starts_at=one.starts_at, ends_at=one.starts_at + timedelta(minutes=minutes),
             lecturers=(who,))
        for one, (recorded, took, minutes, who) in zip(plan.sessions, told, strict=True)
    ]  # fmt: skip
    result = compare(plan, known, {}, 45, 0)
    assert 0 <= result.delivered <= result.planned == 180 * len(told)
    codes = {d.code for d in result.deviations}
    assert ("delivery.hours_short" in codes) == (result.delivered < result.planned)
    assert ("delivery.not_held" in codes) == any(not (r and t) for r, t, *_ in told)
    assert ("delivery.lecturer_other" in codes) == any(r and t and who == "B" for r, t, _, who in told)
    assert sum(bool(row.faults) for row in result.rows) == 0 or result.deviations


def test_hours_are_never_rounded_up() -> None:
    assert [rules.hours(m, 45) for m in (0, 44, 45, 990, 1079, 1080)] == ["0", "0.9", "1", "22", "23.9", "24"]


def test_the_plan_is_frozen_at_approval_and_the_roster_at_the_start(world: World) -> None:
    made = Class24(world)
    with world.db() as db:
        rows = db.scalars(select(ApprovedPlan).order_by(ApprovedPlan.version)).all()
        assert [(r.version, r.why) for r in rows] == [(1, "approval"), (2, "start")]
        assert rows[1].body["roster"] == [made.place.enrolment_id]
        assert [len(r.body["sessions"]) for r in rows] == [4, 4]


def test_by_policy_deviations_are_named_and_nothing_waits(world: World) -> None:
    world.policy("class.deviations_hold", False, world.today + timedelta(days=1))
    held = Class24(world)
    held.complete()
    assert not held.frozen
    assert held.finish().state == "noted"
    assert not held.frozen
    world.holds()


def test_what_was_earned_in_a_class_that_is_called_off_is_looked_at(world: World) -> None:
    held = Class24(world)
    held.complete()
    world.perform(classes.cancel, actor=held.stage.clerk, class_id=held.class_id, reason="学校停办")
    assert (held.report.state, held.frozen) == ("held", True)
    world.perform(delivery.propose, actor=world.actor("delivery.examine", account="gov-1"), report_id=held.report.id, words="已核实")
    world.perform(delivery.release, actor=world.actor("delivery.release", account="gov-2"), report_id=held.report.id, words="同意")
    assert not held.frozen
    world.holds()
