"""Two places at once that come to light when one of them had its result: the money waits, and follows what the bureau decides."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, update

from skills.courses.actions import attendance, classes, enrolments
from skills.courses.models import Enrolment
from skills.courses.queries import attendance as counted
from skills.courses.queries import hours
from skills.courses.rules.attendance import Mark, Reason, Side
from skills.kernel.acts import Act, action
from skills.kernel.clock import shanghai_day
from skills.kernel.db import writing
from skills.learning.actions import overlaps
from skills.learning.models import Overlap
from skills.learning.rules.places import Counts
from skills.vouchers.actions import settling
from skills.vouchers.models import Hold, Redemption
from skills.vouchers.queries import doubts, uses
from tests.courses.wallet import FACE
from tests.learning.stage import School
from tests.world import World

pytestmark = pytest.mark.row(20)


@action("test.order", may="test.order")
def order(act: Act, redemption_id: str) -> None:
    """The order to pay leaves for finance."""
    settling.order(act, redemption_id)


@action("test.pay", may="test.order")
def paid(act: Act, redemption_id: str) -> None:
    """Finance has paid the whole."""
    settling.settle(act, redemption_id, FACE)


class Late(School):
    """A learner whose training was paid by a voucher, who was online while the other school's class sat in its room.

    again  minutes of a second, short time online
    """

    def __init__(self, world: World, again: int = 0) -> None:
        world.policy("attendance.late_percent", 80, world.today + timedelta(days=1))
        world.clock.forward(days=1)
        super().__init__(world, other=True, voucher=True)
        self.scan(day=0)
        self.scan(day=1, minutes=20)
        self.elsewhere, starts = self.sessions(self.other_class)[2]
        world.clock.set(starts + timedelta(minutes=5))
        self.learn(30)
        if again:
            self.learn(again, lesson=2)
        kept, held = world.ask(counted.count_of, self.class_id, self.person), world.ask(hours.ledger_of, self.class_id, self.person)
        world.clock.forward(days=1)
        self.stage.record(self.class_id)
        world.perform(classes.finish, actor=self.stage.clerk, class_id=self.class_id)
        world.perform(
            enrolments.complete, enrolment_id=self.place, hours=held.hours(12), attendance=kept.percent, score=Decimal(80),
            completed_on=shanghai_day(world.clock.now()), passed=True,
        )  # fmt: skip

    @property
    def use(self) -> Redemption:
        with self.world.db() as db:
            return db.get_one(Redemption, db.get_one(Enrolment, self.place).redemption_id)

    def sat_elsewhere(self, mark: Mark = Mark.ON_TIME) -> None:
        """The other school's attendance is corrected by two people."""
        self.world.clock.forward(minutes=1)
        reason = Reason.NOT_THERE if mark is Mark.ABSENT else Reason.PHONE
        wish = self.world.perform(
            attendance.ask, actor=self.learner, session_id=self.elsewhere, side=Side.IN, mark=mark, reason=reason, words="手机没电"
        )
        bureau = self.world.actor("attendance.correct", account="bureau", district="500112")
        self.world.perform(attendance.approve, actor=bureau, correction_id=wish.correction_id)

    def decide(self, counts: Counts) -> None:
        [found] = [o for o in self.overlaps() if o.state == "open"]
        self.world.perform(overlaps.decide, actor=self.bureau, overlap_id=found.id, counts=counts, reason="教室照片有此人")

    def frozen(self) -> dict[str, set[str]]:
        held: dict[str, set[str]] = self.world.ask(uses.holds_of, "overlap:")
        return held


@pytest.fixture
def late(world: World) -> Late:
    return Late(world)


def test_the_money_waits_until_the_bureau_has_decided(late: Late) -> None:
    before = late.use
    late.sat_elsewhere()
    [found] = late.overlaps()
    assert (found.after, found.first_kind, found.second_kind, found.minutes) == (True, "room", "online", 30)
    assert late.frozen() == {f"overlap:{found.id}": {before.id}}
    with late.world.refused("redemption.frozen"):
        late.world.perform(order, actor=late.world.actor("test.order"), redemption_id=before.id)
    late.world.holds()
    late.decide(Counts.SECOND)
    assert late.frozen() == {}
    assert (late.use.attended, late.use.planned) == (before.attended, before.planned)
    late.world.holds()


def test_what_is_not_paid_yet_follows_the_decision(late: Late) -> None:
    before = late.use
    late.sat_elsewhere()
    late.decide(Counts.FIRST)
    assert (before.attended, before.planned) == (1146, 1200)
    assert (late.use.attended, late.use.planned) == (1080, 1200)
    assert late.frozen() == {}
    late.world.holds()


def test_a_correction_that_shows_one_place_frees_the_money(late: Late) -> None:
    before = late.use
    late.sat_elsewhere()
    late.sat_elsewhere(Mark.ABSENT)
    assert [o.state for o in late.overlaps()] == ["lifted"]
    assert late.frozen() == {}
    assert late.use.attended == before.attended
    late.world.holds()


def test_whoever_was_paid_for_more_is_put_before_the_authority(late: Late) -> None:
    before = late.use
    late.world.perform(order, actor=late.world.actor("test.order"), redemption_id=before.id)
    late.sat_elsewhere()
    with late.world.refused("redemption.on_its_way"):
        late.decide(Counts.FIRST)
    late.world.perform(paid, actor=late.world.actor("test.order"), redemption_id=before.id)
    late.decide(Counts.FIRST)
    [asked] = late.world.ask(doubts.doubts, ["500112"])
    assert (asked.redemption_id, asked.cents, asked.reason) == (before.id, FACE, "教室照片有此人")
    assert late.use.attended == before.attended
    late.world.holds(without=("settlement",))  # paid without a statement


def test_whoever_was_paid_and_keeps_the_minutes_is_not(late: Late) -> None:
    late.world.perform(order, actor=late.world.actor("test.order"), redemption_id=late.use.id)
    late.world.perform(paid, actor=late.world.actor("test.order"), redemption_id=late.use.id)
    late.sat_elsewhere()
    late.decide(Counts.SECOND)
    assert late.world.ask(doubts.doubts, None) == []
    late.world.holds(without=("settlement",))


def test_a_decision_that_only_gives_minutes_back_does_not_wait_for_the_payment(world: World) -> None:
    late = Late(world, again=4)  # too short to be flagged, until the policy says otherwise
    before = late.use
    late.sat_elsewhere()
    late.decide(Counts.FIRST)
    assert late.use.attended == 1080
    world.perform(order, actor=world.actor("test.order"), redemption_id=before.id)
    world.policy("learning.overlap_minutes", 1, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    late.sat_elsewhere(Mark.ABSENT)
    late.sat_elsewhere()
    late.decide(Counts.SECOND)
    assert (late.use.state, late.use.attended, late.use.planned) == ("ordered", before.attended, before.planned)
    world.holds(without=("settlement",))  # ordered without a statement


def test_a_hold_that_is_gone_is_missed(late: Late) -> None:
    late.sat_elsewhere()
    with writing(late.world.engine) as db:
        db.execute(delete(Hold))
    assert "learning.overlaps_paid" in late.world.violations()


def test_a_hold_that_waits_for_nothing_is_named(late: Late) -> None:
    late.sat_elsewhere()
    with writing(late.world.engine) as db:
        db.execute(update(Overlap).values(state="lifted", closed_at=late.world.clock.now()))
    assert "learning.overlaps_paid" in late.world.violations()
