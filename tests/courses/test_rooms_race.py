"""One learner in two rooms in the same second, by several workers at once: both are
written once, and the two are flagged, so that neither counts until the bureau has decided (row 20); on both databases."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from skills.courses.actions import attendance
from skills.courses.models import Attendance
from skills.courses.queries import attendance as queries
from skills.kernel.errors import Refusal
from skills.learning.models import Overlap
from tests.courses.test_attendance import Room
from tests.world import World

pytestmark = pytest.mark.row(11)
HANDS = 8


def test_of_two_rooms_in_the_same_second_each_is_written_once_and_both_are_flagged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(world, both=True)
    looked = queries.policy_of

    def slow(*order: Any) -> Any:
        """Between looking and writing everybody else has time to look."""
        found = looked(*order)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(queries, "policy_of", slow)
    here = room.at(0, 0)
    codes = {session: room.code_of(session) for session in (here, room.elsewhere)}
    gate = Barrier(HANDS)

    def arrive(number: int) -> str:
        session = (here, room.elsewhere)[number % 2]
        gate.wait()
        try:
            world.office.perform(attendance.scan, actor=room.learner, key=f"arrive-{number}", code=codes[session], session_id=session)
        except Refusal as refusal:
            return refusal.code
        return "written"

    with ThreadPoolExecutor(HANDS) as pool:
        answers = Counter(pool.map(arrive, range(HANDS)))
    assert answers == {"written": 2, "attendance.already": HANDS - 2}
    with world.db() as db:
        assert len(db.scalars(select(Attendance.id).where(Attendance.person_id == room.person)).all()) == 2
        assert [o.state for o in db.scalars(select(Overlap))] == ["open"]
    for class_id in room.classes:
        assert world.ask(queries.count_of, class_id, room.person).attended == 0
    world.holds()
