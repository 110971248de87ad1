"""Sixty-four redemptions of one voucher at the same moment: one goes through, on both databases."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from skills.courses.actions import enrolments
from skills.courses.queries import classes
from skills.kernel.errors import Refusal
from skills.vouchers import queries as vouchers
from tests.courses.stage import make_stage
from tests.courses.wallet import FACE, voucher_for
from tests.world import World

MANY = 64


@pytest.mark.row(5)
def test_sixty_four_at_once_redeem_one_voucher_once(world: World) -> None:
    stage = make_stage(world)
    held = [stage.open().class_id for _ in range(8)]
    person, _ = stage.person("陈星宇")
    voucher = voucher_for(world, person)
    gate = Barrier(MANY)

    def attempt(number: int) -> str:
        gate.wait()
        try:
            world.office.perform(
                enrolments.enrol, actor=stage.learner(person), key=f"race-{number}", class_id=held[number % len(held)],
                voucher_id=voucher,
            )  # fmt: skip
        except Refusal as refusal:
            return refusal.code
        return "redeemed"

    with ThreadPoolExecutor(MANY) as pool:
        answers = Counter(pool.map(attempt, range(MANY)))
    assert answers["redeemed"] == 1, answers
    assert sum(answers.values()) == MANY
    ticket = world.ask(vouchers.ticket, voucher, person, world.today)
    assert [(e.event, e.cents) for e in ticket.entries if e.event == "redeem"] == [("redeem", FACE)]
    assert len(world.ask(classes.places_of, person)) == 1
    world.holds()


@pytest.mark.row(6)
def test_the_same_key_sent_sixty_four_times_is_one_act_with_one_answer(world: World) -> None:
    stage = make_stage(world)
    held = stage.open().class_id
    person, _ = stage.person("陈星宇")
    voucher = voucher_for(world, person)
    gate = Barrier(MANY)

    def attempt(_: int) -> str:
        gate.wait()
        done = world.office.perform(
            enrolments.enrol, actor=stage.learner(person), key="one-key", class_id=held, voucher_id=voucher
        )
        return str(done.enrolment_id)

    with ThreadPoolExecutor(MANY) as pool:
        answers = set(pool.map(attempt, range(MANY)))
    assert len(answers) == 1
    world.holds()
