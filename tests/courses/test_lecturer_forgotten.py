"""A lecturer who asks to be forgotten: not before the last lesson is taught, and then named nowhere."""

from __future__ import annotations

from sqlalchemy import select

from skills.courses.actions import classes, delivery
from skills.courses.models import Booking, ClassSession, CourseClass, DeliveryReport
from skills.erasures import actions as erasures
from skills.kernel.db import Base
from skills.people.queries import GONE
from skills.resources.models import Lecturer
from skills.resources.queries import lecturers as pool
from tests.courses.stage import make_stage
from tests.world import World

NAME = "欧阳讲师"


def test_whoever_taught_is_named_no_more(world: World) -> None:
    stage = make_stage(world)
    made = stage.open(lecturer=NAME)
    other = stage.open(lecturer="王老师")
    with world.db() as db:
        row = db.get_one(Lecturer, stage.pool[NAME])
        person = row.person_id
        sessions = db.scalars(select(ClassSession.id).where(ClassSession.class_id == other.class_id)).all()
    own = world.actor("erasure.ask", account="self", person=person)
    with world.refused("erasure.not_yet"):
        world.perform(erasures.ask, actor=own)
    world.clock.forward(days=7)
    for class_id in (made.class_id, other.class_id):
        world.perform(classes.start, actor=stage.clerk, class_id=class_id)
    world.clock.forward(days=3)
    for session_id in sessions:
        world.perform(delivery.record, actor=stage.clerk, session_id=session_id, lecturers=(stage.pool[NAME],))
    stage.record(made.class_id)
    for class_id in (made.class_id, other.class_id):
        world.perform(classes.finish, actor=stage.clerk, class_id=class_id)
    with world.db() as db:
        held = db.scalars(select(DeliveryReport).where(DeliveryReport.class_id == other.class_id)).one()
        assert held.deviations[0]["facts"]["name"] == NAME
    world.clock.forward(days=1)
    asked = world.perform(erasures.ask, actor=own)
    world.perform(erasures.examine, actor=world.actor("erasure.examine", account="e1"), request_id=asked.request_id, proposal="grant")
    world.clock.forward(days=3)
    world.perform(erasures.decide, actor=world.actor("erasure.decide", account="e2"), request_id=asked.request_id, agree=True)
    world.run_jobs()
    with world.db() as db:
        assert db.get_one(CourseClass, made.class_id).lecturer == GONE
        held = db.scalars(select(DeliveryReport).where(DeliveryReport.class_id == other.class_id)).one()
        assert held.deviations[0]["facts"]["name"] == GONE
        assert db.scalars(select(Booking.id)).first(), "that somebody taught stays"
        for table in Base.metadata.sorted_tables:
            for found in db.execute(select(table)):
                assert NAME not in repr(found), table.name
    assert [line.name for line in world.ask(pool.pool)] == ["王老师"]
    world.holds()
