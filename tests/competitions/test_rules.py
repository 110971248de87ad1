"""Marks, ranking, prizes, draws and numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.competitions import rules
from skills.competitions.rules import Line
from skills.kernel.errors import Refusal
from skills.standards.queries import value
from tests.world import World

STEP = Decimal("0.5")
LADDER = ("practical", "theory", "minutes")
MARKS = st.one_of(st.none(), st.integers(0, 200).map(lambda n: Decimal(n) / 2))
LINES = st.lists(st.tuples(MARKS, MARKS, st.one_of(st.none(), st.integers(0, 300))), max_size=12).map(
    lambda rows: [Line(f"e{n:02d}", p, t, m) for n, (p, t, m) in enumerate(rows)]
)


@pytest.mark.parametrize("text", ["101", "-1", "60.25", "六十", "６０", "1e2", "", "100.5", "60,5", "NaN"])
def test_a_mark_is_0_to_100_in_steps_and_nothing_else(text: str) -> None:
    with pytest.raises(Refusal) as no:
        rules.read_mark(text, STEP)
    assert no.value.code == "mark.refused"


@pytest.mark.parametrize(("text", "mark"), [("0", "0"), (" 87.5 ", "87.5"), ("100", "100"), ("60.0", "60.0")])
def test_a_mark_reads_as_typed(text: str, mark: str) -> None:
    assert rules.read_mark(text, STEP) == Decimal(mark)


def test_the_total_weighs_practical_and_theory() -> None:
    assert rules.total(Line("a", Decimal(90), Decimal(80)), 70) == Decimal("87.00")
    assert rules.total(Line("a", Decimal("90.5"), Decimal("80.5")), 65) == Decimal("87.00")


def test_absent_is_never_zero_unless_the_section_weighs_nothing() -> None:
    assert rules.total(Line("a", None, Decimal(100)), 70) is None
    assert rules.total(Line("a", Decimal(0), Decimal(0)), 70) == 0
    assert rules.total(Line("a", Decimal(90), None), 100) == 90


def test_equal_on_the_whole_ladder_shares_the_place_and_the_better_prize() -> None:
    lines = [
        Line("a", Decimal(90), Decimal(90)),
        Line("b", Decimal(90), Decimal(90)),
        Line("c", Decimal(80), Decimal(80)),
    ]
    places = {p.entry: (p.rank, p.prize) for p in rules.rank(lines, 50, [1, 2], LADDER)}
    assert places == {"a": (1, 1), "b": (1, 1), "c": (3, 2)}


def test_ties_are_broken_by_practical_then_theory_then_time() -> None:
    practical = [Line("a", Decimal(80), Decimal(90)), Line("b", Decimal(90), Decimal(80))]
    assert [p.entry for p in rules.rank(practical, 50, [], LADDER)] == ["b", "a"]
    faster = [Line("a", Decimal(80), Decimal(80), 90), Line("b", Decimal(80), Decimal(80), 60)]
    assert [p.entry for p in rules.rank(faster, 50, [], LADDER)] == ["b", "a"]


@given(LINES, st.integers(0, 100), st.lists(st.integers(1, 3), max_size=3))
def test_a_ranking_is_complete_ordered_and_independent_of_the_order_of_entry(
    lines: list[Line], weight: int, prizes: list[int]
) -> None:
    places = rules.rank(lines, weight, prizes, LADDER)
    assert sorted(p.entry for p in places) == sorted(line.entry for line in lines)
    assert places == rules.rank(list(reversed(lines)), weight, prizes, LADDER)
    ranked = [p for p in places if p.rank is not None]
    totals = [p.total for p in ranked if p.total is not None]
    assert totals == sorted(totals, reverse=True)
    ranks = [p.rank for p in ranked if p.rank is not None]
    assert ranks == [1 + sum(other < rank for other in ranks) for rank in ranks]
    assert [p.prize for p in ranked] == [rules.prize_of(rank, prizes) for rank in ranks]
    assert all(p.prize is None and p.total is None for p in places if p.rank is None)


@given(st.sets(st.text("0123456789ABCDEF", min_size=4, max_size=8), max_size=30), st.text(max_size=12))
def test_benches_are_drawn_without_gap_and_the_same_for_everyone_who_draws_again(entries: set[str], seed: str) -> None:
    drawn = rules.benches(sorted(entries), seed)
    assert sorted(drawn.values()) == list(range(1, len(entries) + 1))
    assert drawn == rules.benches(sorted(entries, reverse=True), seed)


def test_another_seed_draws_another_order() -> None:
    entries = [f"e{n}" for n in range(20)]
    assert rules.benches(entries, "a") != rules.benches(entries, "b")


@given(st.integers(2000, 2999), st.integers(1, 9999), st.integers(1, 99), st.integers(1, 9999))
def test_a_result_number_says_its_parts_and_is_never_a_level_number(
    year: int, contest: int, event: int, serial: int
) -> None:
    number = rules.result_number(year, contest, event, serial)
    assert [int(part) for part in number.split("-")[1:]] == [year, contest, event, serial]
    assert len(number) != 22


def test_entering_needs_an_open_contest_the_age_and_no_entry_yet() -> None:
    day = date(2026, 12, 1)
    assert rules.may_enter(date(2010, 12, 1), 16, day, True, False)
    young = rules.may_enter(date(2010, 12, 2), 16, day, True, False)
    assert [f.code for f in young.findings if not f.met] == ["competition_entry.age"]
    both = rules.may_enter(date(2000, 1, 1), 16, day, False, True)
    assert [f.code for f in both.findings if not f.met] == ["competition_entry.open", "competition_entry.once"]


def test_a_name_fits_the_paper_or_is_refused() -> None:
    rules.fits_paper("赛" * 40, "项" * 12)
    with pytest.raises(Refusal):
        rules.fits_paper("赛" * 40, "项" * 13)


def test_every_tier_of_the_promotion_table_is_a_tier_that_a_competition_can_have(lite: World) -> None:
    table = lite.ask(value, "promotion.table", lite.today)
    named = {tier for row in table for tier in row["tiers"]} - {"world_squad"}
    assert named <= rules.TIERS.keys()
