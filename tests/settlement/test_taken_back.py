"""A completion that is corrected after money moved: what is not paid is not, what was paid is asked about by the authority."""

from __future__ import annotations

import pytest

from skills.courses.models import Enrolment
from skills.vouchers.actions import unearning
from tests.courses.filed import Filed, reported
from tests.settlement.stage import Stage as Money
from tests.settlement.stage import missed
from tests.world import World

pytestmark = pytest.mark.row(60)


def stage_of(filed: Filed) -> Money:
    """The hands of settlement, for the school whose completions were reported."""
    money = Money.__new__(Money)
    world, school = filed.world, filed.stage.school
    money.world, money.school, money.serial = world, school, 0
    money.admin = world.actor("payee.enter", "statement.submit", account="school-admin", organisation=school)
    money.clerk = world.actor("statement.check", "claw_back.propose", account="gov-clerk", district="500112")
    money.checker = world.actor(
        "statement.hand_over", "payee.verify", "claw_back.approve", "complaint.handle", account="gov-checker", district="500112"
    )
    money.finance = world.actor("statement.pay", account="finance", district="500112")
    money.account()
    return money


def use(filed: Filed, i: int) -> str:
    with filed.world.db() as db:
        return str(db.get_one(Enrolment, filed.people[i][2]).redemption_id)


def test_unpaid_money_is_frozen_while_the_holder_is_heard_and_gone_when_it_is_decided(world: World) -> None:
    filed = reported(world, 2)
    money = stage_of(filed)
    money.next_quarter()
    statement = money.submitted(money.drawn())
    filed.correct(2, outcome="不合格", score="41")
    money.noticed(statement)
    money.handed_over(statement)
    lines = money.by_use(statement)
    assert (lines[use(filed, 0)].state, lines[use(filed, 1)].state) == ("dropped", "ordered")
    assert missed(lines[use(filed, 0)]) >= {"settle.not_frozen"} or missed(lines[use(filed, 0)])
    world.holds()
    filed.revoke(filed.changes()[0].request)
    assert (filed.place(0).state, filed.doubts()) == ("failed", [])
    assert filed.money(0)[1] == "released"
    world.holds()


def test_money_on_its_way_lets_nothing_be_taken_back_before_it_has_arrived(world: World) -> None:
    filed = reported(world, 1)
    money = stage_of(filed)
    money.next_quarter()
    statement = money.handed_over(money.noticed(money.submitted(money.drawn())))
    filed.correct(2, outcome="不合格", score="41")
    filed.heard()
    request = filed.changes()[0].request
    with world.refused("redemption.on_its_way"):
        filed.revoke(request)
    assert filed.place(0).state == "completed"
    world.holds()
    money.pay(statement)
    filed.revoke(request)
    assert filed.place(0).state == "failed"
    assert [d.state for d in filed.doubts()] == ["opened"]
    world.holds()


def test_paid_money_comes_back_by_two_people_of_the_authority_alone(world: World) -> None:
    filed = reported(world, 1)
    money = stage_of(filed)
    money.paid()
    filed.correct(2, outcome="不合格", score="41")
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    assert (filed.place(0).state, filed.money(0)) == ("failed", ("settled", "settled"))
    (doubt,) = filed.doubts()
    assert (doubt.state, doubt.cents, doubt.reason) == ("opened", filed.place(0).voucher_cents, "录入错误")
    world.holds()
    money.owed(use(filed, 0), doubt.cents)
    assert [d.state for d in filed.doubts()] == ["claimed"]
    world.holds()


def test_the_authority_may_let_a_payment_stand_with_a_reason(world: World) -> None:
    filed = reported(world, 1)
    money = stage_of(filed)
    money.paid()
    filed.correct(2, outcome="不合格", score="41")
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    (doubt,) = filed.doubts()
    elsewhere = world.actor("claw_back.propose", account="x", district="500105")
    with world.refused("payment_doubt.unknown"):
        world.perform(unearning.keep_paid, actor=elsewhere, doubt_id=doubt.id, reason="不追")
    with world.refused("payment_doubt.reason_needed"):
        world.perform(unearning.keep_paid, actor=money.clerk, doubt_id=doubt.id, reason=" ")
    world.perform(unearning.keep_paid, actor=money.clerk, doubt_id=doubt.id, reason="机构已按规定退还学员")
    with world.refused("payment_doubt.cannot_keep"):
        world.perform(unearning.keep_paid, actor=money.clerk, doubt_id=doubt.id, reason="再来")
    world.holds()
