"""Attendance: the learner's own scan in its window, never the institution's hand, two people for a correction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from skills.accounts.rules import GRANTS, Role
from skills.courses.actions import attendance, classes, enrolments
from skills.courses.models import Attendance, ClassSession
from skills.courses.queries import attendance as queries
from skills.courses.rules.attendance import Held, Mark, Reason, Side, Times, count, mark_at, side_now, units_of, window
from skills.kernel.actors import Actor
from skills.kernel.audit import AuditEntry
from skills.kernel.db import writing
from skills.kernel.errors import Forbidden, Missing
from skills.kernel.keys import KeyRing
from skills.vouchers.models import Redemption
from skills.vouchers.queries import settling
from tests.courses.stage import make_stage
from tests.courses.test_views import Visitors, press, visitors
from tests.courses.wallet import voucher_for
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(11)
TEN = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


# Rules -----------------------------------------------------------------------------------------------------------


def test_fourteen_full_and_four_late_are_sixteen_of_twenty() -> None:
    marks = [Mark.ON_TIME] * 14 + [Mark.LATE] * 4 + [None, Mark.ABSENT]
    found = count([Held(str(n), mark) for n, mark in enumerate(marks)], 50, check_out=False)
    assert (found.sessions, found.planned, found.percent) == (16, 20, Decimal("80.0"))
    assert (found.full, found.half, found.absent) == (14, 4, 2)
    assert count([], 50, check_out=False).percent == 0


@pytest.mark.parametrize(("came", "left", "units"), [
    (Mark.ON_TIME, Mark.ON_TIME, 100), (Mark.LATE, Mark.ON_TIME, 50), (Mark.ON_TIME, None, 50), (Mark.LATE, None, 0),
    (Mark.ON_TIME, Mark.ABSENT, 50), (None, Mark.ON_TIME, 0), (Mark.ABSENT, Mark.ON_TIME, 0),
])  # fmt: skip
def test_where_leaving_is_written_too_going_early_costs_as_late_does(came: Mark | None, left: Mark | None, units: int) -> None:
    assert units_of(Held("a", came, left), 50, check_out=True) == units


MARKS = st.sampled_from([None, *Mark])
SESSIONS = st.lists(st.builds(Held, st.sampled_from("abcdefgh"), MARKS, MARKS, st.booleans()), max_size=24)


@given(SESSIONS, st.integers(0, 100), st.booleans())
def test_a_count_is_whole_and_more_presence_never_counts_less(sessions: list[Held], late: int, out: bool) -> None:
    found = count(sessions, late, out)
    assert found.planned == len({s.key for s in sessions if not s.makeup})
    assert 0 <= found.attended <= found.planned_units
    assert 0 <= found.percent <= 100
    assert found.percent * found.planned <= found.attended  # never rounded up
    better = [Held(s.key, Mark.ON_TIME, Mark.ON_TIME, s.makeup) if n == 0 else s for n, s in enumerate(sessions)]
    assert count(better, late, out).attended >= found.attended
    without = [s for s in sessions if not s.makeup]
    assert count(without, late, out).planned == found.planned
    assert count(without, late, out).attended <= found.attended


@given(
    st.integers(1, 600), st.integers(-300, 900), st.booleans(),
    st.builds(Times, *[st.integers(0, 120)] * 5, st.booleans()),
)  # fmt: skip
def test_a_moment_belongs_to_one_side_at_most_and_late_never_turns_into_on_time(length: int, at: int, check: bool, times: Times) -> None:
    ends, now = TEN + timedelta(minutes=length), TEN + timedelta(minutes=at)
    holding = [s for s in Side if window(TEN, ends, s, times).holds(now) and (s is Side.IN or times.check_out)]
    assert side_now(TEN, ends, now, times) == (holding[0] if holding else None)
    assert not times.check_out or len(holding) <= 1
    if mark_at(TEN, Side.IN, now, times) is Mark.LATE:
        assert at >= times.late
        assert mark_at(TEN, Side.IN, now + timedelta(minutes=1), times) is Mark.LATE


# Acts ------------------------------------------------------------------------------------------------------------


class Room:
    """A running class with sessions on three days, a learner in it, and the screen of a room."""

    def __init__(self, world: World, paid: bool = False, both: bool = False) -> None:
        self.world, self.stage = world, make_stage(world)
        self.class_id = str(self.stage.open(10).class_id)
        next_door = str(self.stage.open(10).class_id)
        self.person, self.number = self.stage.person("欧阳星河")
        self.place = str(self.stage.enrol(self.class_id, self.person, voucher_for(world, self.person) if paid else None).enrolment_id)
        if both:
            self.stage.enrol(next_door, self.person)
        self.classes = (self.class_id, next_door) if both else (self.class_id,)
        world.clock.forward(days=7)
        for class_id in (self.class_id, next_door) if both else (self.class_id,):
            world.perform(classes.start, actor=self.stage.clerk, class_id=class_id)
        with world.db() as db:
            found = db.scalars(select(ClassSession).where(ClassSession.class_id == self.class_id).order_by(ClassSession.starts_at))
            self.sessions = [(s.id, s.starts_at) for s in found]
            there = select(ClassSession.id).where(ClassSession.class_id == next_door).order_by(ClassSession.starts_at)
            self.elsewhere = str(db.scalars(there).first())

    @property
    def learner(self) -> Actor:
        return self.world.actor("attendance.scan", account=f"acc-{self.person}"[:26], person=self.person)

    @property
    def bureau(self) -> Actor:
        return self.world.actor("attendance.correct", account="bureau", district="500112")

    def at(self, day: int, minutes: int) -> str:
        """So many minutes after the start of a day's session, whose id it is."""
        session, starts = self.sessions[day]
        self.world.clock.set(starts + timedelta(minutes=minutes))
        return session

    def code(self, session: str) -> str:
        """What the room's screen shows now."""
        ring, mine = self.world.tool(KeyRing), [self.stage.school]
        shown = self.world.ask(queries.screen, ring, self.class_id, session, mine, self.world.clock.now())
        return str(shown.code)

    def code_of(self, session: str) -> str:
        """The same, of a room of any class."""
        return queries.code_of(self.world.tool(KeyRing), session, Side.IN, self.world.clock.now())

    def scan(self, session: str, code: str = "", actor: Actor | None = None) -> Any:
        return self.world.perform(attendance.scan, actor=actor or self.learner, code=code or self.code(session), session_id=session)

    def wish(self, session: str, mark: Mark, actor: Actor | None = None, **more: Any) -> str:
        order = {"session_id": session, "side": Side.IN, "mark": mark, "reason": Reason.PHONE, "words": "手机没电了"}
        work = attendance.ask_for if more else attendance.ask
        return str(self.world.perform(work, actor=actor or self.learner, **order, **more).correction_id)


