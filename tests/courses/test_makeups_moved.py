"""A make-up that is moved stays a make-up: after the session that it makes up for, within the days of the rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from skills.courses.actions import attendance
from skills.standards.queries import value
from tests.courses.test_attendance import Room
from tests.courses.test_changes import moved
from tests.world import World


def test_neither_of_the_two_leaves_the_days_of_the_rule(world: World) -> None:
    room = Room(world)
    session, starts = room.sessions[2]
    again = starts + timedelta(days=5)
    world.policy("class.change_hours", {"file": 24, "ask": 0}, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    made = world.perform(
        attendance.plan_makeup, actor=room.stage.clerk, session_id=session, starts_at=again, ends_at=again + timedelta(hours=5), room="302室"
    ).session_id
    days = int(world.ask(value, "attendance.makeup_days", world.today))

    def to(at: datetime, of: str = made, hours: float = 5) -> Any:
        return moved(world, room, of, starts_at=at, ends_at=at + timedelta(hours=hours))

    last = starts + timedelta(hours=4, minutes=30, days=days)
    for outside in (last + timedelta(minutes=1), starts + timedelta(days=days + 30)):
        with world.refused("session_change.not_possible") as held:
            to(outside)
        assert [f.code for f in held[0].findings if not f.met] == ["session_change.makeup"]
        assert held[0].findings[0].facts["days"] == days
    with world.refused("session_change.not_possible") as held:  # the session itself behind its make-up
        to(again + timedelta(days=1), session, 4.5)
    assert [f.code for f in held[0].findings if not f.met] == ["session_change.makeup"]
    assert to(again + timedelta(days=1)).state == "filed"
    world.holds()
