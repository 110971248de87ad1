"""Promotions: the table decides, dated and cited; never down, never twice a year."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.certification.rules.promotions import PromotionRow, held_on, judge, read_rows
from skills.records.rules import Placing
from skills.standards.queries import value
from skills.standards.rules import Level
from tests.world import World

JOB = "4-04-05-01"
DAY = date(2026, 11, 1)
HELD = st.one_of(st.none(), st.sampled_from(list(Level)))


def placing(tier: str = "city", rank: int = 1, of: int = 20, paper: Level = Level.L4, employee: bool = False) -> Placing:
    return Placing("大赛", tier, JOB, rank, of, paper, DAY, employee)


@pytest.fixture
def table(lite: World) -> tuple[PromotionRow, ...]:
    return read_rows(lite.ask(value, "promotion.table", DAY))


@pytest.mark.row(50)
@pytest.mark.parametrize(
    ("won", "held", "level"),
    [
        (placing("city", 1), None, Level.L3),
        (placing("city", 6), None, Level.L3),
        (placing("city", 7), None, None),
        (placing("city", 1, paper=Level.L1), None, Level.L1),
        (placing("city", 1), Level.L3, None),
        (placing("national_skills", 3), None, Level.L2),
        (placing("national_skills", 3), Level.L2, Level.L1),
        (placing("national_skills", 9, 20), None, Level.L2),
        (placing("national_skills", 11, 20), None, None),
        (placing("national_1", 5, employee=True), Level.L4, Level.L3),
        (placing("national_1", 5, employee=False), Level.L4, None),
        (placing("national_1", 5, employee=True), None, None),
        (placing("national_2", 4, employee=True), Level.L4, None),
        (placing("firm", 1), None, None),
    ],
)
def test_the_table_of_the_city(table: tuple[PromotionRow, ...], won: Placing, held: Level | None, level: Level | None) -> None:
    offer = judge(won, held, table, 0, 1)
    assert offer.level is level
    assert offer.verdict.yes is (level is not None)
    if level is not None:
        assert offer.source


def test_once_a_year(table: tuple[PromotionRow, ...]) -> None:
    offer = judge(placing(), None, table, 1, 1)
    assert [f.code for f in offer.verdict.findings if not f.met] == ["promotion.yearly"]


@given(
    HELD, st.sampled_from(["city", "national_1", "national_2", "national_skills", "firm"]), st.integers(1, 30), st.booleans(),
    st.sampled_from([level for level in Level if level.examined]),
)  # fmt: skip
def test_a_promotion_goes_up_and_never_above_its_cap(
    held: Level | None, tier: str, rank: int, employee: bool, paper: Level
) -> None:
    rows = (
        PromotionRow(("city",), 1, 6, "paper", 1, None, None, Level.L1, False, False, "s"),
        PromotionRow(("national_1", "national_2"), 1, 5, "held", 1, None, None, Level.L1, False, True, "s"),
        PromotionRow(("national_skills",), 1, 3, "fixed", 0, Level.L2, Level.L1, Level.L1, True, False, "s"),
    )
    offer = judge(placing(tier, rank, 30, paper, employee), held, rows, 0, 1)
    if offer.level is not None:
        assert held is None or offer.level > held
        assert offer.level <= Level.L1
    better = judge(placing(tier, max(1, rank - 1), 30, paper, employee), held, rows, 0, 1)
    assert (better.level or 0) >= (offer.level or 0)


def test_only_levels_of_the_occupation_that_were_issued_by_then_count() -> None:
    levels = [(JOB, Level.L4, date(2026, 1, 1)), (JOB, Level.L3, date(2026, 12, 1)), ("x", Level.L1, date(2020, 1, 1))]
    assert held_on(levels, JOB, DAY) is Level.L4
    assert held_on(levels, "y", DAY) is None
