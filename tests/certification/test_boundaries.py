"""All nineteen conditions at the exact day and one day less, part by part, also where the years begin on 29 February."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from skills.certification.rules.conditions import edition_on
from skills.certification.rules.eligibility import anniversary
from skills.records.rules import Facts
from skills.standards.rules import Level
from tests.certification.test_eligibility import BIRTH, DAY, LATE, ask, cert, facts, one, school, title, work

Build = Callable[[date], Facts]
OLD = date(2000, 1, 1)
LONG = work(OLD)
# (condition, its part, years, facts whose years of that part begin on a day; everything else was met long ago)
YEARS: list[tuple[str, str, int, Build]] = [
    ("L5_1", "min_age", 16, lambda d: facts(birth=d)),
    ("L5_2", "min_age", 16, lambda d: facts(LONG, birth=d)),
    ("L4_1", "years", 5, lambda d: facts(work(d))),
    ("L4_2", "years_after_certificate", 3, lambda d: facts(LONG, cert(Level.L5, d))),
    ("L3_1", "years", 10, lambda d: facts(work(d))),
    ("L3_2", "years_after_certificate", 4, lambda d: facts(LONG, cert(Level.L4, d))),
    ("L3_3", "years_after_title", 1, lambda d: facts(LONG, title("junior", d))),
    ("L2_1", "years_after_certificate", 5, lambda d: facts(LONG, cert(Level.L3, d))),
    ("L2_2", "years_after_certificate", 1, lambda d: facts(LONG, title("junior", OLD), cert(Level.L3, d))),
    ("L2_2", "years_after_title", 5, lambda d: facts(LONG, title("junior", d), cert(Level.L3, OLD))),
    ("L2_3", "years_after_title", 1, lambda d: facts(LONG, title("middle", d))),
    ("L2_4", "years", 2, lambda d: facts(work(d), cert(Level.L3, OLD), school("technician_college", OLD))),
    ("L2_5", "certificate_held", 2, lambda d: facts(cert(Level.L3, d), school("technician_college", None, date(2999, 1, 1)))),
    ("L1_1", "years_after_certificate", 5, lambda d: facts(LONG, cert(Level.L2, d))),
    ("L1_2", "years_after_certificate", 1, lambda d: facts(LONG, title("middle", OLD), cert(Level.L2, d))),
    ("L1_2", "years_after_title", 5, lambda d: facts(LONG, title("middle", d), cert(Level.L2, OLD))),
    ("L1_3", "years_after_title", 1, lambda d: facts(LONG, title("senior", d))),
]
# (condition, facts in which what it asks for happens on a day): met from that day on
FROM: list[tuple[str, Build]] = [
    ("L5_2", lambda d: facts(work(d))),
    ("L4_3", lambda d: facts(school("secondary", d))),
    ("L3_4", lambda d: facts(school("senior_technical", d))),
    ("L3_5", lambda d: facts(cert(Level.L4, d), school("college", OLD))),
    ("L3_5", lambda d: facts(cert(Level.L4, OLD), school("college", d))),
    ("L3_6", lambda d: facts(school("college", d))),
    ("L2_4", lambda d: facts(LONG, cert(Level.L3, d), school("technician_college", OLD))),
    ("L2_4", lambda d: facts(LONG, cert(Level.L3, OLD), school("technician_college", d))),
]
# (condition, facts in which what it asks for ends on a day): met up to that day
UNTIL: list[tuple[str, Build]] = [
    ("L5_2", lambda d: facts(work(OLD, d))),
    ("L4_3", lambda d: facts(school("college", None, d))),
    ("L3_4", lambda d: facts(school("technician_college", None, d))),
    ("L3_5", lambda d: facts(cert(Level.L4, OLD), school("college", None, d))),
    ("L3_6", lambda d: facts(school("college", None, d))),
    ("L2_5", lambda d: facts(cert(Level.L3, OLD), school("technician_college", None, d))),
]


def met(code: str, held: Facts, day: date) -> bool:
    """Whether this condition is met, and the age with it."""
    level = Level.of_digit(int(code[1]))
    return one(code, held, day).met and ask(level, held, day).findings[0].met


def test_every_part_of_every_condition_is_measured_here() -> None:
    asked = {
        (c.code, part)
        for c in edition_on(DAY).conditions
        for part in ("min_age", "years", "years_after_certificate", "years_after_title", "certificate_held")
        if getattr(c, part)
    }
    assert asked == {(code, part) for code, part, _, _ in YEARS}
    assert {c.code for c in edition_on(DAY).conditions} == {r[0] for r in YEARS} | {r[0] for r in FROM} | {r[0] for r in UNTIL}


@pytest.mark.row(24)
@pytest.mark.parametrize(("code", "part", "years", "build"), YEARS)
def test_years_are_full_on_their_day_and_not_one_day_less(code: str, part: str, years: int, build: Build) -> None:
    begun = date(DAY.year - years, DAY.month, DAY.day)
    assert met(code, build(begun), DAY)
    assert not met(code, build(begun + LATE), DAY)


@pytest.mark.row(24)
@pytest.mark.parametrize("leap", [2008, 2012, 2016, 2020, 2024])
@pytest.mark.parametrize(("code", "part", "years", "build"), YEARS)
def test_years_that_begin_on_29_february_are_full_on_it_or_on_1_march(
    code: str, part: str, years: int, build: Build, leap: int
) -> None:
    held, full = build(date(leap, 2, 29)), anniversary(date(leap, 2, 29), years)
    assert full == (date(leap + years, 2, 29) if years % 4 == 0 else date(leap + years, 3, 1))
    assert met(code, held, full)
    assert not met(code, held, full - LATE)
    assert held.birth in (BIRTH, date(leap, 2, 29))


@pytest.mark.row(24)
@pytest.mark.parametrize(("code", "build"), FROM)
def test_what_happens_on_the_reference_day_counts_and_a_day_later_does_not(code: str, build: Build) -> None:
    assert met(code, build(DAY), DAY)
    assert not met(code, build(DAY + LATE), DAY)


@pytest.mark.row(24)
@pytest.mark.parametrize(("code", "build"), UNTIL)
def test_what_ends_on_the_reference_day_counts_and_a_day_earlier_does_not(code: str, build: Build) -> None:
    assert met(code, build(DAY), DAY)
    assert not met(code, build(DAY - LATE), DAY)


@pytest.mark.row(24)
@pytest.mark.parametrize(("code", "build"), [row for row in UNTIL if row[0] in ("L4_3", "L3_4", "L3_5", "L3_6")])
def test_who_graduates_within_a_year_counts_and_a_day_later_does_not(code: str, build: Build) -> None:
    assert met(code, build(anniversary(DAY, 1)), DAY)
    assert not met(code, build(anniversary(DAY, 1) + LATE), DAY)
