"""A payment in doubt after a claw-back that came to nothing, and who reads why a payment stands."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.messages.models import Message
from skills.returns.models import ReturnLine
from skills.settlement.actions import claw_backs, statements, subsidies
from skills.vouchers.actions import unearning
from skills.vouchers.models import PaymentDoubt
from skills.vouchers.queries import doubts
from tests.courses.filed import Filed, reported
from tests.settlement.stage import Stage as Money
from tests.settlement.test_payees import Payees
from tests.settlement.test_taken_back import stage_of
from tests.world import World

pytestmark = pytest.mark.row(60)


def asked(world: World) -> tuple[Filed, Money, PaymentDoubt]:
    """One payment whose completion was taken back."""
    filed = reported(world, 1)
    money = stage_of(filed)
    money.paid()
    filed.correct(2, outcome="不合格", score="41")
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    (doubt,) = filed.doubts()
    return filed, money, doubt


def proposed(money: Money, doubt: PaymentDoubt) -> str:
    made = money.world.perform(
        claw_backs.propose, actor=money.clerk, redemption_id=doubt.redemption_id, cents=doubt.cents, reason="录入错误"
    )
    return str(made.claw_back_id)


def correction_of(filed: Filed) -> str:
    """The return that brought the correction of the first row."""
    with filed.world.db() as db:
        return str(db.scalars(select(ReturnLine.return_id).where(ReturnLine.return_id != filed.return_id)).one())


def test_a_dropped_claw_back_puts_the_question_again_and_it_can_be_answered_either_way(world: World) -> None:
    filed, money, doubt = asked(world)
    first = proposed(money, doubt)
    assert [d.state for d in filed.doubts()] == ["claimed"]
    world.perform(claw_backs.drop, actor=money.checker, claw_back_id=first)
    (again,) = filed.doubts()
    assert (again.state, again.closed_at, again.closed_by, again.answer) == ("opened", None, None, "")
    assert [line.id for line in world.ask(doubts.doubts, ["500112"])] == [doubt.id]
    world.holds()
    second = proposed(money, doubt)
    assert [(d.state, d.answer) for d in filed.doubts()] == [("claimed", second)]
    world.perform(claw_backs.drop, actor=money.checker, claw_back_id=second)
    world.perform(unearning.keep_paid, actor=money.clerk, doubt_id=doubt.id, reason="机构已按规定退还学员")
    assert [d.state for d in filed.doubts()] == ["kept"]
    world.holds()


def test_a_claw_back_dropped_after_the_training_was_completed_again_asks_nobody(world: World) -> None:
    filed, money, doubt = asked(world)
    claw_back = proposed(money, doubt)
    filed.correct(2, return_id=correction_of(filed), outcome="合格", score="88")
    assert filed.place(0).state == "completed"
    assert [(d.state, d.answer) for d in filed.doubts()] == [("settled", claw_back)]
    world.perform(claw_backs.drop, actor=money.checker, claw_back_id=claw_back)
    assert [d.state for d in filed.doubts()] == ["settled"]
    world.holds()


@action("test.unearn", may="test.unearn")
def taken_back(act: Act, redemption_id: str) -> None:
    """The completion behind a use is gone."""
    unearning.unearn(act, redemption_id=redemption_id, source="change:test", reason="录入错误")


def told_kept(stage: Payees, redemption: str) -> tuple[str | None, str | None]:
    """Organisation and person who are told that the payment of a use stands."""
    world = stage.world
    world.perform(taken_back, actor=world.actor("test.unearn", account="corrector"), redemption_id=redemption)
    [line] = world.ask(doubts.doubts, ["500112"])
    world.perform(unearning.keep_paid, actor=stage.clerk, doubt_id=line.id, reason="已退款")
    with world.db() as db:
        told = db.scalars(select(Message).where(Message.code == "payment_doubt.told_kept")).one()
    return told.organisation_id, told.person_id


def test_the_person_who_was_paid_reads_why_it_stands(world: World) -> None:
    stage = Payees(world)
    person = stage.vouchers.person()
    used = stage.done(stage.use(stage.own, person))
    stage.card(person)
    stage.next_quarter()
    statement = stage.drawn_by(stage.myself(person))
    world.perform(subsidies.submit, actor=stage.myself(person), statement_id=statement)
    world.run_jobs()
    stage.pay(stage.handed_over(stage.noticed(statement)))
    assert told_kept(stage, used) == (None, person)
    world.holds()


def test_the_firm_that_was_paid_reads_why_it_stands(world: World) -> None:
    stage = Payees(world)
    person = stage.vouchers.person()
    stage.employ(person)
    used = stage.done(stage.use(stage.firms, person))
    stage.firm_account()
    stage.next_quarter()
    statement = stage.drawn_by(stage.manager, organisation_id=stage.firm)
    world.perform(statements.submit, actor=stage.manager, statement_id=statement)
    world.run_jobs()
    stage.pay(stage.handed_over(stage.noticed(statement)))
    assert told_kept(stage, used) == (stage.firm, None)
    world.holds()


def test_one_question_is_read_by_its_id_in_its_district_alone(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, doubt = asked(lite)
    monkeypatch.setattr(doubts, "doubts", None)  # not by reading all of them
    assert lite.ask(doubts.doubt, doubt.id, ["500112"]).redemption_id == doubt.redemption_id
    with lite.refused("payment_doubt.unknown"):
        lite.ask(doubts.doubt, doubt.id, ["500105"])
