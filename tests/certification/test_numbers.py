"""Numbers of filings and certificates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.certification.rules import numbers
from skills.certification.rules.numbers import BodyKind
from skills.kernel.errors import Refusal
from skills.records.rules.numbers import FilingNumber, read_previous
from skills.standards.rules import Level

EXAMINED = [level for level in Level if level.examined]
filings = st.builds(
    numbers.filing_number, st.sampled_from(list(BodyKind)), st.integers(1, numbers.MOST), st.sampled_from(["50", "51"])
)


@pytest.mark.row(36)
def test_the_worked_example_of_the_rule() -> None:
    number = numbers.mint("Y000050000123", date(2026, 5, 1), Level.L3, 7, "T")
    assert number == "Y000050000123263000007"
    read = numbers.read_number(number)
    assert (read.filing.kind, read.filing.ministry, read.filing.province, read.filing.serial) == (
        BodyKind.EMPLOYER, "0000", "50", 123,
    )  # fmt: skip
    assert (read.year, read.level, read.sequence) == (26, Level.L3, 7)


@pytest.mark.row(36)
@settings(max_examples=10_000, deadline=None)
@given(filings, st.dates(date(2019, 1, 1), date(2099, 12, 31)), st.sampled_from(EXAMINED), st.integers(1, numbers.MOST))
def test_every_minted_number_reads_back(filing: FilingNumber, day: date, level: Level, sequence: int) -> None:
    number = numbers.mint(filing.text, day, level, sequence, "T")
    read = numbers.read_number(number.lower() if number.isascii() else number)
    assert len(number) == 22
    assert (read.filing, read.year, read.level, read.sequence, read.text) == (
        filing, day.year % 100, level, sequence, number,
    )  # fmt: skip
    assert int(number[15]) == 7 - level


@given(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.integers(1, numbers.MOST))
def test_special_grade_takes_the_configured_letter_and_any_letter_is_read(letter: str, sequence: int) -> None:
    number = numbers.mint("S000050000001", date(2026, 1, 1), Level.SPECIAL, sequence, letter)
    assert (len(number), number[15]) == (22, letter)
    assert numbers.read_number(number).level is Level.SPECIAL
    assert numbers.read_number(number).text == number


@pytest.mark.parametrize("level", [Level.APPRENTICE, Level.CHIEF])
def test_levels_without_a_number_get_none(level: Level) -> None:
    with pytest.raises(Refusal) as no:
        numbers.mint("Y000050000123", date(2026, 1, 1), level, 1, "T")
    assert no.value.code == "number.no_form"


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
def test_a_sequence_runs_from_1_to_999999(sequence: int) -> None:
    with pytest.raises(Refusal) as no:
        numbers.mint("Y000050000123", date(2026, 1, 1), Level.L3, sequence, "T")
    assert no.value.code == "number.series_full"


@pytest.mark.parametrize(
    "text",
    [
        "", "Y000050000123", "X000050000123263000007", "Y000050000123260000007", "Y000050000123266000007",
        "Y000050000123263000000", "Y000050000000263000007", "Y00005000012326300000", "Y0000500001232630000071",
        "Y00005000012326３000007", "Y000050000123263 00007",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as no:
        numbers.read_number(text)
    assert no.value.code == "number.shape"


@pytest.mark.parametrize("text", ["", "Y00005000012", "Z000050000123", "Y000050000000", "Y0000500001234"])
def test_what_is_no_filing_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as no:
        numbers.read_filing(text)
    assert no.value.code == "number.filing_shape"


@pytest.mark.parametrize(
    ("text", "form", "level"),
    [
        ("Y000050000123263000007", "today", Level.L3),
        ("y000050000123263000007 ", "today", Level.L3),
        ("S00005000012326T000007", "today", Level.SPECIAL),
        ("1050001234300012", "old", Level.L3),
        ("0022031001500001", "old", Level.L5),
        ("RSN50010100126300012", "pilot", Level.L3),
    ],
)
def test_older_certificates_count_as_previous_ones(text: str, form: str, level: Level) -> None:
    read = read_previous(text)
    assert (read.form, read.level) == (form, level)


@pytest.mark.parametrize("text", ["1050001234300000", "1050008234300012", "105000123430001", "RXX50010100126300012", "没有"])
def test_what_is_no_previous_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as no:
        read_previous(text)
    assert no.value.code == "previous_level.shape"


def test_a_series_is_of_one_body_year_and_level() -> None:
    def name(filing: str, day: date, level: Level) -> str:
        return numbers.series_name(filing, day, level, "T", ("body", "year", "level"))

    base = name("Y000050000123", date(2026, 1, 1), Level.L3)
    assert base == name("Y000050000123", date(2026, 12, 31), Level.L3)
    others = {
        name("Y000050000124", date(2026, 1, 1), Level.L3),
        name("Y000050000123", date(2027, 1, 1), Level.L3),
        name("Y000050000123", date(2026, 1, 1), Level.L4),
        name("Y000050000123", date(2026, 1, 1), Level.SPECIAL),
    }
    assert len(others | {base}) == 5
