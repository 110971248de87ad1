"""Order classes: an employer's seats are for its own people alone; the others are refused with the reason and the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.accounts.actions import approve_organisation, register_organisation
from skills.courses.actions import enrolments, orders, reservations
from skills.courses.queries import changes as queries
from skills.courses.rules.orders import Seats, may_sit
from skills.courses.states import Admission
from skills.kernel import jobs
from skills.records.actions import state_fact
from skills.records.rules import Work, to_json
from tests.courses.stage import Stage, credit_code, make_stage
from tests.world import World


class Order:
    """A class of three seats, two of them an employer's."""

    def __init__(self, world: World, seats: int = 3, kept: int = 2, **order: Any) -> None:
        self.world, self.stage = world, make_stage(world)
        made = world.perform(
            register_organisation, name="重庆星图软件有限公司", kind="enterprise", credit_code=credit_code(77), district="500112"
        )
        world.perform(approve_organisation, organisation_id=made.id)
        self.firm = str(made.id)
        self.class_id = str(self.stage.open(seats, **order).class_id)
        self.order_id = str(self.record(kept).order_id)

    def record(self, kept: int, **change: Any) -> Any:
        day = self.world.today
        order = {"class_id": self.class_id, "employer_id": self.firm, "number": "HT-2026-08", "signed_on": day, "seats": kept,
                 "until": day + timedelta(days=60), "title": "星图班", **change}  # fmt: skip
        return self.world.perform(orders.record, actor=self.stage.clerk, **order)

    def worker(self, name: str = "", *, until: int | None = None, strength: str = "compared") -> str:
        person, _ = self.stage.person(name)
        day = self.world.today
        last = day + timedelta(days=until) if until is not None else None
        fact = Work("4-04-05-05", False, day - timedelta(days=300), last, "重庆星图软件有限公司", self.firm)
        self.world.perform(state_fact, person_id=person, kind="work", source=f"list:{person}", body=to_json(fact), strength=strength)
        return person

    def stranger(self) -> str:
        return str(self.stage.person()[0])

    def enrol(self, person: str) -> Any:
        return self.stage.enrol(self.class_id, person)

    @property
    def line(self) -> Any:
        return self.world.ask(queries.order, self.order_id, [self.firm])


@pytest.mark.row(17)
def test_the_employers_seats_are_for_its_people_alone(world: World) -> None:
    held = Order(world)
    held.enrol(held.stranger())
    with world.refused("enrolment.not_possible") as refused:
        held.enrol(held.stranger())
    finding = refused[0].findings[0]
    assert (finding.code, finding.facts["employer"]) == ("enrolment.order_seat", "重庆星图软件有限公司")
    with world.refused("enrolment.not_possible"):
        held.enrol(held.worker(until=-1))  # left yesterday
    held.enrol(held.worker("陈星宇"))
    held.enrol(held.worker("李满天"))
    assert held.line.sitting == 2
    assert {p.name for p in world.ask(queries.attendees, held.order_id, world.clock.now())} == {"陈星宇", "李满天"}
    with world.refused("enrolment.not_possible") as full:
        held.enrol(held.worker())
    assert "enrolment.seat_left" in {f.code for f in full[0].findings if not f.met}
    world.holds()


def test_who_leaves_frees_the_seat_for_a_colleague(world: World) -> None:
    held = Order(world, seats=2, kept=2)
    one, two = held.worker(), held.worker()
    place = held.enrol(one)
    held.enrol(two)
    world.perform(enrolments.withdraw, actor=held.stage.learner(one), enrolment_id=place.enrolment_id, code="other")
    with world.refused("enrolment.not_possible"):
        held.enrol(held.stranger())
    held.enrol(one)
    assert held.line.sitting == 2
    world.holds()


def test_the_queue_passes_an_employers_seat_to_its_people(world: World) -> None:
    held = Order(world, seats=1, kept=1, starts=30, admits=Admission.CONFIRMED)
    worker, stranger, colleague = held.worker(), held.stranger(), held.worker()

    def ask(person: str) -> Any:
        return world.perform(reservations.ask, actor=held.stage.learner(person), class_id=held.class_id)

    with world.refused("enrolment.not_possible"):
        ask(stranger)
    first = ask(worker)
    assert [first.state, ask(stranger).state, ask(colleague).state] == ["held", "waiting", "waiting"]
    world.perform(reservations.decline, actor=held.stage.clerk, reservation_id=first.reservation_id, reason="基础不符合")
    from skills.courses.queries import reservations as read

    states = {p: [r.state for r in world.ask(read.mine, p, world.clock.now())] for p in (stranger, colleague)}
    assert states == {stranger: ["waiting"], colleague: ["offered"]}, "the first in the queue may not sit there"
    world.holds()


