"""What will lapse, told by how earlier vouchers ended."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from skills.vouchers.rules.forecast import (
    LEAST,
    PACE_DAYS,
    WEEKS,
    Held,
    Lives,
    farthest,
    forecast,
    nudge_due,
    outlook,
    reminders,
    share,
    together,
)

lives = st.builds(Lives, st.integers(0, 300), st.dictionaries(st.integers(0, 100), st.integers(1, 50), max_size=12))
held = st.lists(st.builds(Held, st.integers(0, 200), st.integers(1, 500), st.integers(0, 10**8)), max_size=12)


def test_a_share_counts_only_those_who_still_held_it() -> None:
    known = Lives(lapsed=20, used={80: 60, 10: 20})
    assert share(known, 80) == Fraction(20, 100)
    assert share(known, 79) == Fraction(20, 40), "who used it with eighty days left was out of danger by then"
    assert share(known, 10) == Fraction(20, 40)
    assert share(known, 9) is None, "twenty lives say nothing"


@given(lives, st.integers(0, 120), st.integers(0, 120))
def test_the_nearer_the_end_the_likelier_the_lapse(known: Lives, one: int, other: int) -> None:
    near, far = share(known, min(one, other)), share(known, max(one, other))
    for found in (near, far):
        assert found is None or 0 <= found <= 1
    if near is not None and far is not None:
        assert near >= far


@given(held, lives)
def test_every_voucher_stands_in_one_week_and_no_more_lapse_than_are_held(now: list[Held], known: Lives) -> None:
    weeks = forecast([(h, [known]) for h in now])
    assert [w.week for w in weeks] == list(range(WEEKS))
    assert sum(w.count for w in weeks) == sum(h.count for h in now)
    assert sum(w.cents for w in weeks) == sum(h.cents for h in now)
    for week in weeks:
        assert week.lapsing is None or 0 <= week.lapsing <= week.count
        assert week.cents_back is None or 0 <= week.cents_back <= week.cents
        assert (week.lapsing is None) == (week.cents_back is None)


@given(held, lives, st.integers(0, 60))
def test_a_week_is_told_exactly_when_all_of_it_can_be(now: list[Held], known: Lives, left: int) -> None:
    for week in forecast([(h, [known]) for h in now]):
        mine = [h for h in now if min(h.left // 7, WEEKS - 1) == week.week]
        assert (week.lapsing is None) == any(share(known, h.left) is None for h in mine)
    total = known.lapsed + sum(n for days, n in known.used.items() if days <= left)
    assert (share(known, left) is None) == (total < LEAST)


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(1, PACE_DAYS), st.integers(0, 400))
def test_what_is_left_lasts_or_the_day_is_named(left: int, pace: int, over: int, days: int) -> None:
    day, until = date(2026, 11, 20), date(2026, 11, 20) + timedelta(days=days)
    found = outlook(left, pace, over, day, until)
    assert (found.left, found.pace) == (left, pace)
    if found.runs_out is None:
        assert found.rest == left - pace * days // over >= 0
    else:
        assert day <= found.runs_out <= until, "only a shortage before the end is one"
        gone = pace * (found.runs_out - day).days
        assert gone >= left * over > gone - pace, "the first day on which nothing is left"


def test_reminders_follow_the_forecast() -> None:
    known = Lives(lapsed=30, used={80: 60, 20: 5, 10: 25})  # unused with 60 days to go: half lapsed; with 14: 30 of 55
    assert share(known, 60) == Fraction(1, 2)
    assert reminders([30, 7], [60, 14], 50, [known]) == (60, 30, 14, 7)
    assert reminders([30, 7], [60, 14], 51, [known]) == (30, 14, 7)
    assert reminders([30, 7], [60, 14], 56, [known]) == (30, 7)
    assert reminders([30, 7], [60, 30], 0, [Lives(LEAST - 1, {})]) == (30, 7), "too few lives to tell anything by"


def test_the_nearest_cohort_that_is_large_enough_tells() -> None:
    good, bad = Lives(1, {20: 99}), Lives(60, {20: 40})
    assert reminders([30], [60], 50, [good, bad]) == (30,), "their own vouchers are used, whatever the city's do"
    assert reminders([30], [60], 50, [bad, good]) == (60, 30)
    few = Lives(LEAST - 1, {})
    assert reminders([30], [60], 50, [few, good, bad]) == (30,), "too few of one's own: the next one tells"
    assert reminders([30], [60], 50, [few, few]) == (30,)
    assert together([few, Lives(1, {3: 2}), Lives(0, {3: 1, 4: 1})]) == Lives(LEAST, {3: 3, 4: 1})


def test_a_forecast_says_how_far_off_it_had_to_look() -> None:
    few, enough = Lives(LEAST - 1, {}), Lives(LEAST, {})
    one, two = Held(10, 1, 100), Held(20, 1, 100)
    assert farthest([]) is None
    assert farthest([(one, [enough, few])]) == 0
    assert farthest([(one, [enough]), (two, [few, enough])]) == 1, "what is told by the farther one counts"
    assert farthest([(one, [enough]), (two, [few, few])]) is None, "nothing is told where a part is not"


def test_the_tightest_reminder_is_due() -> None:
    assert [nudge_due(left, [30, 7]) for left in (31, 30, 8, 7, 0, -1)] == [None, 30, 30, 7, 7, None]
    assert nudge_due(3, []) is None
