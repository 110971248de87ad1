"""A completion exam that is cancelled is told to whoever was asked to come; one of another century is not planned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from skills.courses.actions import exams
from skills.messages.models import Message
from tests.courses.test_completion_exams import Exam
from tests.world import World

pytestmark = pytest.mark.row(31)


def told(world: World, code: str) -> list[str]:
    with world.db() as db:
        rows = db.scalars(select(Message).where(Message.code == code)).all()
        return sorted(m.person_id or m.account_id or m.organisation_id or "" for m in rows)


def test_whoever_was_asked_to_come_is_told_that_it_is_cancelled(world: World) -> None:
    e = Exam(world)
    exam_id = e.named()
    world.perform(exams.cancel, actor=e.clerk, exam_id=exam_id, reason="机房停电")
    assert told(world, "completion_exam.told_learner_cancelled") == told(world, "completion_exam.told_learner") == [e.room.person]
    assert told(world, "completion_exam.told_marker_cancelled") == told(world, "completion_exam.told_marker") != []
    assert told(world, "completion_exam.told_cancelled") == [e.school]
    world.holds()


def test_of_one_that_nobody_was_asked_to_the_institution_alone_is_told(world: World) -> None:
    e = Exam(world)
    world.perform(exams.cancel, actor=e.clerk, exam_id=e.planned(), reason="重复安排")
    assert told(world, "completion_exam.told_learner_cancelled") == told(world, "completion_exam.told_marker_cancelled") == []
    assert told(world, "completion_exam.told_cancelled") == [e.school]
    world.holds()


@pytest.mark.parametrize("held_at", [
    datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    datetime.min.replace(tzinfo=timezone(timedelta(hours=12))), datetime(2036, 11, 27, tzinfo=UTC),
])  # fmt: skip
def test_an_exam_at_a_moment_without_a_day_is_refused_in_words(world: World, held_at: datetime) -> None:
    e = Exam(world)
    first = e.named()
    for signed in (False, True):  # with one before, the days between are counted as well
        if signed:
            world.perform(exams.cancel, actor=e.clerk, exam_id=first, reason="改期")
        with world.refused("completion_exam.cannot_plan") as refused:
            world.perform(exams.plan, actor=e.owner, class_id=e.class_id, held_at=held_at, room="机房")
        wrong = "completion_exam.near" if held_at.year > 2026 else "completion_exam.ahead"
        assert wrong in {f.code for f in refused[0].findings if not f.met}
