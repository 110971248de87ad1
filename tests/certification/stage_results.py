"""A signed exam at each step after its scores, and a way past the guard of the database for tests that bend rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from skills.certification.actions import corrections, reviews
from skills.kernel import guards
from skills.kernel.actors import Actor
from tests.certification.stage import Stage
from tests.world import World


def unguarded(connection: Connection) -> None:
    """Take away what keeps signed scores as they are, to see that the checks find what was bent."""
    guards.take_down(connection)


def rule(world: World, name: str, value: object) -> None:
    """A new value of a rule from tomorrow on."""
    world.policy(name, value, world.today + timedelta(days=1))


class Results:
    """An exam of one candidate with these marks, signed off; two more members of staff, and somebody who has both duties."""

    def __init__(self, world: World, *marks: tuple[str, str]) -> None:
        self.world, self.stage = world, Stage(world)
        self.stage.file()
        self.sitting = self.stage.open()
        self.people = [self.stage.graduate() for _ in marks]
        self.applications = [self.stage.apply(self.sitting, who) for who in self.people]
        self.stage.hold(self.sitting)
        self.stage.score(self.sitting, dict(zip(self.applications, marks, strict=True)))
        self.one, self.two = self.corrector("fifth"), self.corrector("sixth")

    def corrector(self, account: str) -> Actor:
        return self.stage.staff("score.correct", "care.handle", "certificate.revoke", account=account)

    def propose(self, score: str, who: Actor | None = None, section: str = "theory", place: int = 0) -> Any:
        return self.world.perform(
            corrections.propose, actor=who or self.one, application_id=self.applications[place], section=section, text=score,
            reason="第3题漏计分",
        )  # fmt: skip

    def decide(self, made: Any, who: Actor | None = None, approved: bool = True) -> Any:
        return self.world.perform(
            corrections.decide, actor=who or self.two, correction_id=made.correction_id, approved=approved, reason="核对原卷属实",
        )

    def ask(self, section: str = "theory", place: int = 0) -> Any:
        me = self.stage.candidate(self.people[place])
        return self.world.perform(
            reviews.ask, actor=me, application_id=self.applications[place], section=section, text="估分相差较大"
        )

    def answer(self, asked: Any, score: str, who: Actor | None = None) -> Any:
        return self.world.perform(
            reviews.decide, actor=who or self.one, review_id=asked.review_id, text=score, reply="已重新核分"
        )
