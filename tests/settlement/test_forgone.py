"""A claw-back whose ground has gone, because the training was completed after all: nobody is made to pay it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.messages.models import Message
from skills.settlement.actions import claw_backs
from skills.settlement.models import ClawBack
from skills.settlement.payee import Payee
from skills.settlement.queries import money
from skills.vouchers.actions import unearning
from tests.settlement.stage import DISTRICT, Stage
from tests.settlement.test_actions import FACE
from tests.settlement.test_dropped_claims import taken_back
from tests.world import World

pytestmark = pytest.mark.row(60)
PART = 50_000  # small enough to be set off against another use


@action("test.again", may="test.again")
def again(act: Act, redemption_id: str) -> None:
    """The training behind a use was completed after all."""
    unearning.completed_again(act, redemption_id)


class Scene(Stage):
    """A use that was paid, and whose completion was taken back."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        _, _, self.use = self.earned()
        self.account()
        self.paid()
        world.perform(taken_back, actor=world.actor("test.unearn", account="corrector"), redemption_id=self.use)

    def proposed(self) -> str:
        made = self.world.perform(claw_backs.propose, actor=self.clerk, redemption_id=self.use, cents=PART, reason="录入错误")
        return str(made.claw_back_id)

    def completed_again(self) -> None:
        self.world.perform(again, actor=self.world.actor("test.again"), redemption_id=self.use)

    def drop(self, claw_back: str) -> None:
        self.world.perform(claw_backs.drop, actor=self.checker, claw_back_id=claw_back)

    def shown_to_the_school(self) -> list[money.Debt]:
        """What the school's own page says it owes."""
        return list(self.world.ask(money.debts, None, Payee(self.school)))

    def debt(self, claw_back: str) -> ClawBack:
        with self.world.db() as db:
            return db.get_one(ClawBack, claw_back)

    def next_statement(self) -> str:
        """Another use is paid in the next quarter."""
        self.earned(100, 100, graduated=date(2027, 1, 5))
        self.world.clock.set(self.world.clock.now() + timedelta(days=90))
        return self.drawn("2027Q1")


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def test_what_is_proposed_cannot_be_agreed_on_any_more(scene: Scene) -> None:
    claw_back = scene.proposed()
    scene.completed_again()
    with scene.world.refused("claw_back.completed_again"):
        scene.world.perform(claw_backs.approve, actor=scene.checker, claw_back_id=claw_back)
    [line] = scene.world.ask(money.debts, [DISTRICT])
    assert (line.id, line.refuted) == (claw_back, True)
    scene.drop(claw_back)
    assert scene.debt(claw_back).state == "dropped"
    scene.world.holds()


def test_what_was_agreed_on_is_neither_set_off_nor_taken_and_is_dropped_by_the_second_person(scene: Scene) -> None:
    claw_back, world = scene.owed(scene.use, PART), scene.world
    with world.refused("claw_back.owed"):
        scene.drop(claw_back)
    assert world.ask(money.to_forgo, [DISTRICT]) == 0
    assert [debt.id for debt in scene.shown_to_the_school()] == [claw_back]
    scene.completed_again()
    assert scene.shown_to_the_school() == []
    assert [world.ask(money.to_forgo, places) for places in ([DISTRICT], ["500105"], None)] == [1, 0, 1]
    assert [line.kind for line in scene.lines(scene.next_statement())] == ["pay"]
    with world.refused("claw_back.completed_again"):
        world.perform(claw_backs.repaid, actor=scene.finance, claw_back_id=claw_back, cents=PART, reference="R1")
    with world.refused("statement.own_work"):
        world.perform(
            claw_backs.drop, actor=world.actor("claw_back.approve", account="gov-clerk", district=DISTRICT), claw_back_id=claw_back
        )
    scene.drop(claw_back)
    assert (scene.debt(claw_back).state, world.ask(money.to_forgo, None)) == ("dropped", 0)
    with world.db() as db:
        told = db.scalars(select(Message).where(Message.code == "claw_back.told_forgone")).one()
    assert (told.organisation_id, told.facts["number"]) == (scene.school, claw_back)
    with world.refused("claw_back.cannot_drop"):
        scene.drop(claw_back)
    assert scene.states(scene.use) == ("settled", "settled")
    world.holds()


def test_what_stands_on_a_statement_already_is_taken_from_it_when_it_is_handed_over(scene: Scene) -> None:
    claw_back = scene.owed(scene.use, PART)
    statement = scene.next_statement()
    assert [line.kind for line in scene.lines(statement)] == ["pay", "claw_back"]
    scene.completed_again()
    with scene.world.refused("claw_back.listed"):
        scene.drop(claw_back)
    scene.handed_over(scene.noticed(scene.submitted(statement)))
    assert [line.state for line in scene.lines(statement)] == ["ordered", "dropped"]
    assert scene.row(statement).cents == FACE
    scene.pay(statement)
    scene.drop(claw_back)
    assert scene.debt(claw_back).state == "dropped"
    scene.world.holds()
