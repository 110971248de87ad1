"""“这不是我办的”: frozen in one step, looked into by the bureau, undone or freed; and the place goes with it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, text

from skills.accounts.rules import Role
from skills.courses.actions import classes, enrolments
from skills.courses.actions.disputes import uphold
from skills.courses.models import CourseClass, Enrolment
from skills.kernel.actors import Actor
from skills.kernel.db import writing
from skills.messages.models import Message
from skills.vouchers import queries
from skills.vouchers.actions import claims, disputes
from skills.vouchers.models import Batch, Hold, Redemption, Voucher
from skills.vouchers.rules import ScopeForm
from skills.vouchers.rules.disputes import Use, may_dispute
from skills.vouchers.states import RedemptionState
from tests.courses.stage import FEE, institution
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

    def __init__(self, world: World) -> None:
        self.world = world
        self.vouchers = Vouchers(world)
        self.courses = Courses(world, self.vouchers.school)
        self.courses.course = self.courses.publish()
        self.person = self.vouchers.person()
        self.batch = self.vouchers.open(scope_form=ScopeForm.GENERAL)
        self.voucher = self.vouchers.claim(self.batch, self.person)
        self.class_id = self.courses.open().class_id
        self.place = self.courses.enrol(self.class_id, self.person, self.voucher).enrolment_id
        self.me = self.vouchers.me(self.person)
        self.checker = world.actor("dispute.decide", account="checker", district="500112")

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
def test_a_use_that_is_not_paid_can_be_denied_once(state: str | None, denied: bool) -> None:
    verdict = may_dispute(Use(state, denied))
    assert verdict.yes == (state in ("redeemed", "earned") and not denied)
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


def test_upheld_after_completion_nothing_is_paid_and_a_new_voucher_can_be_claimed(case: Case) -> None:
    world = case.world
    case.courses.run(case.class_id)
    world.perform(
        enrolments.complete, enrolment_id=case.place, hours=Decimal(12), attendance=Decimal(100), score=Decimal(80),
        completed_on=world.today, passed=True,
    )  # fmt: skip
    assert case.states() == ("completed", "earned", "earned")
    dispute = case.deny()
    world.perform(uphold, actor=case.checker, dispute_id=dispute, reason=WHY)
    assert case.states()[1:] == ("annulled", "void")
    with world.db() as db:
        assert db.get_one(Batch, case.batch).committed == 0
    fresh = world.perform(claims.claim, actor=case.me, batch_id=case.batch).voucher_id
    assert fresh != case.voucher
    with world.db() as db:
        assert db.get_one(Batch, case.batch).committed == FACE
    world.holds()


def test_dismissed_or_withdrawn_the_money_is_free_again(case: Case) -> None:
    world = case.world
    first = case.deny()
    world.perform(disputes.dismiss, actor=case.checker, dispute_id=first, reason="本人通话确认到课")
    world.clock.forward(minutes=1)
    second = case.deny()
    world.perform(disputes.withdraw, actor=case.me, dispute_id=second)
    assert world.ask(lambda db: sorted(h.state for h in db.scalars(select(Hold)))) == ["lifted", "lifted"]
    assert case.states() == ("enrolled", "redeemed", "redeemed")
    line = world.ask(queries.latest_dispute, case.voucher)
    assert (line.id, line.state, line.others) == (second, "withdrawn", 1)
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
    small.deny()
    second = Case.__new__(Case)
    second.__dict__ |= small.__dict__
    second.person = small.vouchers.person()
    second.voucher = small.vouchers.claim(small.batch, second.person)
    second.me = small.vouchers.me(second.person)
    world = small.world
    world.perform(
        enrolments.enrol, actor=small.courses.learner(second.person), class_id=small.class_id, voucher_id=second.voucher
    )
    second.deny()
    assert [d.others for d in world.ask(queries.disputes, None, True)] == [1, 1]
    institution(world, 7)
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
