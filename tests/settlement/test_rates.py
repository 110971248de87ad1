"""Rates by occupation, level and proof: the row that names most speaks; one that waits for its amount makes the use wait."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from skills.settlement import rules
from skills.settlement.actions import statements
from skills.settlement.queries.terms import pay_terms
from skills.settlement.rates import ANY, Rate, filled, rate_of, read
from skills.standards.rules import Level
from skills.vouchers.models import LedgerEntry
from tests.settlement.stage import Stage
from tests.settlement.test_rules import CLAIM, NEUTRAL
from tests.vouchers.stage import FACE
from tests.world import World

pytestmark = pytest.mark.row(12)
CODE = "4-04-05-05"
L5, L4 = int(Level.L5), int(Level.L4)
RATES = st.lists(
    st.builds(
        Rate, st.sampled_from([ANY, CODE, "4-04-05-04"]), st.sampled_from([0, L4, L5]), st.sampled_from([ANY, "certificate", "other"]),
        st.one_of(st.none(), st.integers(1, 300_000)),
    ), max_size=8,
)  # fmt: skip


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def row(cents: int | None, occupation: str = CODE, level: int = L5, proof: str = "certificate") -> dict[str, Any]:
    return {"occupation": occupation, "level": level, "proof": proof, "entered": cents is not None, "cents": cents or 0}


@pytest.mark.parametrize(
    ("rows", "level", "cents"),
    [
        ([], L5, "none"),
        ([row(100, ANY, 0, ANY)], L5, 100),
        ([row(100, ANY, 0, ANY), row(200, ANY, L5, ANY)], L5, 200),
        ([row(100, ANY, L5, "certificate"), row(200, level=0, proof=ANY)], L5, 200),
        ([row(100, level=L5, proof=ANY), row(200, level=0)], L5, 100),
        ([row(100), row(50)], L5, 50),
        ([row(100), row(None)], L5, None),
        ([row(100, level=L4)], L5, "none"),
        ([row(100, level=0)], None, 100),
        ([row(100, level=L5)], None, "none"),
        ([row(100, proof="special_ability")], L5, "none"),
    ],
)
def test_the_row_that_names_most_of_a_use_speaks(rows: list[dict[str, Any]], level: int | None, cents: object) -> None:
    found = rate_of(read(rows), CODE, level, "certificate")
    assert (found.cents if found else "none") == cents


@given(RATES, st.sampled_from([None, L4, L5]), st.integers(1, 300_000))
def test_a_rate_only_ever_lowers_what_is_paid_and_what_is_not_entered_pays_nothing(rates: list[Rate], level: int | None, asked: int) -> None:
    claim = replace(CLAIM, cents=asked, occupation=CODE, level=level)
    settled = rules.settle(claim, replace(NEUTRAL, rates=tuple(rates)))
    found = rate_of(rates, CODE, level, "certificate")
    if found is None:
        assert settled.cents == asked
    elif found.cents is None:
        assert settled.cents == 0
        assert {f.code for f in settled.verdict.findings if not f.met} >= {"statement_line.rate_entered"}
    else:
        assert settled.cents == min(asked, found.cents)
        assert [f.facts["cents"] for f in settled.verdict.findings if f.code == "statement_line.rate"] == [found.cents]
    assert found is None or found in rates


def test_a_lower_rate_is_paid_and_the_rest_is_the_budgets_again(stage: Stage) -> None:
    stage.rule("statement.rates", [row(FACE - 30_000)])
    _, voucher, redemption = stage.earned()
    stage.account()
    statement = stage.paid()
    [line] = stage.lines(statement)
    assert line.cents == FACE - 30_000
    assert [f["facts"]["cents"] for f in line.findings if f["code"] == "statement_line.rate"] == [FACE - 30_000]
    assert stage.states(redemption) == ("settled", "settled")
    with stage.world.db() as db:
        chosen = select(LedgerEntry.event, LedgerEntry.cents).where(LedgerEntry.voucher_id == voucher).order_by(LedgerEntry.number)
        assert [tuple(r) for r in db.execute(chosen)][-2:] == [("unused", 30_000), ("settle", FACE - 30_000)]
    assert not stage.world.violations()


def test_a_row_without_its_amount_holds_the_line_until_it_is_entered(stage: Stage) -> None:
    stage.rule("statement.rates", [row(None)])
    stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.drawn()
    [line] = stage.lines(statement)
    assert (line.state, line.cents) == ("held", 0)
    assert [f["code"] for f in line.findings if not f["met"]] == ["statement_line.rate_entered", "statement_line.something"]
    stage.rule("statement.rates", [row(FACE - 30_000)])
    stage.world.perform(statements.look_again, actor=stage.admin, statement_id=statement)
    stage.world.run_jobs()
    [line] = stage.lines(statement)
    assert (line.state, line.cents) == ("due", FACE - 30_000)
    assert not stage.world.violations()


def test_an_amount_that_was_entered_does_not_change_for_uses_of_before(stage: Stage) -> None:
    stage.rule("statement.rates", [row(FACE - 30_000)])
    stage.earned()
    stage.account()
    stage.next_quarter()
    stage.rule("statement.rates", [row(FACE - 90_000)])
    [line] = stage.lines(stage.drawn())
    assert line.cents == FACE - 30_000


@given(RATES, RATES)
def test_what_is_entered_later_fills_gaps_and_nothing_else(then: list[Rate], now: list[Rate]) -> None:
    found = filled(then, now)
    assert [(r.occupation, r.level, r.proof) for r in found] == [(r.occupation, r.level, r.proof) for r in then]
    later = {(r.occupation, r.level, r.proof): r.cents for r in reversed(now) if r.cents is not None}
    for before, after in zip(then, found, strict=True):
        expected = later.get((before.occupation, before.level, before.proof)) if before.cents is None else before.cents
        assert after.cents == expected


def test_the_first_catalogue_says_what_is_not_entered_and_binds_no_other_use(stage: Stage) -> None:
    terms = stage.world.ask(pay_terms, stage.world.today, stage.world.today)
    assert terms.rates == (Rate(ANY, 0, "special_ability", None),)
    assert "待录入" in terms.clauses["rates"]
    assert rate_of(terms.rates, CODE, L5, "certificate") is None
