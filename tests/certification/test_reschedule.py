"""A candidate moves to another exam."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from skills.accounts.rules import Role
from skills.certification.actions import plans, rescheduling
from skills.certification.models import Application, ExamSeat, Rescheduling, Sitting
from skills.kernel.errors import Refusal
from skills.standards.rules import Level
from tests.certification.stage import Stage
from tests.certification.stage_day import at
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]


def two(stage: Stage) -> tuple[str, str]:
    """An exam, and one of the same kind twenty days later that takes candidates for four weeks."""
    stage.file()
    first = stage.open()
    today = stage.world.today
    return first, stage.open(registration_to=today + timedelta(days=28), held_on=today + timedelta(days=50), capacity=1)


@pytest.mark.row(29)
def test_a_minute_before_and_after_the_cut_off(world: World) -> None:
    stage = Stage(world)
    first, second = two(stage)
    who, other = stage.graduate(), stage.graduate()
    mine, theirs = stage.apply(first, who), stage.apply(first, other)
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=first)
    world.perform(plans.seat, actor=stage.admin, sitting_id=first)
    with world.db() as db:
        eve = db.get_one(Sitting, first).held_on - timedelta(days=1)
    me, order = stage.candidate(who), {"application_id": mine, "sitting_id": second}
    at(world, eve, "09:01")
    with pytest.raises(Refusal, match=r"^reschedule\.too_late") as refusal:
        world.perform(rescheduling.reschedule, actor=me, **order)
    assert refusal.value.facts["until"] == f"{eve} 09:00"
    at(world, eve, "08:59")
    with pytest.raises(Refusal, match=r"^reschedule\.other_exam"):
        world.perform(rescheduling.reschedule, actor=me, application_id=mine, sitting_id=first)
    done = world.perform(rescheduling.reschedule, actor=me, key="once", **order)
    assert world.perform(rescheduling.reschedule, actor=me, key="once", **order) == done
    assert (stage.state(mine), stage.state(done.application_id)) == ("withdrawn", "eligible")
    with world.db() as db:
        assert db.scalars(select(ExamSeat.application_id)).all() == [theirs]
        assert db.get_one(Application, mine).ticket is None
    with pytest.raises(Refusal, match=r"^application\.full"):  # one place, taken; and the other keeps what they had
        world.perform(rescheduling.reschedule, actor=stage.candidate(other), application_id=theirs, sitting_id=second)
    assert stage.state(theirs) == "seated"
    world.holds()
    with world.db() as db:
        db.execute(delete(Rescheduling))
        db.add(Rescheduling(application_id=theirs, new_id=done.application_id, by="x", at=world.clock.now()))
        db.commit()
    assert "certification.rescheduled" in world.violations()


@pytest.mark.row(29)
def test_the_page_offers_exams_of_the_same_kind_alone_and_a_press_moves(visitors: Visitors) -> None:
    stage, world = Stage(visitors.world), visitors.world
    first, second = two(stage)
    other = stage.open(level=int(Level.L3), held_on=world.today + timedelta(days=50))
    who = stage.graduate()
    mine = stage.apply(first, who)
    guest = visitors.come(acting(Role.PERSON, "p-1", person=who))
    page = f"/me/applications/{mine}"
    shown = guest.get(page).get_data(as_text=True)
    assert second in shown
    assert other not in shown
    assert "改到另一场考试" in text_of(guest.get(page))
    moved = press(guest, page, f"{page}/reschedule", sitting_id=second)
    assert moved.status_code == 303
    assert "改期" in text_of(guest.get(moved.headers["Location"]))
    assert stage.state(mine) == "withdrawn"
