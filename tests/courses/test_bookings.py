"""Lecturers and rooms over all institutions: the second booking is refused and both are told, also in the same second."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from skills.courses.actions import attendance, classes
from skills.courses.actions import bookings as acts
from skills.courses.models import Booking, ClassSession
from skills.courses.rules.bookings import Booked, Slack, Slot, address_of, collisions, meet, place_of
from skills.courses.rules.timetable import read_timetable, write_timetable
from skills.messages.models import Message
from tests.courses.stage import Stage, institution, make_stage
from tests.world import World

NOON = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)


def second(world: World, first: Stage) -> Stage:
    """Another institution, with a course of its own and the same people in the pool."""
    other = Stage(world, institution(world, 2), serial=first.serial + 100, pool=first.pool)
    other.course = other.publish()
    return other


def told(world: World, organisation: str) -> Counter[str]:
    """What an organisation was told of bookings."""
    with world.db() as db:
        rows = db.scalars(select(Message.code).where(Message.organisation_id == organisation, Message.code.startswith("booking.")))
        return Counter(rows)


@pytest.mark.row(19)
def test_the_same_lecturer_at_the_same_hour_is_refused_to_the_second_and_both_are_told(world: World) -> None:
    first = make_stage(world)
    other = second(world, first)
    first.open(lecturer="李老师")
    answer = other.try_plan(lecturer="李老师", address="另一条路9号")
    assert (answer.class_id, {c.kind for c in answer.clashes}) == ("", {"lecturer"})
    assert (answer.clashes[0].name, answer.clashes[0].institution) == ("李老师", "星河职业培训学校1")
    with world.refused("class.booked"):
        answer.or_refuse()
    assert told(world, first.school) == {"booking.told_lecturer_asked": 3}
    assert told(world, other.school) == {"booking.told_lecturer_taken": 3}
    assert other.try_plan(lecturer="李老师", starts=14, address="另一条路9号").class_id, "at another time the pool is shared"
    world.holds()


def test_a_room_is_one_room_however_it_is_written(world: World) -> None:
    first = make_stage(world)
    other = second(world, first)
    first.open()
    answer = other.try_plan(lecturer="王老师", address=" 学府路１号 ", room="301 室")
    assert {(c.kind, c.name) for c in answer.clashes} == {("room", "301室")}
    assert told(world, first.school) == {"booking.told_room_asked": 3}
    assert other.try_plan(lecturer="王老师", address="学府路2号", room="301室").class_id
    world.holds()


def test_planned_anew_called_off_and_made_up(world: World) -> None:
    stage = make_stage(world)
    other = second(world, stage)
    made = stage.plan(lecturer="李老师")
    again = stage.try_plan(lecturer="李老师", class_id=made.class_id)
    assert again.class_id == made.class_id, "one's own plan is not in its own way"
    assert not other.try_plan(lecturer="李老师", address="别处").class_id
    world.perform(classes.cancel, actor=stage.clerk, class_id=made.class_id, reason="人数不足")
    kept = other.open(lecturer="李老师", address="别处")
    world.clock.forward(days=7)
    world.perform(classes.start, actor=other.clerk, class_id=kept.class_id)
    with world.db() as db:
        lesson = db.scalars(select(ClassSession).where(ClassSession.class_id == kept.class_id).order_by(ClassSession.starts_at)).first()
        assert lesson is not None
        session_id, starts, ends = lesson.id, lesson.starts_at, lesson.ends_at
    later = timedelta(days=1, minutes=1)
    order = {"session_id": session_id, "starts_at": starts + later, "ends_at": ends + later, "room": "另一间"}
    answer = world.perform(attendance.plan_makeup, actor=other.clerk, **order)
    assert {c.kind for c in answer.clashes} == {"lecturer"}, "the make-up asks too"
    order = {**order, "starts_at": starts + timedelta(days=5), "ends_at": ends + timedelta(days=5)}
    assert world.perform(attendance.plan_makeup, actor=other.clerk, **order).session_id
    world.holds()


def test_travelling_takes_its_time_by_policy(world: World) -> None:
    first = make_stage(world)
    other = second(world, first)
    made = first.plan(days=1, lecturer="李老师")
    with world.db() as db:
        ends = db.scalars(select(ClassSession.ends_at).where(ClassSession.class_id == made.class_id)).one()

    def after(minutes: int, address: str) -> Any:
        at = ends + timedelta(minutes=minutes)
        plan = classes.SessionPlan(at, at + timedelta(hours=2), "多功能厅", "", (first.pool["李老师"],))
        return other.try_plan(days=1, lecturer="李老师", address=address, sessions=(plan,))

    assert {c.kind for c in after(29, "江对岸3号").clashes} == {"travel"}
    assert after(10, "学府路1号").class_id, "in the same house nobody travels"
    world.policy("class.travel_minutes", {"between": 0, "makeup": 0}, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    assert after(130, "江对岸3号").class_id
    world.holds()


@pytest.mark.row(19)
def test_two_institutions_in_the_same_second(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    first = make_stage(world)
    other = second(world, first)
    first.lecturer("李老师")
    looked = acts._near

    def slow(*order: Any) -> Any:
        found = looked(*order)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(acts, "_near", slow)
    gate = Barrier(2)

    def attempt(stage: Stage) -> int:
        gate.wait()
        return len(stage.try_plan(lecturer="李老师", address=f"{stage.school}路1号").clashes)

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(attempt, (first, other)))
    assert answers == [0, 3]
    with world.db() as db:
        assert len(db.scalars(select(Booking.id).where(Booking.kind == "lecturer")).all()) == 3
    world.holds()


def test_the_check_finds_a_booking_that_was_written_past_the_rules(world: World) -> None:
    stage = make_stage(world)
    one, two = stage.open(lecturer="李老师"), stage.open(lecturer="王老师")
    from sqlalchemy.orm import Session

    with Session(world.engine.execution_options(writes=True)) as db, db.begin():
        for row in db.scalars(select(Booking).where(Booking.class_id == two.class_id, Booking.kind == "lecturer")):
            row.lecturer_id = stage.pool["李老师"]
    assert "courses.bookings" in world.violations()
    assert one.class_id


hours = st.integers(0, 60)


@st.composite
def slots(draw: Any) -> Slot:
    begin, length = draw(hours), draw(st.integers(1, 8))
    who = tuple(draw(st.sets(st.sampled_from("AB"), max_size=2)))
    address = draw(st.sampled_from(["", "x", "y"]))
    return Slot(NOON + timedelta(minutes=15 * begin), NOON + timedelta(minutes=15 * (begin + length)), who, f"{address}|1" if address else "",
                address, draw(st.booleans()))  # fmt: skip


@given(slots(), slots(), st.integers(0, 90), st.integers(0, 90))
@settings(max_examples=300, deadline=None)
def test_meeting_is_symmetrical_and_never_without_a_common_name(a: Slot, b: Slot, between: int, makeup: int) -> None:
    slack = Slack(between, makeup)

    def met(one: Slot, two: Slot) -> set[str]:
        booked = [Booked(f"l{i}", i, two.place, two.address, two.starts_at, two.ends_at, two.makeup) for i in two.lecturers]
        if two.place:
            booked.append(Booked("r", None, two.place, two.address, two.starts_at, two.ends_at, two.makeup))
        return {c.kind for c in collisions([one], booked, slack)}

    assert met(a, b) == met(b, a)
    overlap = a.starts_at < b.ends_at and b.starts_at < a.ends_at
    common = set(a.lecturers) & set(b.lecturers)
    assert ("lecturer" in met(a, b)) == (overlap and bool(common))
    assert ("room" in met(a, b)) == (overlap and bool(a.place) and a.place == b.place)
    if "travel" in met(a, b):
        assert common
        assert a.address != b.address
        assert not overlap


def test_places_as_they_are_compared() -> None:
    assert place_of("500112", "学府路１号 ", "301 室") == place_of("500112", "学府路1号", "301室")
    assert place_of("500112", "学府路1号", " ") == ""
    assert address_of("500112", "a") != address_of("500105", "a"), "another district has the same street"
    slack = Slack(30, 0)
    booked = Booked("b", "A", "", "x", NOON, NOON + timedelta(hours=1), True)
    late = Slot(NOON + timedelta(minutes=70), NOON + timedelta(minutes=99), ("A",), "", "y")
    assert meet(late, booked, slack) == "", "a make-up has a slack of its own"


def test_a_timetable_names_who_teaches_a_lesson() -> None:
    lines = "2026-12-01 09:00-12:15 301室 数据标注 入门 @李敏、王强\n2026-12-02 09:00-12:15 301室 @赵云#0K3F"
    found = read_timetable(lines)
    assert [(lesson.room, lesson.lecturers, topic) for lesson, topic in found] == [
        ("301室", ("李敏", "王强"), "数据标注 入门"), ("301室", ("赵云#0K3F",), ""),
    ]  # fmt: skip
    assert read_timetable(write_timetable(found)) == found