def test_on_time_late_and_once(world: World) -> None:
    room = Room(world)
    first = room.at(0, -5)
    assert room.scan(first).mark == "on_time"
    with world.refused("attendance.already"):
        room.scan(first)
    second = room.at(1, 10)
    done = world.perform(attendance.scan, actor=room.learner, code=room.code(second).lower(), session_id=None)  # typed
    assert (done.session_id, done.mark) == (second, "late")
    found = world.ask(queries.count_of, room.class_id, room.person)
    assert (found.full, found.half, found.absent, found.percent) == (1, 1, 1, Decimal("50.0"))
    world.holds()


def test_each_wrong_code_moment_and_person_has_its_own_refusal_and_writes_nothing(world: World) -> None:
    room = Room(world)
    session = room.at(0, -31)
    with world.refused("attendance.too_early"):
        room.scan(session, "AAAAAAAA")
    room.at(0, 0)
    old = room.code(session)
    world.clock.forward(seconds=59)
    assert room.code(session) != old
    world.clock.forward(seconds=1)
    for how in (session, None):
        with world.refused("attendance.rotated_out"):
            world.perform(attendance.scan, actor=room.learner, code=old, session_id=how)
    with world.refused("attendance.wrong_code"):
        room.scan(session, "22222222")
    stranger, _ = room.stage.person()
    with world.refused("attendance.not_enrolled"):
        room.scan(session, actor=world.actor("attendance.scan", account="stranger", person=stranger))
    with world.refused("attendance.nothing_now"):
        world.perform(attendance.scan, actor=world.actor("attendance.scan", account="s", person=stranger), code=room.code(session))
    with world.refused("attendance.other_session"):
        room.scan(session, queries.code_of(world.tool(KeyRing), room.elsewhere, Side.IN, world.clock.now()))
    room.at(0, 60)
    with world.refused("attendance.too_late"):
        room.scan(session, "AAAAAAAA")
    assert room.code(session) == ""
    with world.db() as db:
        assert db.scalars(select(Attendance)).all() == []
    assert world.ask(queries.count_of, room.class_id, room.person) is None
    world.holds()


