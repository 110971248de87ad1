"""变更报备: a moved session keeps its run and its attendance; in time it is filed, late the bureau decides, then it is too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from skills.courses.actions import changes, classes
from skills.courses.models import Attendance, Booking, ClassSession, CourseClass
from skills.courses.models.delivery import ApprovedPlan
from skills.courses.queries import attendance as read
from skills.courses.queries import changes as queries
from skills.kernel import jobs
from skills.kernel.actors import Actor
from skills.messages.models import Message
from tests.courses.stage import Stage, make_stage
from tests.courses.test_attendance import Room
from tests.courses.test_bookings import second, told
from tests.world import World


@dataclass
class Held:
    """A class that has not begun."""

    stage: Stage
    class_id: str


def moved(world: World, at: Room | Held, session_id: str, *, actor: Actor | None = None, **change: Any) -> Any:
    """Ask for a change of a session; what is not named stays."""
    with world.db() as db:
        s = db.get_one(ClassSession, session_id)
        order = {"starts_at": s.starts_at, "ends_at": s.ends_at, "room": s.room, "address": s.address,
                 "lecturers": (at.stage.pool["李老师"],), "reason": "机房检修", **change}  # fmt: skip
    return world.perform(changes.move, actor=actor or at.stage.clerk, session_id=session_id, **order)


def sessions(world: World, class_id: str) -> list[str]:
    with world.db() as db:
        return list(db.scalars(select(ClassSession.id).where(ClassSession.class_id == class_id).order_by(ClassSession.starts_at)))


@pytest.mark.row(17)
def test_a_session_moved_to_another_room_keeps_its_run_and_its_attendance(world: World) -> None:
    world.policy("class.change_hours", {"file": 24, "ask": 0}, world.today + timedelta(days=1))
    room = Room(world)
    first, other, *_ = sessions(world, room.class_id)
    room.at(0, -20)
    room.scan(first)
    done = moved(world, room, first, room="402室")
    assert done.state == "asked", "too late to be filed: the bureau decides"
    granted = world.perform(changes.grant, actor=room.stage.bureau, change_id=done.change_id)
    assert granted.state == "granted"
    with world.db() as db:
        s = db.get_one(ClassSession, first)
        assert (s.room, s.class_id) == ("402室", room.class_id)
        assert [a.session_id for a in db.scalars(select(Attendance))] == [first]
        live = db.scalars(select(Booking).where(Booking.session_id == first, Booking.freed_at.is_(None))).all()
        assert {b.place.rsplit("|", 1)[1] for b in live} == {"402室"}
    count = world.ask(read.count_of, room.class_id, room.person)
    assert count.attended > 0
    assert moved(world, room, other, room="403室").state == "filed", "in time it takes effect at once"
    with world.db() as db:
        versions = select(ApprovedPlan.why).where(ApprovedPlan.class_id == room.class_id).order_by(ApprovedPlan.version)
        assert list(db.scalars(versions)) == ["approval", "start", "change", "change"]
        codes = db.scalars(select(Message.code).where(Message.person_id == room.person)).all()
        assert codes.count("session_change.told_learner") == 2
    assert {c.state for c in world.ask(queries.changes_of, room.class_id)} == {"filed", "granted"}
    world.holds()


def test_late_it_needs_another_person_and_later_still_it_is_refused_with_the_reason(world: World) -> None:
    room = Room(world)
    first = sessions(world, room.class_id)[0]
    room.at(0, -90)
    insider = world.actor("class.manage", "class.approve", account="both")
    asked = moved(world, room, first, room="402室", actor=insider)
    with world.refused("session_change.own"):
        world.perform(changes.grant, actor=insider, change_id=asked.change_id)
    with world.refused("not_allowed"):
        world.perform(changes.grant, actor=world.actor("class.approve", district="500105"), change_id=asked.change_id)
    with world.refused("session_change.answer_needed"):
        world.perform(changes.refuse, actor=room.stage.bureau, change_id=asked.change_id, answer=" ")
    with world.refused("session_change.not_possible") as again:
        moved(world, room, first, room="403室")
    assert {f.code for f in again[0].findings} == {"session_change.once"}
    world.perform(changes.refuse, actor=room.stage.bureau, change_id=asked.change_id, answer="已经来不及")
    room.at(0, -59)
    with world.refused("session_change.not_possible") as late:
        moved(world, room, first, room="402室")
    assert {f.code for f in late[0].findings} == {"session_change.lead"}
    world.holds()


def test_what_nobody_decided_lapses_when_the_session_begins(world: World) -> None:
    room = Room(world)
    first = sessions(world, room.class_id)[0]
    room.at(0, -90)
    asked = moved(world, room, first, room="402室")
    room.at(0, 1)
    jobs.order_regular(world.office)
    world.run_jobs()
    assert [c.state for c in world.ask(queries.changes_of, room.class_id)] == ["lapsed"]
    with world.refused("session_change.cannot_grant"):
        world.perform(changes.grant, actor=room.stage.bureau, change_id=asked.change_id)
    world.holds()


def test_what_would_begin_before_anybody_decides_lapses_as_well(world: World) -> None:
    room = Room(world)
    second_one = sessions(world, room.class_id)[1]
    with world.db() as db:
        s = db.get_one(ClassSession, second_one)
        begins, ends = s.starts_at, s.ends_at
    world.policy("class.change_hours", {"file": 240, "ask": 0}, world.today + timedelta(days=1))
    room.at(0, -90)
    soon = world.clock.now() + timedelta(hours=12)
    asked = moved(world, room, second_one, starts_at=soon, ends_at=soon + (ends - begins))
    assert asked.state == "asked"
    world.clock.forward(hours=12, minutes=1)
    assert world.perform(changes.grant, actor=room.stage.bureau, change_id=asked.change_id).state == "lapsed"
    with world.db() as db:
        assert db.get_one(ClassSession, second_one).starts_at == begins
        assert db.scalars(select(Message.code).where(Message.code == "session_change.told_lapsed")).all()
    world.holds()


def test_a_cancelled_class_has_no_change_that_waits(world: World) -> None:
    stage = make_stage(world)
    world.policy("class.change_hours", {"file": 24 * 90, "ask": 0}, world.today + timedelta(days=1))
    made = stage.open(starts=30)
    world.clock.forward(days=1)
    room = Held(stage, str(made.class_id))
    asked = moved(world, room, sessions(world, made.class_id)[0], room="402室")
    assert asked.state == "asked"
    world.perform(classes.cancel, actor=stage.clerk, class_id=made.class_id, reason="人数不够")
    assert [c.state for c in world.ask(queries.changes_of, made.class_id)] == ["lapsed"]
    with world.refused("session_change.cannot_grant"):
        world.perform(changes.grant, actor=stage.bureau, change_id=asked.change_id)
    world.holds()


def test_a_change_asks_for_lecturers_and_rooms_of_everybody(world: World) -> None:
    stage = Room(world).stage
    made = stage.open(starts=14)
    other = second(world, stage)
    theirs = other.open(starts=14, lecturer="王老师", address="另一条路9号")
    session_id = sessions(world, theirs.class_id)[0]
    with world.db() as db:
        ours = db.scalars(select(Booking).where(Booking.class_id == made.class_id, Booking.kind == "lecturer")).first()
        assert ours is not None
        busy, s = str(ours.lecturer_id), db.get_one(ClassSession, session_id)
        order = {"starts_at": s.starts_at, "ends_at": s.ends_at, "room": s.room, "lecturers": (busy,), "reason": "代课"}
    answer = world.perform(changes.move, actor=other.clerk, session_id=session_id, **order)
    assert (answer.change_id, {c.kind for c in answer.clashes}) == ("", {"lecturer"})
    assert told(world, stage.school) == {"booking.told_lecturer_asked": 1}
    with world.refused("class.booked"):
        answer.or_refuse()
    with world.refused("class_session.unknown"):
        world.perform(changes.move, actor=stage.clerk, session_id=session_id, **order)
    world.holds()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "session_change.other"),
        ({"room": " "}, "session_change.placed"),
        ({"lecturers": ()}, "session_change.named"),
        ({"reason": " ", "room": "402室"}, "session_change.reason"),
        ({"shorter": 30}, "session_change.length"),
        ({"days": 1}, "session_change.clear"),
        ({"days": -30}, "session_change.lead"),
    ],
)
def test_what_a_change_may_not_be(world: World, change: dict[str, Any], code: str) -> None:
    stage = Room(world).stage
    made, change = stage.open(starts=20, lecturer="周老师"), dict(change)
    session_id = sessions(world, made.class_id)[0]
    with world.db() as db:
        s = db.get_one(ClassSession, session_id)
        by = timedelta(days=change.pop("days", 0))
        order = {"starts_at": s.starts_at + by, "ends_at": s.ends_at + by - timedelta(minutes=change.pop("shorter", 0)), "room": s.room,
                 "lecturers": (stage.pool["周老师"],), "reason": "检修", **change}  # fmt: skip
    with world.refused("session_change.not_possible") as refused:
        world.perform(changes.move, actor=stage.clerk, session_id=session_id, **order)
    assert code in {f.code for f in refused[0].findings}


def test_a_session_moved_behind_the_last_day_moves_the_last_day(world: World) -> None:
    stage = Room(world).stage
    made = stage.open(starts=20, lecturer="周老师")
    session_id = sessions(world, made.class_id)[-1]
    with world.db() as db:
        s = db.get_one(ClassSession, session_id)
        last = db.get_one(CourseClass, made.class_id).ends_on
        order = {"starts_at": s.starts_at + timedelta(days=5), "ends_at": s.ends_at + timedelta(days=5), "room": s.room,
                 "lecturers": (stage.pool["周老师"],), "reason": "检修"}  # fmt: skip
    assert world.perform(changes.move, actor=stage.clerk, session_id=session_id, **order).state == "filed"
    with world.db() as db:
        assert db.get_one(CourseClass, made.class_id).ends_on == last + timedelta(days=5)
    world.holds()
