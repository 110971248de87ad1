"""A list that finds no money: who misses nothing else waits in its order, is told once, and is served when there is some."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from sqlalchemy import select

from skills.kernel.errors import Refusal
from skills.vouchers import queries
from skills.vouchers.actions import ceilings, issuing, waiting
from skills.vouchers.models import Batch, Voucher
from tests.vouchers.crowd import crowd
from tests.vouchers.stage import FACE, Stage
from tests.vouchers.test_waiting import general, join, states, take_back, told
from tests.world import World

pytestmark = pytest.mark.row(1)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def small(lite: World) -> Stage:
    return Stage(lite)


def voucher_of(stage: Stage, person: str) -> str:
    """The voucher that somebody was issued; empty if none."""
    with stage.world.db() as db:
        return db.scalars(select(Voucher.id).where(Voucher.person_id == person)).one_or_none() or ""


def test_a_list_that_finds_no_money_waits_in_its_order_and_is_served_when_there_is_some(stage: Stage) -> None:
    world = stage.world
    people = crowd(world, 5)
    batch = stage.open(money_ceiling=2 * FACE)
    stage.issue(batch, *people)
    assert states(stage, batch) == ["waiting"] * 3
    assert [told(stage, p) for p in people] == [["voucher.told_issued"]] * 2 + [["voucher.told_line_waits"]] * 3
    assert [(p.ahead, p.listed) for p in world.ask(queries.places_of, people[4])] == [(2, True)]
    world.perform(issuing.issue, actor=stage.clerk, batch_id=batch)  # pressed again: nobody is put there or told twice
    world.run_jobs()
    assert told(stage, people[2]) == ["voucher.told_line_waits"]
    assert states(stage, batch) == ["waiting"] * 3
    world.perform(waiting.leave, actor=stage.me(people[2]), batch_id=batch)
    # Money comes free by one voucher, then the ceiling is raised: the next in the order of the list, and no oversell.
    take_back(stage, voucher_of(stage, people[0]))
    assert states(stage, batch) == ["left", "issued", "waiting"]
    assert sorted(told(stage, people[3])) == ["voucher.told_issued", "voucher.told_line_waits"]
    raised = world.perform(
        ceilings.propose, actor=stage.clerk, batch_id=batch, count=100, money=3 * FACE, reason="名单上还有人", policy_source="渝财〔2026〕1号"
    )
    world.perform(ceilings.approve, actor=stage.checker, raise_id=raised.raise_id)
    world.run_jobs()
    assert states(stage, batch) == ["left", "issued", "issued"]
    stage.claim(batch, people[4])
    with world.db() as db:
        row = db.get_one(Batch, batch)
        assert (row.committed, row.money_ceiling) == (3 * FACE, 3 * FACE)
        assert [line.state for line in queries.lines(db, batch, "refused")] == ["refused"], "who left of the own will"
    world.perform(issuing.issue, actor=stage.clerk, batch_id=batch)
    world.run_jobs()
    assert told(stage, people[2]) == ["voucher.told_line_waits"], "who left is not put there again"
    world.holds()


def test_who_is_no_longer_entitled_when_the_turn_comes_is_passed_and_told(small: Stage) -> None:
    world = small.world
    first, gone, last = crowd(world, 3)
    batch = small.open(money_ceiling=FACE)
    small.issue(batch, first, gone, last)
    small.fact(gone, "standing", group="retired", since=world.today.isoformat(), until=None)
    take_back(small, voucher_of(small, first))
    assert states(small, batch) == ["dropped", "issued"]
    assert sorted(told(small, gone)) == ["voucher.told_dropped", "voucher.told_line_waits"]
    with world.db() as db:
        assert [[f.code for f in line.findings] for line in queries.lines(db, batch, "refused")] == [["voucher.not_retired"]]
    world.holds()


def test_whoever_waits_for_a_general_batch_is_not_passed_by_a_list(small: Stage) -> None:
    world = small.world
    first, a, b = crowd(world, 3)
    batch = general(small, money=1)
    voucher = small.claim(batch, first)
    join(small, batch, a)
    world.perform(issuing.list_people, actor=small.clerk, batch_id=batch, person_ids=(b,))
    world.perform(issuing.void, actor=small.checker, voucher_id=voucher, reason="测试")
    # The money is free and nobody has been offered it yet: the list comes first to the desk, not first in the line.
    world.perform(issuing.issue_chunk, batch_id=batch, after=0)
    world.run_jobs()
    assert states(small, batch) == ["offered", "waiting"]
    assert voucher_of(small, b) == ""
    world.holds()


@pytest.mark.parametrize("seed", [7, None], ids=["always", "fresh"])
def test_a_list_is_served_in_its_order_however_money_comes_and_goes(lite: World, seed: int | None) -> None:
    """Pressed again and again, in parts, while vouchers come back and ceilings rise: in list order, and never beyond the money."""
    seed = random.randrange(10**6) if seed is None else seed
    print("seed", seed)
    stage, chance = Stage(lite), random.Random(seed)
    people, money = crowd(lite, 10), 2
    batch = stage.open(money_ceiling=money * FACE)
    listed: list[str] = []
    left: set[str] = set()
    ever: list[str] = []  # whoever was given one, in the order in which they were
    void: set[str] = set()
    for _ in range(24):
        deed = chance.choice(("list", "list", "press", "void", "raise", "leave"))
        holding = [p for p in ever if p not in void]
        if deed == "list" and len(listed) < len(people):
            more = people[len(listed) : len(listed) + chance.randint(1, 3)]
            listed += more
            stage.issue(batch, *more)
        elif deed == "press" and listed:
            with suppress(Refusal):
                lite.perform(issuing.issue, actor=stage.clerk, batch_id=batch)
        elif deed == "void" and holding:
            gone = chance.choice(holding)
            void.add(gone)
            lite.perform(issuing.void, actor=stage.checker, voucher_id=voucher_of(stage, gone), reason="测试")
        elif deed == "raise" and money < 6:
            money += 1
            order = {"count": 100, "money": money * FACE, "reason": "追加", "policy_source": "渝财〔2026〕1号"}
            made = lite.perform(ceilings.propose, actor=stage.clerk, batch_id=batch, **order)
            lite.perform(ceilings.approve, actor=stage.checker, raise_id=made.raise_id)
        elif deed == "leave" and (waits := [p for p in listed if p not in ever and p not in left]):
            out = chance.choice(waits)
            lite.perform(waiting.leave, actor=stage.me(out), batch_id=batch)
            left.add(out)
        lite.run_jobs()
        with lite.db() as db:
            given = set(db.scalars(select(Voucher.person_id).where(Voucher.batch_id == batch)))
            row = db.get_one(Batch, batch)
        ever += [p for p in listed if p in given and p not in ever]
        live = [p for p in ever if p not in void]
        assert row.committed == len(live) * FACE <= money * FACE
        in_turn = [p for p in listed if p not in left]
        assert [p for p in in_turn if p in given] == in_turn[: len(given - left)], "nobody is passed by"
        if len(live) < money:
            assert all(p in given for p in in_turn), "nothing lies idle while somebody waits"
    lite.holds()
