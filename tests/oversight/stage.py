"""The stage of oversight: a school whose learners used vouchers for places in its class, by the real actions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from skills.courses.actions import enrolments
from skills.kernel.actors import SYSTEM, Actor
from skills.oversight.actions import cases
from skills.oversight.actions.cases import Reported
from skills.oversight.rules.facts import Counted, Suspicion
from skills.vouchers.actions import disputes
from skills.vouchers.rules import ScopeForm
from tests.courses.stage import Stage as Courses
from tests.vouchers.stage import Stage as Vouchers
from tests.world import World

BATCH = {"scope_form": ScopeForm.GENERAL}


class Stage:
    """A school, a class, and learners who hold places that their vouchers paid for."""

    def __init__(self, world: World, learners: int = 4) -> None:
        self.world = world
        self.vouchers = Vouchers(world)
        self.school = self.vouchers.school
        self.courses = Courses(world, self.school)
        self.courses.course = self.courses.publish()
        self.batch = self.vouchers.open(**BATCH)
        self.klass = self.courses.open().class_id
        self.people: list[str] = []
        self.held: list[str] = []
        self.uses: list[str] = []
        self.places: list[str] = []
        for _ in range(learners):
            self.learner()
        self.handler = world.actor("case.see", "case.handle", account="handler")
        self.second = world.actor("case.see", "case.handle", "case.assign", "case.confirm", account="second")

    def learner(self) -> None:
        """One more, from an own browser."""
        person = self.vouchers.person()
        voucher = self.vouchers.claim(self.batch, person)
        place = self.world.perform(
            enrolments.enrol, actor=replace(self.courses.learner(person), network=f"net-{person}", device=f"dev-{person}"),
            class_id=self.klass, voucher_id=voucher,
        )
        self.people.append(person)
        self.held.append(voucher)
        self.uses.append(str(place.redemption_id))
        self.places.append(place.enrolment_id)

    def as_holder(self, index: int) -> Actor:
        person = self.people[index]
        return self.world.actor("voucher.claim", account=f"acc-{person}"[:26], person=person)

    def deny(self, index: int) -> None:
        self.world.perform(disputes.open_, actor=self.as_holder(index), voucher_id=self.held[index])

    def complete(self) -> None:
        """Everybody completes, and the money is payable."""
        self.courses.run(self.klass)
        for place in self.places:
            self.world.perform(
                enrolments.complete, actor=SYSTEM, enrolment_id=place, hours=Decimal(12), attendance=Decimal(100),
                score=Decimal(80), completed_on=self.world.today, passed=True,
            )

    def suspicion(self, *rows: str, strength: int = 3, uses: tuple[str, ...] | None = None, rule: str = "F2") -> Suspicion:
        return Suspicion(
            rule, f"organisation:{self.school}", strength, "case.F2.denied",
            {"name": "星河职业培训学校1", "n": len(rows), "upheld": 0, "uses": len(self.uses), "percent": 50},
            (Counted("持券人否认", "Denied by holders", str(len(rows)), "≥ 3"),), rows or tuple(self.uses),
            tuple(self.uses[:2]) if uses is None else uses, self.school, (("11-20", 2), ("11-21", 1)),
        )  # fmt: skip

    def report(self, suspicion: Suspicion) -> Reported:
        done: Reported = self.world.perform(cases.report, suspicion=suspicion)
        return done
