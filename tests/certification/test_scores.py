"""Scores: kept exactly as typed, each section passes by itself, two blind entries and a third hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.certification.rules import exams
from skills.certification.rules.exams import Outcome, Section
from skills.kernel.errors import Refusal
from skills.records.rules import marks
from skills.records.rules.marks import ABSENT, Mark, Pair
from skills.standards.rules import Level

HALVES = st.integers(0, 200).map(lambda n: n * 50)
EXAMINED = st.sampled_from([level for level in Level if level.examined])
MARKS = st.one_of(st.none(), st.integers(0, 200).map(lambda n: n * 50)).map(Mark)


@given(HALVES)
def test_a_score_reads_back_exactly(hundredths: int) -> None:
    mark = marks.read_score(marks.points(hundredths), 50)
    assert mark.hundredths == hundredths
    assert Decimal(mark.text) * 100 == hundredths


@given(st.decimals(0, 100, places=2), st.sampled_from([1, 10, 50, 100]))
def test_a_score_between_the_steps_is_refused_and_never_rounded(score: Decimal, step: int) -> None:
    text = f"{score:f}"
    if int(score * 100) % step:
        with pytest.raises(Refusal) as no:
            marks.read_score(text, step)
        assert no.value.code == "score.step"
    else:
        assert marks.read_score(text, step).hundredths == int(score * 100)


@pytest.mark.parametrize(
    ("text", "code"),
    [("101", "score.out_of_range"), ("100.5", "score.out_of_range"), ("-1", "score.not_a_number"), ("６０", "score.not_a_number"),
     ("NaN", "score.not_a_number"), ("6 0", "score.not_a_number"), ("", "score.not_a_number"), ("1e2", "score.not_a_number"),
     ("60.25", "score.step"), ("60.00001", "score.not_a_number"), ("٦٠", "score.not_a_number")],
)  # fmt: skip
def test_what_is_no_score_is_named(text: str, code: str) -> None:
    with pytest.raises(Refusal) as no:
        marks.read_score(text, 50)
    assert no.value.code == code


@given(EXAMINED, st.dictionaries(st.sampled_from(list(Section)), MARKS))
def test_sixty_passes_each_section_by_itself(level: Level, marks: dict[Section, Mark]) -> None:
    needed = [marks.get(section, ABSENT).hundredths for section in exams.sections_of(level)]
    expected = (
        Outcome.INCOMPLETE if None in needed
        else Outcome.PASSED if min(n for n in needed if n is not None) >= 6000
        else Outcome.FAILED
    )  # fmt: skip
    assert exams.outcome(level, marks) is expected


@given(EXAMINED, st.integers(0, 2), HALVES)
def test_a_better_score_never_makes_it_worse(level: Level, which: int, better: int) -> None:
    sections = exams.sections_of(level)
    marks = {section: Mark(6000) for section in sections}
    section = sections[which % len(sections)]
    order = [Outcome.FAILED, Outcome.PASSED]
    lower = exams.outcome(level, {**marks, section: Mark(min(better, 5950))})
    higher = exams.outcome(level, {**marks, section: Mark(max(better, 6000))})
    assert order.index(lower) <= order.index(higher)


def test_absent_is_never_zero() -> None:
    assert ABSENT.absent
    assert ABSENT.text == ""
    assert not Mark(0).absent
    both = {Section.THEORY: Mark(9000), Section.PRACTICAL: ABSENT}
    assert exams.outcome(Level.L4, both) is Outcome.INCOMPLETE
    assert exams.outcome(Level.L4, {**both, Section.PRACTICAL: Mark(0)}) is Outcome.FAILED
    assert all(section.words for section in Section)


@given(
    st.lists(st.tuples(MARKS, MARKS, st.booleans()), min_size=1, max_size=6),
    st.sampled_from(["a", "b", "c", "d"]), st.sampled_from([("a", "b"), ("a", "a"), ("a", None), (None, None)]),
)  # fmt: skip
def test_signing_needs_two_equal_entries_by_two_and_a_third_hand(
    rows: list[tuple[Mark, Mark, bool]], signer: str, typists: tuple[str | None, str | None]
) -> None:
    pairs = [
        Pair(f"c{n}", Section.THEORY, first, None if missing else second) for n, (first, second, missing) in enumerate(rows)
    ]
    verdict = marks.may_sign(pairs, {Section.THEORY: typists}, signer)
    wanted = all(p.agrees for p in pairs) and typists == ("a", "b") and signer not in typists
    assert verdict.yes is wanted


def test_nothing_to_sign_is_not_signed() -> None:
    assert not marks.may_sign([], {}, "c").yes
