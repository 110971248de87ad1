"""Pure rules of the professional side: hours once a day, titles by rule, bodies apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.professional.rules.bodies import may_apply_for_seminar, may_pair
from skills.professional.rules.hours import (
    credit,
    of_year,
    read_statement_number,
    spread,
    statement_digest,
    statement_number,
)
from skills.professional.rules.routes import openings, read_routes
from skills.records.rules.professional import Achievement, HoursTaught, OutsideCertificate
from skills.standards.actions import founding_policies

FIRST = date(2026, 3, 2)


def taught(hours: int, first: int, days: int, subject: str = "professional", source: str = "a", strength: str = "compared") -> HoursTaught:
    since = FIRST + timedelta(days=first)
    return HoursTaught(subject, "课", "单位", hours, since, since + timedelta(days=days - 1), source, strength)


TAUGHT = st.lists(
    st.builds(
        taught, st.integers(1, 60), st.integers(0, 20), st.integers(1, 6), st.sampled_from(["public", "professional"]),
        st.uuids().map(str), st.sampled_from(["compared", "seen", "promised"]),
    ),
    max_size=8,
)  # fmt: skip


@given(TAUGHT, st.integers(1, 8))
def test_no_day_holds_more_than_a_day_and_nothing_counts_more_than_it_was(all_: list[HoursTaught], day: int) -> None:
    found = credit(all_, day)
    assert len(found) == len(all_)
    assert all(0 <= c.counted <= c.taught.hours for c in found)
    days = {t.since + timedelta(days=n) for t in all_ for n in range((t.until - t.since).days + 1)}
    assert sum(c.counted for c in found) <= day * len(days)
    assert credit(list(reversed(all_)), day) == found  # whatever the order they come in
    assert credit(all_, day + 1) == found or sum(c.counted for c in credit(all_, day + 1)) >= sum(c.counted for c in found)


def test_what_overlaps_counts_once_and_the_stronger_comes_first() -> None:
    weak, strong = taught(16, 0, 2, source="b", strength="promised"), taught(12, 1, 2, source="a")
    assert {c.taught.source: c.counted for c in credit([weak, strong], 8)} == {"a": 12, "b": 8}
    assert [c.counted for c in credit([taught(8, 0, 1, source="a"), taught(8, 0, 1, source="b")], 8)] == [8, 0]


def test_a_year_says_what_is_missing() -> None:
    year = of_year(2026, [taught(40, 0, 5), taught(16, 10, 2, "public", "b")], 8, {"total": 90, "professional": 60})
    assert (year.total, year.counted, year.missing) == (56, {"public": 16, "professional": 40}, {"total": 34, "professional": 20})
    assert of_year(2027, [taught(40, 0, 5)], 8, {"total": 90}).lines == ()
    assert spread(date(2026, 3, 10), 20, 8) == date(2026, 3, 8)


def test_numbers_of_statements_are_read_as_they_are_written() -> None:
    assert read_statement_number(" xs-2026-000012 ") == (2026, 12)
    assert statement_number(2026, 12) == "XS-2026-000012"
    assert read_statement_number("PX-2026-000012") is None
    assert len(statement_number(2026, 1)) != 22
    assert statement_digest("a", 2026, {"public": 1}) != statement_digest("a", 2026, {"public": 2})


def certificate(kind: str, grade: str = "") -> OutsideCertificate:
    return OutsideCertificate(kind, "人工智能", grade, f"{kind}{grade}", "院", FIRST)


@pytest.mark.parametrize(("held", "open_ones"), [
    ([], set()), ([certificate("engineer_grade", "junior")], {"grade_junior"}),
    ([certificate("engineer_completion")], {"completion_junior", "completion_middle"}),
    ([certificate("engineer_grade", "senior")], set()),  # a senior grade is never recognised by itself
    ([certificate("engineer_grade", "senior"), certificate("engineer_completion")], {"completion_junior", "completion_middle", "grade_senior"}),
    ([certificate("ability")], set()),
])  # fmt: skip
def test_each_certificate_opens_what_measure_eight_says(held: list[OutsideCertificate], open_ones: set[str]) -> None:
    routes = read_routes(founding_policies()["title.routes"]["value"])
    assert {o.route.code for o in openings(routes, held, []) if o.open} == open_ones
    assert {r.way for r in routes if r.grade == "senior"} == {"performance"}
    works = [Achievement("copyright", "星图", "2026SR001", "", FIRST)]
    assert "copyright" in {o.route.code for o in openings(routes, held, works) if o.open}


@pytest.mark.parametrize(("pair", "approved", "shared", "succeeds", "yes"), [
    (("a", "b"), True, 0, False, True), (("a", "a"), True, 0, False, False), (("a", "b"), False, 0, False, False),
    (("a", "b"), True, 1, False, False), (("a", "b"), True, 0, True, False),
])  # fmt: skip
def test_who_trains_does_not_assess(pair: tuple[str, str], approved: bool, shared: int, succeeds: bool, yes: bool) -> None:
    assert bool(may_pair(*pair, approved, shared, succeeds)) is yes


def test_a_seminar_has_a_size_and_lies_ahead() -> None:
    assert may_apply_for_seminar("班", "方案", 50, 40, 5, 100, True)
    for order in (("", "方案", 50, 40, 5, 100, True), ("班", "", 50, 40, 5, 100, True), ("班", "方案", 101, 40, 5, 100, True),
                  ("班", "方案", 50, 41, 5, 100, True), ("班", "方案", 50, 40, 5, 100, False)):  # fmt: skip
        assert not may_apply_for_seminar(*order)
