"""“这不是我办的”: frozen in one step, looked into by the bureau, undone or freed; and the place goes with it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from skills.accounts.rules import Role
from skills.courses.actions import classes, enrolments
from skills.courses.actions.disputes import uphold
from skills.courses.models import CourseClass, Enrolment
from skills.kernel.actors import Actor
from skills.kernel.clock import start_of
from skills.kernel.db import writing
from skills.messages.models import Message
from skills.vouchers import queries
from skills.vouchers.actions import disputes, issuing
from skills.vouchers.models import Batch, Hold, Redemption, Voucher
from skills.vouchers.rules import ScopeForm
from skills.vouchers.rules.disputes import Use, may_dispute
from skills.vouchers.states import RedemptionState
from tests.courses.stage import FEE
from tests.courses.stage import Stage as Courses
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.vouchers.stage import FACE
from tests.vouchers.stage import Stage as Vouchers
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(14)
WHY = "签到照片不是本人"


class Case:
    """A person who holds a place that the own voucher paid for."""

    def __init__(self, world: World, fee: int = FEE) -> None:
        self.world = world
        self.vouchers = Vouchers(world)
        self.courses = Courses(world, self.vouchers.school)
        self.checker = world.actor("dispute.decide", account="checker", district="500112")
        self.enter(self.vouchers.open(scope_form=ScopeForm.GENERAL), fee)

    @staticmethod
    def beside(first: Case, batch: str, fee: int) -> Case:
        """Another person of the same school, with a voucher of another batch."""
        made = Case.__new__(Case)
        made.__dict__ |= first.__dict__
        made.enter(batch, fee)
        return made

    def enter(self, batch: str, fee: int) -> None:
        self.batch = batch
        self.courses.course = self.courses.publish(fee=fee)
        self.person = self.vouchers.person()
        self.voucher = self.vouchers.claim(self.batch, self.person)
        self.class_id = self.courses.open().class_id
        self.place = self.courses.enrol(self.class_id, self.person, self.voucher).enrolment_id
        self.me = self.vouchers.me(self.person)

    def complete(self) -> None:
        """The class is over, the place completed, the voucher payable."""
        self.courses.run(self.class_id)
        self.world.perform(
            enrolments.complete, enrolment_id=self.place, hours=Decimal(12), attendance=Decimal(100), score=Decimal(80),
            completed_on=self.world.today, passed=True,
        )  # fmt: skip

    def deny(self) -> str:
        return str(self.world.perform(disputes.open_, actor=self.me, voucher_id=self.voucher).dispute_id)

    def states(self) -> tuple[str, ...]:
        with self.world.db() as db:
            return (
                db.scalar(select(Enrolment.state)), db.scalar(select(Redemption.state).order_by(Redemption.id.desc())),
                db.scalar(select(Voucher.state).order_by(Voucher.id.desc())),
            )  # fmt: skip

    def told(self) -> dict[str, str]:
        """Who was sent what."""
        chosen = select(Message.code, Message.person_id, Message.organisation_id).where(Message.code.startswith("dispute."))
        return self.world.ask(lambda db: {code: person or body for code, person, body in db.execute(chosen)})


@pytest.fixture
def case(world: World) -> Case:
    return Case(world)


@pytest.fixture
def small(lite: World) -> Case:
    return Case(lite)


@pytest.mark.parametrize("state", [None, *RedemptionState])
@pytest.mark.parametrize("denied", [False, True])
@pytest.mark.parametrize("dismissed", [False, True])
def test_a_use_that_is_not_paid_can_be_denied_once(state: str | None, denied: bool, dismissed: bool) -> None:
    verdict = may_dispute(Use(state, denied, dismissed))
    assert verdict.yes == (state in ("redeemed", "earned") and not denied and not dismissed)
    missed = {f.code for f in verdict.findings if not f.met}
    assert ("dispute.used" in missed) == (state is None)
    assert ("dispute.once" in missed) == denied


def test_upheld_before_the_class_the_voucher_is_back_and_the_seat_free(case: Case) -> None:
    world = case.world
    dispute = case.deny()
    with world.refused("dispute.not_possible"):
        case.deny()
    assert world.ask(lambda db: [h.state for h in db.scalars(select(Hold))]) == ["placed"]
    with world.refused("dispute.reason_needed"):
        world.perform(uphold, actor=case.checker, dispute_id=dispute, reason=" ")
    world.perform(uphold, actor=case.checker, dispute_id=dispute, reason=WHY)
    assert case.states() == ("withdrawn", "released", "claimed")
    assert world.ask(lambda db: db.get_one(Enrolment, case.place).left_reason) == "不是本人报名", "the learner reads it"
    assert world.ask(lambda db: db.get_one(CourseClass, case.class_id).taken) == 0
    assert case.told() == {
        "dispute.told_open": case.person, "dispute.told_upheld": case.person,
        "dispute.told_institution": case.vouchers.school, "dispute.told_institution_upheld": case.vouchers.school,
    }  # fmt: skip
    with world.refused("dispute.cannot_dismiss"):
        world.perform(disputes.dismiss, actor=case.checker, dispute_id=dispute, reason=WHY)
    other = case.courses.open().class_id
    case.courses.enrol(other, case.person, case.voucher)  # the voucher is worth what it was
    world.holds()


@pytest.mark.parametrize("fee", [FEE, FACE // 2])
def test_upheld_after_completion_nothing_is_paid_and_the_voucher_is_whole_again(world: World, fee: int) -> None:
    case = Case(world, fee)
    case.complete()
    assert case.states() == ("completed", "earned", "earned")
    dispute = case.deny()
    world.perform(uphold, actor=case.checker, dispute_id=dispute, reason=WHY)
    assert case.states()[1:] == ("annulled", "claimed")
    with world.db() as db:
        assert db.get_one(Batch, case.batch).committed == FACE
        used = db.scalars(select(Redemption)).one()
        assert db.get_one(Voucher, case.voucher).valid_until == world.today + timedelta(days=used.life_left)
    assert case.told()["dispute.told_upheld"] == case.person
    case.courses.enrol(case.courses.open().class_id, case.person, case.voucher)
    world.holds()


def test_a_batch_without_money_gives_back_what_was_not_paid(small: Case) -> None:
    world = small.world
    low = Case.beside(small, small.vouchers.open(scope_form=ScopeForm.GENERAL, money_ceiling=FACE * 3 // 2), FACE // 2)
    low.complete()
    small.vouchers.claim(low.batch, small.vouchers.person())  # what was not paid went to somebody else
    world.perform(uphold, actor=low.checker, dispute_id=low.deny(), reason=WHY)
    with world.db() as db:
        held = db.get_one(Voucher, low.voucher)
        assert (held.state, held.face) == ("claimed", FACE // 2)
        assert db.get_one(Batch, low.batch).committed == FACE * 3 // 2
    world.holds()


def test_who_holds_another_voucher_by_then_keeps_that_one(small: Case) -> None:
    world = small.world
    small.complete()
    dispute = small.deny()
    world.clock.set(start_of(date(2027, 3, 1)) + timedelta(hours=12))
    graduate_again(small)
    small.vouchers.claim(small.vouchers.open(scope_form=ScopeForm.GENERAL), small.person)
    world.perform(uphold, actor=small.checker, dispute_id=dispute, reason=WHY)
    with world.db() as db:
        assert db.get_one(Voucher, small.voucher).state == "void"
    assert "dispute.told_upheld_only" in small.told()
    world.holds()


def graduate_again(case: Case) -> None:
    """A year later the person is in the group once more."""
    case.vouchers.fact(
        case.person, "education", kind="bachelor", major="软件工程", occupations=[], graduated_on="2027-01-10",
        expected_on=None, school="示例大学",
    )  # fmt: skip


@pytest.mark.parametrize("booked", [False, True])
def test_filed_as_not_completed_meanwhile_the_voucher_lives_on_when_it_is_upheld(small: Case, booked: bool) -> None:
    world = small.world
    dispute = small.deny()
    small.courses.run(small.class_id)
    world.perform(
        enrolments.complete, enrolment_id=small.place, hours=Decimal(0), attendance=Decimal(0), score=Decimal(0),
        completed_on=world.today, passed=False,
    )  # fmt: skip
    world.clock.set(start_of(date(2027, 2, 1)) + timedelta(hours=12))
    assert world.ask(queries.usable, small.person, world.today) == [], "the old last day is over"
    if booked:  # claiming another one books the lapse of the old
        graduate_again(small)
        other = small.vouchers.claim(small.vouchers.open(scope_form=ScopeForm.GENERAL), small.person)
        world.perform(issuing.void, actor=small.vouchers.checker, voucher_id=other, reason="误领")
        with world.db() as db:
            assert db.get_one(Voucher, small.voucher).state == "lapsed"
    world.perform(uphold, actor=small.checker, dispute_id=dispute, reason=WHY)
    [held] = world.ask(queries.usable, small.person, world.today)
    assert held.id == small.voucher
    assert held.valid_until > world.today
    world.holds()


def test_a_second_use_can_be_denied_while_the_first_is_looked_into(visitors: Visitors) -> None:
    world = visitors.world
    case = Case(world)
    case.deny()
    world.perform(classes.cancel, actor=case.courses.bureau, class_id=case.class_id, reason="人数不足")
    world.clock.forward(minutes=1)
    case.courses.enrol(case.courses.open().class_id, case.person, case.voucher)
    learner = visitors.come(acting(Role.PERSON, "p1", person=case.person))
    page = f"/me/vouchers/{case.voucher}"
    shown = text_of(learner.get(page))
    assert "这不是我办的" in shown
    assert "已冻结" not in shown, "nothing of the present use is frozen yet"
    assert press(learner, page, f"{page}/dispute").status_code == 303
    assert world.ask(queries.disputes_open, None) == 2
    first = next(d for d in world.ask(queries.disputes, None, True) if d.use == "released")
    world.perform(uphold, actor=case.checker, dispute_id=first.id, reason=WHY)
    assert "dispute.told_upheld_used" in case.told()
    assert case.states()[2] == "redeemed", "the present use is looked into by itself"
    world.holds()


def test_dismissed_or_withdrawn_the_money_is_free_again(case: Case) -> None:
    world = case.world
    first = case.deny()
    world.perform(disputes.withdraw, actor=case.me, dispute_id=first)
    world.clock.forward(minutes=1)
    second = case.deny()
    world.perform(disputes.dismiss, actor=case.checker, dispute_id=second, reason="本人通话确认到课")
    with world.refused("dispute.not_possible"):
        case.deny()  # decided is decided: nobody keeps money frozen for ever
    assert world.ask(lambda db: sorted(h.state for h in db.scalars(select(Hold)))) == ["lifted", "lifted"]
    assert case.states() == ("enrolled", "redeemed", "redeemed")
    line = world.ask(queries.latest_dispute, case.voucher)
    assert (line.id, line.state, line.others) == (second, "dismissed", 0), "what was taken back is no denial"
    world.holds()


def test_what_was_cancelled_meanwhile_can_still_be_decided(small: Case) -> None:
    world = small.world
    dispute = small.deny()
    world.perform(classes.cancel, actor=small.courses.bureau, class_id=small.class_id, reason="人数不足")
    world.perform(uphold, actor=small.checker, dispute_id=dispute, reason=WHY)
    assert small.states() == ("withdrawn", "released", "claimed")
    world.holds()


def test_strangers_see_and_do_nothing(small: Case) -> None:
    world = small.world
    stranger = small.vouchers.me(small.vouchers.person())
    with world.refused("voucher.unknown"):
        world.perform(disputes.open_, actor=stranger, voucher_id=small.voucher)
    dispute = small.deny()
    with world.refused("voucher_dispute.unknown"):
        world.perform(disputes.withdraw, actor=stranger, dispute_id=dispute)
    elsewhere = world.actor("dispute.decide", account="far", district="500101")
    for act in (uphold, disputes.dismiss):
        with world.refused("voucher_dispute.unknown"):
            world.perform(act, actor=elsewhere, dispute_id=dispute, reason=WHY)
    assert world.ask(queries.disputes, {"500101"}, True) == []
    with world.refused("not_allowed"):
        world.perform(uphold, actor=Actor("school", "school"), dispute_id=dispute, reason=WHY)
    world.holds()


def test_another_schools_denials_are_counted_by_school(small: Case) -> None:
    world = small.world
    small.deny()
    world.clock.forward(minutes=1)
    Case.beside(small, small.batch, FEE).deny()
    assert [d.others for d in world.ask(queries.disputes, None, True)] == [0, 1], "what came later is not held against it"
    world.holds()


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE redemption_hold SET state = 'lifted', lifted_at = placed_at",
        "DELETE FROM redemption_hold",
        "UPDATE voucher_dispute SET state = 'upheld', closed_at = opened_at, decided_by = 'me', reason = 'x'",
        "UPDATE voucher_dispute SET state = 'dismissed', closed_at = opened_at, decided_by = 'me', reason = 'x'",
        "UPDATE redemption_hold SET source = 'dispute:elsewhere'",
    ],
)
def test_a_hand_in_the_tables_is_found(small: Case, edit: str) -> None:
    small.deny()
    with writing(small.world.engine) as db:
        db.execute(text(edit))
    assert "vouchers.frozen" in small.world.violations()


def test_one_tap_freezes_and_a_checker_decides_by_pages(visitors: Visitors) -> None:
    world = visitors.world
    case = Case(world)
    learner = visitors.come(acting(Role.PERSON, "p1", person=case.person))
    page = f"/me/vouchers/{case.voucher}"
    assert "这不是我办的" in text_of(learner.get(page))
    assert press(learner, page, f"{page}/dispute").status_code == 303
    assert "已冻结" in text_of(learner.get(page))
    clerk = visitors.come(acting(Role.GOV_CLERK, "c1"))
    listed = text_of(clerk.get("/gov/disputes"))
    assert "星河职业培训学校1" in listed
    assert f"¥{FACE // 100:,}" in listed
    dispute = world.ask(queries.disputes, None, True)[0].id
    one = f"/gov/disputes/{dispute}"
    assert "由复核人员作出结论" in text_of(clerk.get(one))
    checker = visitors.come(acting(Role.GOV_CHECKER, "c2"))
    assert "用券否认待核查" in text_of(checker.get("/gov"))
    refused = press(checker, one, f"{one}/uphold", reason="")
    assert refused.status_code == 422 or "请写明理由" in refused.text
    assert press(checker, one, f"{one}/uphold", reason=WHY).status_code == 303
    assert WHY in text_of(checker.get(one))
    assert "属实" in text_of(learner.get(page))
    assert visitors.come(acting(Role.INSTITUTION_ADMIN, "i1", organisation=case.vouchers.school)).get(one).status_code == 403
    again = world.client()
    assert again.post(f"/api/v1/me/vouchers/{case.voucher}/dispute").status_code in (401, 403)
    assert world.ask(queries.disputes_open, None) == 0
    assert FEE > FACE
    world.holds()
