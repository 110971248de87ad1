"""Pure rules of inspections: who visits whom, what differs, when heads are counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.inspections.rules import (
    Limits,
    Seen,
    Way,
    findings,
    may_close,
    may_count,
    may_sign,
    plan_text,
    weight_of,
)
from skills.kernel.lots import assign, next_for
from skills.kernel.shots import kind_of, read
from tests.inspections.pictures import jpeg, png

NAMES = st.sampled_from([f"a{n}" for n in range(5)])
BODIES = st.sampled_from(["s1", "s2", "s3"])
DRAWN = st.lists(st.tuples(st.uuids().map(str), BODIES), max_size=12, unique_by=lambda d: d[0])
BARRED = st.sets(st.tuples(NAMES, BODIES), max_size=8)


@given(DRAWN, st.sets(NAMES, max_size=5), BARRED, st.text("abc", min_size=1, max_size=6))
def test_nobody_too_near_is_drawn_and_nobody_free_is_left_out(
    drawn: list[tuple[str, str]], inspectors: set[str], barred: set[tuple[str, str]], seed: str
) -> None:
    chosen = assign(drawn, inspectors, barred, seed)
    assert chosen == assign(drawn, sorted(inspectors, reverse=True), barred, seed)  # whatever the order they come in
    for (_, body), account in zip(drawn, chosen, strict=True):
        free = {a for a in inspectors if (a, body) not in barred}
        assert (account in free) if free else account is None
    if not barred and inspectors:
        loads = [chosen.count(a) for a in inspectors]
        assert max(loads) - min(loads) <= 1


@given(st.sets(NAMES, min_size=1), BARRED, BODIES, st.text("ab", max_size=4))
def test_who_steps_back_is_followed_by_each_free_one_once(inspectors: set[str], barred: set[tuple[str, str]], body: str, seed: str) -> None:
    passed: list[str] = []
    while (heir := next_for(seed, "B1", body, inspectors, barred, passed)) is not None:
        assert heir not in passed
        assert (heir, body) not in barred
        passed.append(heir)
    assert set(passed) == {a for a in inspectors if (a, body) not in barred}


@pytest.mark.parametrize(("heads", "written", "apart"), [
    (10, 10, False), (9, 10, False), (8, 10, True), (0, 1, False), (0, 2, True), (27, 30, False), (26, 30, True), (34, 30, True),
])  # fmt: skip
def test_heads_may_differ_by_one_or_a_tenth(heads: int, written: int, apart: bool) -> None:
    assert Limits(10, 1).differ(heads, written) is apart


def test_what_is_found_is_what_was_seen() -> None:
    fine = Seen(True, 10, 10, True, True, {"plan": "yes", "fees": "na"})
    assert findings(fine, Limits(10, 1)) == []
    bad = Seen(True, 3, 10, False, False, {"plan": "no", "fees": "yes"})
    assert [f.code for f in findings(bad, Limits(10, 1))] == ["heads_differ", "lecturer_absent", "wrong_room", "item:plan"]
    assert [f.code for f in findings(Seen(False, 0, 10, False, False, {"plan": "no"}), Limits(10, 1))] == ["no_class"]


def test_heads_are_counted_in_the_lesson_once_nobody_can_scan_any_more() -> None:
    starts = datetime(2026, 11, 30, 1, tzinfo=UTC)
    closes, ends = starts + timedelta(minutes=30), starts + timedelta(hours=3)
    may = [bool(may_count(starts, ends, closes, starts + timedelta(minutes=m))) for m in (-1, 29, 30, 180, 181)]
    assert may == [False, False, True, True, False]


def test_signing_needs_every_item_and_a_picture_and_closing_a_second_person() -> None:
    assert not may_sign(True, ["plan", "fees"], {"plan": "yes"}, 1, 1)
    assert not may_sign(True, ["plan"], {"plan": "yes"}, 0, 1)
    assert may_sign(True, ["plan"], {"plan": "na"}, 1, 1)
    assert may_sign(False, ["plan"], {}, 1, 1)
    assert [bool(may_close(c, "p", "i")) for c in ("p", "i", "x")] == [False, False, True]
    assert not may_close("x", None, "i")


def test_a_plan_commits_to_classes_inspectors_and_ties_in_whatever_order() -> None:
    one = plan_text([["B2", 1, "s"], ["B1", 3, "s"]], ["y", "x"], [("x", "s"), ("a", "s")])
    assert one == plan_text([["B1", 3, "s"], ["B2", 1, "s"]], ["x", "y"], [("a", "s"), ("x", "s")])
    assert one != plan_text([["B1", 2, "s"], ["B2", 1, "s"]], ["x", "y"], [("a", "s"), ("x", "s")])
    assert (weight_of(["case"], {"case": 4}, Way.RANDOM), weight_of(["case", "x"], {"case": 4}, Way.RISK)) == (1, 5)


def test_a_picture_is_judged_by_content_and_what_it_says_is_read_out() -> None:
    plain = jpeg()
    assert kind_of(plain) == "jpg"
    assert read(plain) == ("", "")
    assert read(jpeg("2026:11:30 10:02:03", (29.56301, 106.55156))) == ("2026-11-30 10:02:03", "29.56301,106.55156")
    assert kind_of(png()) == "png"
    assert [kind_of(d) for d in (b"%PDF-1.7", b"", plain[:200], b"GIF89a", b"<svg/>")] == [None] * 5
