"""Rules that change are dated rows with a source, proposed by one and released by another."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.oversight.queries.facts import HANDS
from skills.oversight.rules import RULES
from skills.standards import calendar
from skills.standards.actions import load, propose, release
from skills.standards.queries import policy, policy_lines, value
from skills.standards.rules import Level, Policy, in_force, same_shape
from tests.world import World

NAME = "notice.working_days"


def order(world: World, **change: Any) -> dict[str, Any]:
    day = world.today + timedelta(days=30)
    return {"name": NAME, "value": 7, "valid_from": day, "source": "某文〔2026〕1号", "strength": "S", **change}


def test_a_new_value_counts_from_its_day_and_the_old_one_until_the_day_before(world: World) -> None:
    clerk, checker = world.actor("policy.propose", account="a"), world.actor("policy.release", account="b")
    before = world.ask(value, NAME, world.today)
    made = world.perform(propose, actor=clerk, **order(world))
    assert world.ask(value, NAME, world.today + timedelta(days=60)) == before, "a proposal counts for nothing"
    world.perform(release, actor=checker, policy_id=made.id)
    day = world.today + timedelta(days=30)
    assert world.ask(value, NAME, day - timedelta(days=1)) == before
    assert world.ask(value, NAME, day) == 7
    assert world.ask(policy, NAME, day).source == "某文〔2026〕1号"
    with world.refused("policy.cannot_release"):
        world.perform(release, actor=checker, policy_id=made.id)
    earlier = world.perform(propose, actor=clerk, **order(world, valid_from=world.today + timedelta(days=10)))
    with world.refused("policy.order"):
        world.perform(release, actor=checker, policy_id=earlier.id)
    assert any(line.policy.name == NAME for line in world.ask(policy_lines))
    world.holds()


def test_nobody_changes_a_rule_alone_or_backwards_or_without_a_source(world: World) -> None:
    both = world.actor("policy.propose", "policy.release", account="a")
    made = world.perform(propose, actor=both, **order(world))
    with world.refused("policy.second_person"):
        world.perform(release, actor=both, policy_id=made.id)
    for change, code in (({"source": " "}, "policy.source_needed"), ({"valid_from": world.today}, "policy.not_backwards"),
                         ({"name": "no.such_rule"}, "policy.unknown")):  # fmt: skip
        with world.refused(code):
            world.perform(propose, actor=both, **order(world, **change))
    world.clock.forward(days=31)
    with world.refused("policy.not_backwards"):
        world.perform(release, actor=world.actor("policy.release", account="b"), policy_id=made.id)
    world.holds()


def test_loading_the_tables_again_adds_nothing(world: World) -> None:
    done = world.perform(load)
    assert (done.occupations, done.districts, done.policies) == (0, 0, 0)
    world.holds()


def test_one_row_is_in_force_or_the_table_is_wrong() -> None:
    first = Policy("x", 1, date(2020, 1, 1), date(2020, 12, 31), "s", "S")
    second = Policy("x", 2, date(2021, 1, 1), None, "s", "S")
    assert in_force([first, second], "x", date(2020, 12, 31)).value == 1
    assert in_force([first, second], "x", date(2021, 1, 1)).value == 2
    for rows, day in (([first], date(2021, 6, 1)), ([second, second], date(2021, 6, 1)), ([], date(2021, 6, 1))):
        with pytest.raises(Refusal):
            in_force(rows, "x", day)


@given(st.dates(date(2024, 1, 1), date(2027, 12, 1)), st.integers(0, 40))
def test_working_days_count_forward_and_back(day: date, count: int) -> None:
    there = calendar.add_working_days(day, count)
    assert calendar.working_days_between(day, there) == count
    assert count == 0 or calendar.is_working_day(there)


@pytest.mark.parametrize(("day", "works"), [(date(2026, 10, 1), False), (date(2026, 10, 10), True), (date(2026, 10, 11), False)])
def test_holidays_and_shifted_weekends(day: date, works: bool) -> None:
    assert calendar.is_working_day(day) is works


def test_the_ladder_has_eight_levels_of_which_five_are_examined() -> None:
    assert [int(level) for level in Level] == list(range(1, 9))
    assert [level.digit for level in Level if level.examined] == [5, 4, 3, 2, 1]
    assert [Level.of_digit(d) for d in (5, 4, 3, 2, 1)] == [level for level in Level if level.examined]
    with pytest.raises(ValueError, match="6"):
        Level.of_digit(6)
    assert Level.CHIEF.next is None
    assert Level.L5.next is Level.L4
    assert Level.L3.wording == "三级/高级工"
    assert all(level.english for level in Level)


PLAIN = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN)
def test_a_value_has_its_own_shape(held: Any) -> None:
    assert same_shape(held, held)


@given(PLAIN, st.booleans() | st.integers() | st.text(max_size=3))
def test_a_bare_value_stands_only_for_one_of_its_own_type(held: Any, new: Any) -> None:
    assert same_shape(held, new) == (type(held) is type(new))


def test_a_row_is_read_by_a_rule_or_says_that_it_is_not() -> None:
    root = Path(__file__).parents[2] / "skills"
    code = "\n".join(path.read_text("utf-8") for path in root.rglob("*.py"))
    families = ("voucher.group.", "voucher.type.", "voucher.programme.")
    by_part = (root / "vouchers/queries/people.py").read_text("utf-8")  # reads f"voucher.{name}"
    for path in sorted((root / "standards/data").glob("policy_*.toml")):
        for name, row in tomllib.loads(path.read_text("utf-8")).items():
            read = f'"{name}"' in code or name.startswith(families)
            read = read or (name.startswith("voucher.") and f'"{name.removeprefix("voucher.")}"' in by_part)
            read = read or (name.startswith("oversight.") and name.removeprefix("oversight.") in {*RULES, HANDS})  # one row a rule
            assert read is ("待启用" not in row["source"]), name


@action("test.release_and_look", may="policy.release", step_up=True)
def release_and_look(act: Act, policy_id: str, on: date) -> tuple[Any, ...]:
    """What one act reads before it releases a row, and after."""
    before = value(act.db, NAME, on)
    release(act, policy_id=policy_id)
    return before, value(act.db, NAME, on)


def test_an_act_reads_a_policy_once_and_anew_when_it_has_changed_it(world: World) -> None:
    said: list[str] = []
    with world.db() as db:
        event.listen(world.engine, "before_cursor_execute", lambda *told: said.append(told[2]) if "policy" in told[2] else None)
        first = [value(db, NAME, world.today + timedelta(days=n)) for n in (0, 1)]
    assert (len(said), len(first)) == (1, 2), "one statement for every day that is asked about"
    made = world.perform(propose, actor=world.actor("policy.propose", account="one"), **order(world))
    chief = world.actor("policy.release", account="two")
    on = world.today + timedelta(days=30)
    assert world.perform(release_and_look, actor=chief, policy_id=made.id, on=on) == (first[0], 7)
