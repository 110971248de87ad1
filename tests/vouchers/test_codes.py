"""Codes under which a voucher is presented: the rules, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skills.kernel import steps
from skills.vouchers.rules import codes
from skills.vouchers.rules.codes import CodeKind, Standing

KEY = b"k" * 32
SHOWN = datetime(2026, 11, 23, 4, 0, 7, tzinfo=UTC)
ENDS = SHOWN + timedelta(minutes=10)
BOUND = codes.bound_to("c1", "v1", "p1")


def screen(state: str = "open") -> Standing:
    return Standing(CodeKind.SCREEN, state, SHOWN, ENDS)


def at(seconds: float) -> str:
    """The changing half as the screen shows it so many seconds after showing began."""
    return codes.text_of(KEY, "", BOUND, CodeKind.SCREEN, SHOWN + timedelta(seconds=seconds))


@pytest.mark.row(7)
@given(st.floats(0, 599), st.floats(0, 1200))
def test_a_code_counts_for_a_minute_at_most_and_half_a_minute_at_least(shown: float, later: float) -> None:
    now = SHOWN + timedelta(seconds=shown + later)
    said = codes.judge(screen(), at(shown), KEY, BOUND, now)
    if later <= 30 and now < ENDS:
        assert said == ""
    if later > 60 or now >= ENDS:
        assert said == "voucher_code.rotated_out"
    assert said in ("", "voucher_code.rotated_out")


@given(st.floats(0, 599), st.sampled_from(["open", "used", "revoked"]), st.sampled_from(["v", "p", "c", "key"]))
def test_whoever_holds_another_code_learns_nothing_of_this_one(seconds: float, state: str, other: str) -> None:
    bound = {"c": codes.bound_to("c2", "v1", "p1"), "v": codes.bound_to("c1", "v2", "p1"), "p": codes.bound_to("c1", "v1", "p2")}
    now = SHOWN + timedelta(seconds=seconds)
    half = codes.text_of(b"x" * 32 if other == "key" else KEY, "", bound.get(other, BOUND), CodeKind.SCREEN, now)
    assume(half not in {at(s) for s in range(0, 600, 30)})
    assert codes.judge(screen(state), half, KEY, BOUND, now) == "voucher_code.unknown"


def test_a_used_and_a_revoked_one_say_so_to_whoever_held_it() -> None:
    now = SHOWN + timedelta(seconds=5)
    assert codes.judge(screen("used"), at(5), KEY, BOUND, now) == "voucher_code.used"
    assert codes.judge(screen("revoked"), at(5), KEY, BOUND, now) == "voucher_code.revoked"
    assert codes.judge(screen("used"), at(5), KEY, BOUND, now + timedelta(days=2)) == "voucher_code.used"


def test_a_slip_counts_for_its_days() -> None:
    slip = Standing(CodeKind.SLIP, "open", SHOWN, SHOWN + timedelta(days=7))
    half = codes.text_of(KEY, "", BOUND, CodeKind.SLIP, SHOWN)
    assert codes.judge(slip, half, KEY, BOUND, SHOWN + timedelta(days=6, hours=23)) == ""
    assert codes.judge(slip, half, KEY, BOUND, SHOWN + timedelta(days=7)) == "voucher_code.ended"
    assert codes.judge(slip, at(0), KEY, BOUND, SHOWN) == "voucher_code.unknown"
    assert codes.judge(screen(), half, KEY, BOUND, SHOWN) == "voucher_code.unknown"


@given(st.text(alphabet=steps.ALPHABET, min_size=8, max_size=8), st.sampled_from(["{}", " {} ", "http://a/org/scan#{}"]))
def test_it_is_found_in_whatever_was_typed_or_scanned(code: str, shape: str) -> None:
    assert codes.halves(shape.format(code)) == (code[:4], code[4:])
    assert codes.halves(shape.format(steps.shown(code.lower()))) == (code[:4], code[4:])


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCDEFGHK", "ABCDEFG1", "ABCDEFGO", "http://a/v/Y#ABC", "券码券码券码券码", "\x00" * 8])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.halves(typed) is None
