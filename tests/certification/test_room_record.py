"""Who was there, who was not and why, and the record of a room under two signatures."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from skills.accounts.rules import Role
from skills.certification.actions import day, plans, scores
from skills.certification.actions.day import Noted
from skills.certification.models import Application, RoomRecord, Sitting
from skills.certification.queries import day as days
from skills.certification.queries import exams
from tests.certification.stage import Stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]


def on_the_day(stage: Stage, count: int) -> tuple[str, list[str], list[str]]:
    """An exam on its day: sitting, applications, tickets."""
    stage.file()
    sitting = stage.open(capacity=count)
    made = [stage.apply(sitting, stage.graduate()) for _ in range(count)]
    stage.days(6)
    stage.world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    stage.world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    with stage.world.db() as db:
        left = (db.get_one(Sitting, sitting).held_on - stage.world.today).days
        tickets = [db.get_one(Application, one).ticket or "" for one in made]
    stage.days(left)
    return sitting, made, tickets


@pytest.mark.row(29)
def test_without_two_signatures_it_was_not_held(world: World) -> None:
    stage = Stage(world)
    sitting, made, tickets = on_the_day(stage, 1)
    one, two = stage.watch
    lines = (Noted(tickets[0], "theory", "present", scanned=True), Noted(tickets[0], "practical", "present"))
    with world.refused("sitting.records_wanted") as held:
        world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    assert held[0].facts["rooms"] == "第1考场"
    with world.refused("presence.not_named"):
        world.perform(day.note, actor=stage.staff("room.watch", account="another"), sitting_id=sitting, lines=lines)
    world.perform(day.note, actor=one, sitting_id=sitting, lines=lines)
    first = world.perform(day.write, actor=one, sitting_id=sitting, position=1, remarks="")
    with world.refused("room_record.second_person"):
        world.perform(day.countersign, actor=one, record_id=first.record_id)
    with world.refused("sitting.records_wanted"):
        world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    with world.refused("presence.recorded"):
        world.perform(day.note, actor=two, sitting_id=sitting, lines=lines)
    world.perform(day.send_back, actor=two, record_id=first.record_id, reason="操作技能未到场")
    world.perform(day.note, actor=two, sitting_id=sitting, lines=(Noted(tickets[0], "practical", "away"),))
    second = world.perform(day.write, actor=two, sitting_id=sitting, position=1, remarks="空调故障五分钟")
    world.perform(day.countersign, actor=one, record_id=second.record_id)
    world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    assert stage.state(made[0]) == "examined"
    with world.db() as db:
        (door,) = days.doors(db, exams.sitting(db, sitting))
        assert [r.state for r in door.records] == ["sent_back", "signed"]
        assert door.records[1].counts == {"theory": {"present": 1}, "practical": {"away": 1}}
    with world.refused("score.was_absent"):
        stage.type(stage.first, sitting, "practical", {made[0]: "70"})
    stage.type(stage.first, sitting, "practical", {made[0]: "缺考"})
    world.holds()
    with world.db() as db:
        db.execute(update(RoomRecord).where(RoomRecord.state == "signed").values(counts={"theory": {"present": 2}}))
        db.commit()
    assert "certification.room_records" in world.violations()


@pytest.mark.row(29)
def test_the_invigilators_phone_goes_from_the_scanned_ticket_to_the_signed_record(visitors: Visitors) -> None:
    stage, world = Stage(visitors.world), visitors.world
    sitting, made, tickets = on_the_day(stage, 1)
    one, two = (visitors.come(acting(Role.INVIGILATOR, who.account, organisation=stage.body)) for who in stage.watch)
    door = f"/ent/plans/{sitting}/door"
    assert f"{door}/{tickets[0]}?scanned=1" in text_of(one.get(f"/tickets/{tickets[0]}"))
    assert "核对证件" not in text_of(world.client().get(f"/tickets/{tickets[0]}"))
    assert one.get(f"{door}?ticket={tickets[0].lower()}").headers["Location"].endswith(f"{door}/{tickets[0]}")
    for section in ("theory", "practical"):
        assert press(one, f"{door}/{tickets[0]}", f"{door}/{tickets[0]}", section=section, found="present", scanned="1").status_code == 303
    assert "到场 1／应到 1" in text_of(one.get(door))
    assert press(one, door, f"{door}/rooms/1", remarks="正常").status_code == 303
    assert "另一名监考员" in text_of(one.get(door))
    with world.db() as db:
        (held,) = days.doors(db, exams.sitting(db, sitting))
        record = held.records[0].id
    assert press(two, door, f"{door}/records/{record}").status_code == 303
    assert "两名监考员已签字" in text_of(two.get(door))
    stranger = visitors.come(acting(Role.INVIGILATOR, "i-3", organisation=stage.organisation("social_body")))
    assert stranger.get(door).status_code == 404
    world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    assert stage.state(made[0]) == "examined"


def test_an_exam_to_which_nobody_came_is_signed_off_all_the_same(world: World) -> None:
    stage = Stage(world)
    sitting, made, _ = on_the_day(stage, 1)
    stage.record(sitting, {made[0]: "away"})
    world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    world.perform(scores.sign, actor=stage.checker, sitting_id=sitting)
    world.perform(scores.countersign, actor=stage.signer, sitting_id=sitting)
    world.holds()
