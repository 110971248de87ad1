"""What an inspection holds follows a place whose voucher had gone back before the inspector signed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from skills.courses.actions import enrolments, results
from skills.courses.models import Enrolment
from skills.courses.queries import attendance
from skills.inspections.actions import closing, visits
from skills.inspections.queries import visits as queries
from skills.inspections.states import Outcome
from skills.kernel.acts import Act, action
from skills.returns.rules.amending import Why
from skills.vouchers.models import Redemption
from skills.vouchers.queries.uses import holds_of
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.inspections.test_inspections import Check
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(18)


@action("test.result_after_all", may="system.jobs")
def result_after_all(act: Act, enrolment_id: str) -> None:
    """The failed result is taken back: the place goes on, the voucher is used again."""
    results.void(act, enrolment_id, Why(act.new_id(), "录错了人", act.actor.account))


def test_a_use_that_takes_the_place_of_one_given_back_before_signing_is_held_as_well(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    c.counted(row, heads=6)
    kept = world.ask(attendance.count_of, c.room.class_id, c.room.person)
    world.perform(enrolments.complete, enrolment_id=c.room.place, hours=Decimal(0), attendance=kept.percent, score=Decimal(0),
                  completed_on=world.today, passed=False)  # fmt: skip
    c.pictured(row)
    assert c.signed(row).findings
    with world.db() as db:
        assert queries.inspection(db, row.id, world.today).held_uses == 0, "nothing is payable now"
    world.holds()
    world.perform(result_after_all, enrolment_id=c.room.place)
    with world.db() as db:
        place = db.get_one(Enrolment, c.room.place)
        [live] = db.scalars(select(Redemption.id).where(Redemption.state == "redeemed"))
        assert place.redemption_id == live
        assert queries.inspection(db, row.id, world.today).held_uses == 1
    assert live in world.ask(holds_of, f"inspection:{row.id}")[f"inspection:{row.id}"]
    world.holds()


def test_all_of_it_is_freed_when_two_people_close_it(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    c.counted(row, heads=6)
    kept = world.ask(attendance.count_of, c.room.class_id, c.room.person)
    world.perform(enrolments.complete, enrolment_id=c.room.place, hours=Decimal(0), attendance=kept.percent, score=Decimal(0),
                  completed_on=world.today, passed=False)  # fmt: skip
    c.pictured(row)
    c.signed(row)
    world.perform(result_after_all, enrolment_id=c.room.place)
    world.perform(visits.countersign, actor=c.owner, inspection_id=row.id)
    world.perform(closing.propose, actor=c.clerk, inspection_id=row.id, outcome=Outcome.UNFOUNDED, text="照片有人")
    world.perform(closing.close, actor=c.checker, inspection_id=row.id)
    assert c.held(row) == 0
    world.holds()


def test_a_count_without_heads_says_what_is_missing(visitors: Visitors) -> None:
    world = visitors.world
    c = Check(world)
    row = c.drawn()
    session = c.room.at(0, 90)
    phone = visitors.come(c.inspector(row.inspector))
    visit = f"/gov/visits/{row.id}"
    page = text_of(press(phone, visit, f"{visit}/count", session=session, held="yes", heads="", same_room="y", same_lecturer="y"), 422)
    assert "请填写清点人数" in page
    assert 'class="errsum"' in page
    assert c.row(row.id).counted_at is None
    assert press(phone, visit, f"{visit}/count", session=session, held="no", heads="").status_code == 303, "where nothing is held, none"
    assert c.row(row.id).heads == 0