def test_no_role_of_an_institution_can_write_attendance(lite: World, visitors: Visitors) -> None:
    room = Room(lite)
    session = room.at(0, 0)
    code = room.code(session)
    held = {role for role, rights in GRANTS.items() if "attendance.scan" in rights}
    assert held == {Role.PERSON}
    assert not {r for r, rights in GRANTS.items() if "attendance.correct" in rights} & {Role.INSTITUTION_ADMIN, Role.INSTITUTION_CLERK}
    wish = ""
    for role in (Role.INSTITUTION_ADMIN, Role.INSTITUTION_CLERK):
        clerk = lite.actor(*GRANTS[role], account=role.value, organisation=room.stage.school)
        with pytest.raises(Forbidden):
            room.scan(session, code, clerk)
        browser = visitors.come(clerk)
        token = browser.get(f"/org/classes/{room.class_id}/attendance").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
        sent = browser.post("/me/attend", data={"csrf_token": token, "key": "k1", "code": code, "session": session})
        assert sent.status_code == 403
        wish = wish or room.wish(session, Mark.ON_TIME)
        assert browser.post(f"/gov/attendance/{wish}/approve", data={"csrf_token": token, "key": "k2"}).status_code == 403
        api = browser.post("/api/v1/attendance", json={"code": code}, headers={"Idempotency-Key": "k3", "X-CSRF-Token": token})
        assert api.status_code == 403
    with lite.db() as db:
        assert db.scalars(select(Attendance)).all() == []
    lite.holds()


def test_a_correction_needs_two_people_and_keeps_the_old_row(world: World) -> None:
    room = Room(world)
    session = room.at(0, 20)
    room.scan(session)
    both = world.actor("attendance.correct", "class.manage", account="both", organisation=None)
    with world.refused("attendance_correction.not_possible"):
        room.wish(session, Mark.LATE)
    wish = room.wish(session, Mark.ON_TIME, both, enrolment_id=room.place)
    with world.refused("attendance_correction.open"):
        room.wish(session, Mark.ABSENT)
    with world.refused("attendance_correction.own"):
        world.perform(attendance.approve, actor=both, correction_id=wish)
    with world.refused("attendance_correction.own"):  # nor the learner, whatever else they may be
        mine = world.actor("attendance.correct", account="else", person=room.person)
        world.perform(attendance.approve, actor=mine, correction_id=wish)
    paid = world.actor("attendance.correct", account="paid", organisation=room.stage.school)
    with pytest.raises(Forbidden):
        world.perform(attendance.approve, actor=paid, correction_id=wish)
    world.perform(attendance.approve, actor=room.bureau, correction_id=wish)
    with world.refused("attendance_correction.cannot_approve"):
        world.perform(attendance.approve, actor=room.bureau, correction_id=wish)
    with world.db() as db:
        rows = db.scalars(select(Attendance).order_by(Attendance.replaced_at.is_(None))).all()
        assert [(r.mark, r.way, r.replaced_at is None) for r in rows] == [("late", "scan", False), ("on_time", "correction", True)]
        trail = {e.action: e.actor for e in db.scalars(select(AuditEntry)) if e.action.startswith("attendance_correction")}
    assert trail == {"attendance_correction.ask_for": "both", "attendance_correction.approve": "bureau"}
    second = room.at(1, 100)
    wish = room.wish(second, Mark.ON_TIME)
    with world.refused("attendance_correction.words_needed"):
        world.perform(attendance.refuse, actor=room.bureau, correction_id=wish, answer=" ")
    world.perform(attendance.refuse, actor=room.bureau, correction_id=wish, answer="监控未见本人")
    assert world.ask(queries.count_of, room.class_id, room.person).full == 1
    world.clock.forward(days=20)
    with world.refused("attendance_correction.too_late"):
        room.wish(second, Mark.ON_TIME)
    world.holds()