@pytest.mark.parametrize("how", ["end", "run out"])
def test_whoever_waited_is_offered_the_seats_of_a_contract_that_is_over(world: World, how: str) -> None:
    held = Order(world, seats=2, kept=2, starts=90, admits=Admission.CONFIRMED)
    worker, stranger = held.worker(), held.stranger()
    first = world.perform(reservations.ask, actor=held.stage.learner(worker), class_id=held.class_id)
    with world.refused("enrolment.not_possible"):
        world.perform(reservations.ask, actor=held.stage.learner(stranger), class_id=held.class_id)
    second = world.perform(reservations.ask, actor=held.stage.learner(held.worker()), class_id=held.class_id)
    assert (first.state, second.state) == ("held", "held")
    assert world.perform(reservations.ask, actor=held.stage.learner(stranger), class_id=held.class_id).state == "waiting"
    world.perform(reservations.decline, actor=held.stage.clerk, reservation_id=first.reservation_id, reason="基础不符合")
    from skills.courses.queries import reservations as read

    assert [r.state for r in world.ask(read.mine, stranger, world.clock.now())] == ["waiting"]
    if how == "end":
        world.perform(orders.end, actor=held.stage.clerk, order_id=held.order_id, reason="双方同意")
    else:
        world.clock.forward(days=61)
        jobs.order_regular(world.office)
        world.run_jobs()
    assert [r.state for r in world.ask(read.mine, stranger, world.clock.now())] == ["offered"]
    world.holds()


def test_how_well_an_employment_is_proven_is_policy(world: World) -> None:
    held = Order(world, seats=1, kept=1, starts=20)
    world.policy("class.order_strength", "compared", world.today + timedelta(days=1))
    world.clock.forward(days=1)
    with world.refused("enrolment.not_possible"):
        held.enrol(held.worker(strength="promised"))
    held.enrol(held.worker(strength="compared"))
    world.holds()


def test_a_contract_that_ends_or_is_declined_keeps_nothing(world: World) -> None:
    held = Order(world, seats=2, kept=2)
    boss = world.actor("order.see", account="boss", organisation=held.firm)
    with world.refused("order_contract.unknown"):
        world.perform(orders.decline, actor=world.actor("order.see", organisation="elsewhere"), order_id=held.order_id, reason="不是")
    with world.refused("order_contract.reason_needed"):
        world.perform(orders.decline, actor=boss, order_id=held.order_id, reason=" ")
    world.perform(orders.decline, actor=boss, order_id=held.order_id, reason="没有签过")
    held.enrol(held.stranger())
    again = held.record(1)
    world.perform(orders.end, actor=held.stage.clerk, order_id=again.order_id, reason="双方同意")
    held.enrol(held.stranger())
    world.holds()


def test_seats_are_kept_until_the_day_of_the_contract(world: World) -> None:
    held = Order(world, seats=1, kept=1, starts=30)
    world.perform(orders.end, actor=held.stage.clerk, order_id=held.order_id, reason="改期")
    held.record(1, until=world.today + timedelta(days=3))
    with world.refused("enrolment.not_possible"):
        held.enrol(held.stranger())
    world.clock.forward(days=4)
    held.enrol(held.stranger())
    world.holds()


def test_what_a_contract_needs(world: World) -> None:
    held = Order(world)
    with world.refused("order_contract.not_possible") as refused:
        held.record(4, number=" ", until=world.today - timedelta(days=1), signed_on=world.today + timedelta(days=1))
    assert {f.code for f in refused[0].findings} == {
        "order_contract.once", "order_contract.numbered", "order_contract.term", "order_contract.seats",
    }  # fmt: skip
    stage: Stage = held.stage
    with world.refused("organisation.unknown"):
        world.perform(orders.record, actor=stage.clerk, class_id=held.class_id, employer_id=stage.school, number="1",
                      signed_on=world.today, seats=1, until=world.today)  # fmt: skip
    with world.refused("course_class.unknown"):
        world.perform(orders.record, actor=world.actor("class.manage", organisation="elsewhere"), class_id=held.class_id,
                      employer_id=held.firm, number="1", signed_on=world.today, seats=1, until=world.today)  # fmt: skip
    planned = stage.plan(5)
    held.class_id = planned.class_id
    held.record(4)
    with world.refused("order_contract.fewer"):
        stage.try_plan(3, class_id=planned.class_id)


@given(st.integers(1, 20), st.data())
def test_nobody_of_the_others_ever_sits_on_an_employers_seat(seats: int, data: st.DataObject) -> None:
    kept = data.draw(st.integers(1, seats))
    own, others = data.draw(st.integers(0, kept)), data.draw(st.integers(0, seats - kept))
    now = Seats(seats, kept, own + others, own)
    assert bool(may_sit(now, False, "")) == (others < seats - kept)
    assert bool(may_sit(now, True, "")) == (own + others < seats)
