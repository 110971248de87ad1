"""Money before it is earned: within policy, by several hands, set off to the fen."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.kernel.errors import Missing
from skills.settlement import rules
from skills.settlement.actions import advances, statements
from skills.settlement.models import Advance
from skills.settlement.queries.advances import rooms
from skills.settlement.rules import Ask
from skills.vouchers.actions import redemptions
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.settlement.stage import DISTRICT, Stage
from tests.vouchers.stage import FACE
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(13)
ASK = Ask(50, 100, 50, 0, True)
money = st.integers(0, 10**9)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None), ({"cents": 51}, "advance.cents"), ({"cents": 0}, "advance.cents"), ({"cents": -1}, "advance.cents"),
        ({"outstanding": 1}, "advance.cents"), ({"redeemed": 99}, "advance.cents"), ({"account_verified": False}, "statement.account"),
    ],
)  # fmt: skip
def test_what_may_be_advanced(change: dict[str, int], code: str | None) -> None:
    missed = {f.code for f in rules.may_advance(replace(ASK, **change)).findings if not f.met}
    assert missed == ({code} if code else set())


@given(money, money, st.integers(0, 100), money)
def test_no_more_is_ever_outstanding_than_policy_allows(cents: int, redeemed: int, percent: int, outstanding: int) -> None:
    ask = Ask(cents, redeemed, percent, outstanding, True)
    if rules.may_advance(ask):
        assert (outstanding + cents) * 100 <= redeemed * percent


@given(money, money)
def test_what_is_set_off_leaves_something_to_pay_and_never_exceeds_what_is_owed(available: int, outstanding: int) -> None:
    back = rules.advance_back(available, outstanding)
    assert 0 <= back <= outstanding
    assert back == 0 or available - back >= 1
    assert back == outstanding or available - back <= 1


def paid(stage: Stage, cents: int) -> str:
    """An advance that the bank has paid."""
    made = stage.world.perform(advances.ask, actor=stage.admin, organisation_id=stage.school, district=DISTRICT, cents=cents)
    stage.world.perform(advances.approve, actor=stage.checker, advance_id=made.advance_id)
    stage.world.perform(
        advances.pay, actor=stage.finance, advance_id=made.advance_id, cents=cents, paid_on=stage.world.today, reference="A-1"
    )
    return str(made.advance_id)


def state(stage: Stage, advance: str) -> str:
    with stage.world.db() as db:
        return str(db.scalar(select(Advance.state).where(Advance.id == advance)))


def test_an_advance_is_asked_for_decided_paid_and_set_off_by_two_payments(stage: Stage) -> None:
    world = stage.world
    order = {"organisation_id": stage.school, "district": DISTRICT}
    uses = [stage.used() for _ in range(3)]
    with world.refused("advance.not_possible"):
        world.perform(advances.ask, actor=stage.admin, **order, cents=FACE)
    stage.account()
    with world.refused("advance.not_possible"):
        world.perform(advances.ask, actor=stage.admin, **order, cents=3 * FACE // 2 + 1)
    made = world.perform(advances.ask, actor=stage.admin, **order, cents=3 * FACE // 2)
    with world.refused("advance.not_possible"):
        world.perform(advances.ask, actor=stage.admin, **order, cents=1)
    own = replace(stage.checker, account="school-admin")
    with world.refused("statement.own_work"):
        world.perform(advances.approve, actor=own, advance_id=made.advance_id)
    world.perform(advances.approve, actor=stage.checker, advance_id=made.advance_id)
    with world.refused("statement.not_payable"):
        world.perform(advances.pay, actor=stage.finance, advance_id=made.advance_id, cents=1, paid_on=world.today, reference="A")
    world.perform(
        advances.pay, actor=stage.finance, advance_id=made.advance_id, cents=3 * FACE // 2, paid_on=world.today, reference="A"
    )
    assert not world.violations()
    # The first quarter pays one training: all but a fen of it is set off.
    world.perform(redemptions.earn, redemption_id=uses[0][2], proof="certificate:1")
    stage.next_quarter()
    first = stage.handed_over(stage.noticed(stage.submitted(stage.drawn())))
    assert stage.row(first).cents == 1
    assert not world.violations()
    stage.pay(first)
    assert state(stage, made.advance_id) == "paid"
    assert not world.violations()
    # The next one pays two: what is left is set off, and the rest is paid.
    for _, _, redemption in uses[1:]:
        world.perform(redemptions.earn, redemption_id=redemption, proof=f"certificate:{redemption}")
    world.clock.forward(days=90)
    second = stage.pay(stage.handed_over(stage.noticed(stage.submitted(stage.drawn("2027Q1")))))
    assert stage.row(second).cents == 2 * FACE - (3 * FACE // 2 - (FACE - 1))
    assert stage.row(first).cents + stage.row(second).cents + 3 * FACE // 2 == 3 * FACE  # type: ignore[operator]
    assert state(stage, made.advance_id) == "settled"
    assert not world.violations()


def test_a_payment_that_is_called_back_sets_nothing_off(stage: Stage) -> None:
    world = stage.world
    stage.used()
    stage.earned()
    stage.account()
    advance = paid(stage, FACE // 2)
    stage.next_quarter()
    statement = stage.handed_over(stage.noticed(stage.submitted(stage.drawn())))
    assert stage.row(statement).cents == FACE - FACE // 2
    world.perform(statements.bounce, actor=stage.finance, statement_id=statement, reason="账号已销户")
    world.perform(statements.recall, actor=stage.checker, statement_id=statement)
    world.run_jobs()
    assert not world.violations()
    (room,) = world.ask(rooms, stage.school, world.today)
    assert (room.outstanding, room.most) == (FACE // 2, 0)
    assert state(stage, advance) == "paid"


def test_what_is_refused_is_told_with_its_reason_and_elsewhere_does_not_exist(stage: Stage) -> None:
    world = stage.world
    stage.used()
    stage.account()
    made = world.perform(advances.ask, actor=stage.admin, organisation_id=stage.school, district=DISTRICT, cents=1)
    away = world.actor("statement.hand_over", account="away", district="500103")
    with pytest.raises(Missing):
        world.perform(advances.approve, actor=away, advance_id=made.advance_id)
    with world.refused("statement.reason_needed"):
        world.perform(advances.refuse, actor=stage.checker, advance_id=made.advance_id, reason=" ")
    world.perform(advances.refuse, actor=stage.checker, advance_id=made.advance_id, reason="资金紧张")
    with world.refused("advance.cannot_pay"):
        world.perform(advances.pay, actor=stage.finance, advance_id=made.advance_id, cents=1, paid_on=world.today, reference="A")
    stage.rule("statement.advance_percent", 0)
    with world.refused("advance.not_possible") as held:
        world.perform(advances.ask, actor=stage.admin, organisation_id=stage.school, district=DISTRICT, cents=1)
    assert "advance.allowed" in {f.code for f in held[0].findings if not f.met}
    assert not world.violations()


def test_an_advance_by_the_pages_of_three_desks(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    stage.used()
    stage.account()
    admin = visitors.come(acting(Role.INSTITUTION_CLERK, "a1", organisation=stage.school))
    checker = visitors.come(acting(Role.GOV_CHECKER, "c2", district=DISTRICT))
    finance = visitors.come(acting(Role.FINANCE, "f1", district=DISTRICT))
    own, gov = "/org/money/advances", "/gov/advances"
    assert "¥600" in text_of(admin.get(own))
    assert press(admin, own, own, district=DISTRICT, amount="600.001").status_code == 422
    assert press(admin, own, own, district=DISTRICT, amount="601").status_code == 409
    assert press(admin, own, own, district=DISTRICT, amount="600").status_code == 303
    assert "预拨申请待审批" in text_of(checker.get("/gov"))
    approve = re.search(r'action="(/gov/advances/[^"]+/approve)"', text_of(checker.get(gov)))
    assert approve
    assert press(checker, gov, approve[1]).status_code == 303
    assert "预拨待拨付" in text_of(finance.get("/gov"))
    pay = approve[1].replace("approve", "pay")
    assert press(finance, gov, pay, amount="600", paid_on=visitors.world.today.isoformat(), reference="A-1").status_code == 303
    assert "待抵扣" in text_of(admin.get(own))
    assert [a["state"] for a in finance.get("/api/v1/advances").json] == ["paid"]
    assert admin.get(own, headers={"Cookie": "lang=en"}).status_code == 200
    visitors.world.holds()