def test_a_makeup_stands_for_what_was_missed_and_is_not_one_more(world: World) -> None:
    room = Room(world)
    session = room.at(0, 0)
    room.scan(session)
    second, starts = room.sessions[1]
    again = starts + timedelta(days=5)
    order = {"session_id": second, "starts_at": again, "ends_at": again + timedelta(hours=5), "room": "302室"}
    room.at(2, 0)
    with pytest.raises(Missing):
        world.perform(attendance.plan_makeup, actor=world.actor("class.manage", organisation="elsewhere"), **order)
    with world.refused("session.makeup_not_possible"):
        world.perform(attendance.plan_makeup, actor=room.stage.clerk, **{**order, "ends_at": again + timedelta(hours=1)})
    made = world.perform(attendance.plan_makeup, actor=room.stage.clerk, **order)
    with world.refused("session.has_makeup"):
        world.perform(attendance.plan_makeup, actor=room.stage.clerk, **{**order, "starts_at": again + timedelta(minutes=1)})
    world.clock.set(again)
    room.scan(made.session_id)
    found = world.ask(queries.count_of, room.class_id, room.person)
    assert (found.planned, found.full, found.absent) == (3, 2, 1)
    world.holds()


def test_the_return_must_say_what_the_scans_come_to(world: World) -> None:
    room = Room(world)
    for day in range(3):
        room.scan(room.at(day, 20 if day == 0 else 0))  # late, on time, on time
    world.clock.forward(days=1)
    order: dict[str, Any] = {
        "enrolment_id": room.place, "hours": Decimal(12), "score": Decimal(80), "completed_on": world.today, "passed": True,
    }
    with world.refused("completions.attendance_differs") as held:
        world.perform(enrolments.complete, attendance=Decimal(100), **order)
    assert (held[0].facts["percent"], held[0].facts["kept"]) == (Decimal(100), Decimal("83.3"))
    with world.refused("completions.hours_beyond") as held:
        world.perform(enrolments.complete, attendance=Decimal("83.3"), **order)
    assert (held[0].facts["hours"], held[0].facts["kept"]) == (Decimal(12), Decimal("10.00"))
    done = world.perform(enrolments.complete, attendance=Decimal("83.3"), **{**order, "hours": Decimal(10)})
    assert done.state == "completed"
    with world.refused("attendance_correction.closed"):
        room.wish(room.sessions[0][0], Mark.ON_TIME)
    world.holds()


@pytest.mark.row(12)
def test_money_rests_on_the_units_of_the_scans(world: World) -> None:
    room = Room(world, paid=True)
    for day in range(3):
        room.scan(room.at(day, 20 if day == 0 else 0))
    world.clock.forward(days=1)
    world.perform(
        enrolments.complete, enrolment_id=room.place, hours=Decimal(10), attendance=Decimal("83.3"), score=Decimal(80),
        completed_on=world.today, passed=True,
    )  # fmt: skip
    assert list(world.ask(settling.attended).values()) == [(250, 300)]
    world.holds()
    with writing(world.engine) as db:
        db.execute(update(Redemption).values(attended=300))
    assert "courses.attended" in world.violations()


