"""Somebody is added after the seats were given."""

from __future__ import annotations

from datetime import timedelta

import pytest

from skills.certification.actions import duties, late, plans
from skills.certification.queries import rooms
from skills.certification.rules.rooms import PlannedRoom
from skills.kernel.errors import Refusal
from tests.certification.stage import STAFF, Stage
from tests.certification.stage_day import at
from tests.world import World


def where(world: World, sitting: str) -> dict[str, tuple[int, int, int, int, str]]:
    """Who sits where: seat number, room, row, column, paper."""
    with world.db() as db:
        return {
            one.ticket: (one.seat, p.room.position, one.row, one.column, one.paper) for p in rooms.room_plans(db, sitting) for one in p.people
        }


@pytest.mark.row(27)
def test_a_late_addition_moves_nobody_and_ends_with_the_hour_of_policy(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open(capacity=4, rooms=(PlannedRoom("一楼", 2, 2),))
    for _ in range(2):
        stage.apply(sitting, stage.graduate())
    for _ in range(2):
        stage.graduate()
    numbers = [one.number for one in stage.crowd[stage.used - 2 : stage.used]]
    order = {"sitting_id": sitting, "kind": "resident", "reason": "银行扣款延迟，报名未成"}
    with pytest.raises(Refusal, match=r"^late\.not_seated"):
        world.perform(late.add, actor=stage.admin, number=numbers[0], **order)
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    before = where(world, sitting)
    done = world.perform(late.add, actor=stage.admin, number=numbers[0], **order)
    after = where(world, sitting)
    assert (done.seat, done.close) == (3, 0)
    assert {ticket: after[ticket] for ticket in before} == before
    assert len(after) == 3
    with pytest.raises(Refusal, match=r"^application\.already"):
        world.perform(late.add, actor=stage.admin, number=numbers[0], **order)
    world.holds()
    with world.db() as db:
        held_on = db.get_one(plans.Sitting, sitting).held_on
    at(world, held_on, "07:01")
    with pytest.raises(Refusal, match=r"^late\.too_late"):
        world.perform(late.add, actor=stage.admin, number=numbers[1], **order)
    at(world, held_on, "07:00")
    assert world.perform(late.add, actor=stage.admin, number=numbers[1], **order).seat == 4


def test_a_late_one_comes_also_where_examiners_declare_before_seats_are_given(lite: World) -> None:
    stage = Stage(lite)
    lite.policy("duty.declaration", "seat", lite.today + timedelta(days=1))
    stage.days(1)
    stage.file()
    sitting = stage.open(capacity=4, rooms=(PlannedRoom("一楼", 2, 2),))
    stage.apply(sitting, stage.graduate())
    stage.graduate()
    number = stage.crowd[stage.used - 1].number
    stage.days(6)
    lite.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    with lite.refused("duty.undeclared"):
        lite.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    for name in STAFF:
        lite.perform(duties.declare, actor=stage.examiner(name), sitting_id=sitting, ties=())
    lite.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    order = {"sitting_id": sitting, "kind": "resident", "number": number, "reason": "银行扣款延迟，报名未成"}
    assert lite.perform(late.add, actor=stage.admin, **order).seat == 2
    lite.holds()
