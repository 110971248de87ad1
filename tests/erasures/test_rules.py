"""Whether somebody may be erased: every matter that is open, every period that runs, and two people."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.erasures.rules import REASONS, cooled, may_erase, reason_fits, second_hand
from skills.kernel.findings import Finding
from skills.people.parts import kept_by_person, nothing_under_way

DAY = date(2026, 11, 26)


@given(st.lists(st.integers(0, 3), max_size=8), st.lists(st.integers(-4000, 4000), max_size=4))
def test_it_is_a_yes_only_when_nothing_is_open_and_every_period_is_over(counts: list[int], days: list[int]) -> None:
    found = [nothing_under_way(f"x{n}", count) for n, count in enumerate(counts)]
    lasts = [DAY - timedelta(days=back) for back in days]
    found += [kept_by_person("y", "z", last, 5, "clause", DAY) for last in lasts]
    over = all(last <= date(2021, 11, 26) for last in lasts)
    verdict = may_erase(found)
    assert bool(verdict) == (over and not any(counts))
    assert len(verdict.findings) == len(found), "what was met is told too"
    assert all(f.clause for f in verdict.findings)


@pytest.mark.parametrize(
    ("last", "met", "until"),
    [
        (date(2021, 11, 26), True, date(2026, 11, 26)), (date(2021, 11, 27), False, date(2026, 11, 27)),
        (date(2024, 2, 29), False, date(2029, 3, 1)),
    ],
)  # fmt: skip
def test_a_period_ends_on_its_day(last: date, met: bool, until: date) -> None:
    found = kept_by_person("y", "z", last, 5, "clause", DAY)
    assert (found.code, found.met, found.facts["until"]) == ("y", met, until)
    assert kept_by_person("y", "z", None, 5, "clause", DAY) == Finding("z", True, "clause")


@pytest.mark.parametrize(("back", "met"), [(0, False), (2, False), (3, True), (30, True)])
def test_some_days_lie_between_asking_and_deciding(back: int, met: bool) -> None:
    assert cooled(DAY - timedelta(days=back), DAY, 3).met == met


@given(st.text(max_size=8), st.text(max_size=16))
def test_a_refusal_has_a_reason_and_a_grant_has_none(proposal: str, reason: str) -> None:
    assert not reason_fits(proposal, reason) or proposal in ("grant", "refuse")
    assert reason_fits("grant", "")
    assert all(reason_fits("refuse", code) for code in REASONS)
    assert not reason_fits("grant", "period")
    assert not reason_fits("refuse", "")


def test_who_examined_does_not_decide() -> None:
    assert second_hand("a", "b")
    assert not second_hand("a", "a")
    assert not second_hand(None, "b")