def test_nobody_is_counted_in_two_rooms_at_once(world: World) -> None:
    room = Room(world, both=True)
    session = room.at(0, 0)
    code = queries.code_of(world.tool(KeyRing), room.elsewhere, Side.IN, world.clock.now())
    room.scan(session)
    assert world.ask(queries.count_of, room.class_id, room.person).attended == 100
    room.scan(room.elsewhere, code)
    for class_id in room.classes:  # both are flagged (tests/learning/test_overlaps.py), neither counts until it is decided
        assert world.ask(queries.count_of, class_id, room.person).attended == 0
    world.holds()


def test_a_relative_cannot_attend_for_somebody(world: World) -> None:
    room = Room(world)
    session = room.at(0, 0)
    helper = replace(room.learner, on_behalf_of="relative")
    with pytest.raises(Forbidden):
        room.scan(session, actor=helper)
    assert world.ask(queries.count_of, room.class_id, room.person) is None


@pytest.mark.parametrize("change", [{"mark": "on_time"}, {"at": TEN + timedelta(days=90)}, {"replaced_at": TEN}])
def test_a_row_that_the_clock_did_not_write_is_found(lite: World, change: dict[str, Any]) -> None:
    room = Room(lite)
    room.scan(room.at(0, 20))
    with writing(lite.engine) as db:
        db.execute(update(Attendance).values(**change))
    assert {"courses.attendance", "courses.corrections"} & set(lite.violations())


def test_pages_of_all_three(lite: World, visitors: Visitors) -> None:
    room = Room(lite)
    session = room.at(0, 0)
    clerk = visitors.come(room.stage.clerk)
    screen = clerk.get(f"/org/classes/{room.class_id}/sessions/{session}/screen")
    text = screen.get_data(as_text=True)
    code = room.code(session)
    assert f"{code[:4]} {code[4:]}" in text
    assert 'http-equiv="refresh"' in text
    assert screen.headers["Cache-Control"] == "no-store"
    assert clerk.get(f"/org/classes/{room.class_id}/sessions/{'0' * 26}/screen").status_code == 404
    learner = visitors.come(
        lite.actor("attendance.scan", "enrolment.enrol", account="me", person=room.person)
    )
    sent = press(learner, f"/me/attend?session={session}&code={code}", "/me/attend", session=session, code=code)
    assert "已签到" in learner.get(sent.headers["Location"]).get_data(as_text=True)
    own = f"/me/courses/{room.place}/attendance"
    assert "按时" in learner.get(own).get_data(as_text=True)
    press(learner, own, f"{own}/corrections", session=session, mark="in:late", reason="other", words="其实我迟到了")
    assert "已签 <b>1</b>" in clerk.get(f"/org/classes/{room.class_id}/sessions/{session}/screen").get_data(as_text=True)
    assert "欧阳星河" in clerk.get(f"/org/classes/{room.class_id}/attendance").get_data(as_text=True)
    bureau = visitors.come(room.bureau)
    assert "其实我迟到了" in bureau.get("/gov/attendance").get_data(as_text=True)
    assert bureau.get(f"/gov/classes/{room.class_id}/attendance").status_code == 200
    lite.holds()


def test_no_correction_puts_anybody_into_two_rooms(world: World) -> None:
    room = Room(world, both=True)
    session = room.at(0, 0)
    room.scan(session)
    wish = room.wish(room.elsewhere, Mark.ON_TIME)
    with world.refused("attendance.elsewhere"):
        world.perform(attendance.approve, actor=room.bureau, correction_id=wish)
    world.perform(attendance.refuse, actor=room.bureau, correction_id=wish, answer="同一时间在另一间教室")
    gone = room.wish(session, Mark.ABSENT)
    world.perform(attendance.approve, actor=room.bureau, correction_id=gone)
    again = room.wish(room.elsewhere, Mark.ON_TIME)
    world.perform(attendance.approve, actor=room.bureau, correction_id=again)
    world.holds()
