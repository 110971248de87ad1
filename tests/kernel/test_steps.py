"""Codes that change with time: good for sixty seconds, bound to one thing, typed by people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from skills.kernel import steps

KEY = b"k" * 32
MOMENTS = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
THINGS = st.text(max_size=60)


@given(MOMENTS, st.floats(0, 600))
def test_a_code_counts_for_sixty_seconds_from_its_beginning(now: datetime, later: float) -> None:
    begin = now - timedelta(seconds=now.timestamp() % steps.STEP_SECONDS)
    shown = steps.code(KEY, "voucher:a", steps.step_of(begin))
    then = begin + timedelta(seconds=later)
    assert steps.matches(KEY, "voucher:a", shown, steps.step_of(then)) == (later < 60)


@given(MOMENTS)
def test_whoever_is_shown_one_has_half_a_minute_and_never_more_than_a_minute(now: datetime) -> None:
    shown = steps.code(KEY, "voucher:a", steps.step_of(now))
    assert steps.matches(KEY, "voucher:a", shown, steps.step_of(now + timedelta(seconds=30)))
    assert not steps.matches(KEY, "voucher:a", shown, steps.step_of(now + timedelta(seconds=61)))
    assert 1 <= steps.seconds_left(now) <= steps.STEP_SECONDS
    assert steps.step_of(now + timedelta(seconds=steps.seconds_left(now))) == steps.step_of(now) + 1


@given(THINGS, THINGS, st.integers(0, 10**9), st.integers(0, 10**9))
def test_another_thing_or_step_has_another_code(one: str, other: str, step: int, later: int) -> None:
    same = steps.code(KEY, one, step) == steps.code(KEY, other, later)
    assert same == (one == other and step == later)
    assert steps.code(b"x" * 32, one, step) != steps.code(KEY, one, step)


def test_a_thing_that_ends_in_a_number_is_not_the_next_step_of_another() -> None:
    assert steps.code(KEY, "room:1", 23) != steps.code(KEY, "room:12", 3)


@given(THINGS, st.integers(0, 10**9), st.integers(4, 20))
def test_nothing_in_it_is_taken_for_another_character(thing: str, step: int, length: int) -> None:
    made = steps.code(KEY, thing, step, length)
    assert len(made) == length
    assert not set(made) & set("IJLOU01")


@given(st.integers(100, 10**9), st.integers(0, 30))
def test_a_code_that_has_rotated_out_is_told_from_one_that_never_was(step: int, ago: int) -> None:
    old = steps.code(KEY, "voucher:a", step - ago)
    assert steps.steps_ago(KEY, "voucher:a", old, step, look_back=20) == (ago if ago < 20 else None)
    assert steps.steps_ago(KEY, "voucher:b", old, step, look_back=20) is None


@given(THINGS, st.integers(0, 10**9))
def test_it_is_read_however_it_was_typed(thing: str, step: int) -> None:
    made = steps.code(KEY, thing, step)
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in made)
    for typed in (made.lower(), steps.shown(made), f" {made[:4]}-{made[4:]}\n", full_width):
        assert steps.read(typed) == made


@given(st.text())
def test_any_text_can_be_compared(text: str) -> None:
    assert not steps.matches(KEY, "voucher:a", steps.read(text), 1) or steps.read(text) in {
        steps.code(KEY, "voucher:a", 1), steps.code(KEY, "voucher:a", 0)
    }  # fmt: skip
