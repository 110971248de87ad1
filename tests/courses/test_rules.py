"""Rules of classes, places, completion, numbers and timetables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.courses.rules import classes, completion, places, timetable
from skills.courses.rules.classes import ClassPlan, Lesson, Opening
from skills.courses.rules.completion import Limits, Result
from skills.kernel.errors import Refusal
from skills.kernel.findings import Verdict
from skills.standards.calendar import working_days_between

TODAY = date(2026, 11, 23)
START = date(2026, 12, 1)
LIMITS = Limits(hours_percent=80, attendance_percent=80, score=60, days_after_end=30)


def lesson(day: int, hour: int = 1, minutes: int = 180, room: str = "301") -> Lesson:
    starts = datetime(2026, 12, day, hour, tzinfo=UTC)
    return Lesson(starts, starts + timedelta(minutes=minutes), room)


PLAN = ClassPlan(
    course_state="published", hours=8, starts_on=START, ends_on=date(2026, 12, 10), seats=30, lecturer="李老师",
    lecturer_proof="高级讲师", address="学府路1号", assessment_plan="机考和实操", promised=True,
    lessons=(lesson(1), lesson(2)),
)


def unmet(verdict: Verdict) -> list[str]:
    return [f.code for f in verdict.findings if not f.met]


def test_a_complete_application_passes() -> None:
    assert classes.may_apply(PLAN, 45, 200, TODAY)


ONLINE = replace(PLAN, lessons=(), address="", online=360, mode="online", from_pool=True)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"from_pool": False}, []),
        ({"unnamed": 1}, ["class.lecturer_online"]),
        ({"online": 359}, ["class.timetable_covers"]),
        ({"online": 0}, ["class.timetable_covers", "class.rooms", "class.lecturers_named"]),
        ({"mode": "blended"}, ["class.rooms", "class.lecturers_named"]),
        ({"lessons": (lesson(1),), "online": 180}, ["class.rooms"]),  # one session in a room: the address is needed
        ({"lessons": (lesson(1, room=""),), "address": "学府路1号"}, ["class.rooms"]),
        ({"lessons": (lesson(1),), "address": "学府路1号"}, []),
    ],
)
def test_a_class_of_lessons_online_alone_needs_no_room(change: dict[str, Any], codes: list[str]) -> None:
    assert unmet(classes.may_apply(replace(ONLINE, **change), 45, 200, TODAY)) == codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"course_state": "draft"}, "class.course_published"),
        ({"hours": 9}, "class.timetable_covers"),
        ({"lessons": (lesson(1), lesson(11))}, "class.timetable_inside"),
        ({"lessons": (lesson(1), lesson(1, 2))}, "class.timetable_clear"),
        ({"lessons": (lesson(1), lesson(2, room=" "))}, "class.rooms"),
        ({"address": ""}, "class.rooms"),
        ({"lecturer": " "}, "class.lecturer"),
        ({"lecturer_proof": ""}, "class.lecturer"),
        ({"assessment_plan": ""}, "class.assessment_plan"),
        ({"promised": False}, "class.promise"),
        ({"seats": 201}, "class.seats"),
        ({"starts_on": TODAY}, "class.in_future"),
    ],
)
def test_every_missing_part_of_an_application_is_named(change: dict[str, object], code: str) -> None:
    verdict = classes.may_apply(replace(PLAN, **change), 45, 200, TODAY)
    assert code in unmet(verdict)
    assert verdict.code == "class.not_ready"


def test_lessons_that_touch_do_not_overlap() -> None:
    assert not classes.overlapping([lesson(1, 1, 60), lesson(1, 2, 60)])
    assert classes.overlapping([lesson(1, 1, 61), lesson(1, 2, 60)])


@pytest.mark.parametrize(
    ("opening", "missed"),
    [
        (Opening("approved", START, 2, 1, False), []),
        (Opening("submitted", START, 2, 1, False), ["enrolment.class_approved"]),
        (Opening("running", START, 2, 1, False), ["enrolment.class_approved"]),
        (Opening("approved", TODAY, 2, 1, False), ["enrolment.before_start"]),
        (Opening("approved", START, 2, 2, False), ["enrolment.seat_left"]),
        (Opening("approved", START, 2, 1, True), ["enrolment.once"]),
    ],
)
def test_a_place_is_open_only_while_all_holds(opening: Opening, missed: list[str]) -> None:
    assert unmet(classes.may_enrol(opening, TODAY)) == missed


def test_leaving_ends_with_the_first_day() -> None:
    assert places.may_leave(TODAY, START, 0, START - timedelta(days=1))
    assert not places.may_leave(TODAY, START, 0, START)


@given(st.integers(1, 30), st.integers(0, 60))
def test_with_a_cooling_off_leaving_is_free_for_its_working_days_and_not_a_day_longer(days: int, later: int) -> None:
    day = TODAY + timedelta(days=later)
    before = working_days_between(TODAY, day - timedelta(days=1))  # a Saturday after the last of them is too late as well
    assert bool(places.may_leave(TODAY, START, days, day)) == (before < days)


@given(st.integers(0, 90), st.integers(0, 30))
def test_a_voucher_that_is_kept_loses_no_day_and_gains_none_by_its_holder(left: int, later: int) -> None:
    day = TODAY + timedelta(days=later)
    assert (places.voucher_until(TODAY, left, False, day) - day).days == left
    assert places.voucher_until(TODAY, left, True, day) == TODAY + timedelta(days=left)


@given(
    st.decimals(0, 100, places=1), st.decimals(0, 100, places=1), st.decimals(0, 100, places=1), st.integers(1, 300)
)
def test_completion_needs_hours_attendance_and_score_each_by_itself(
    hours: Decimal, attendance: Decimal, score: Decimal, course: int
) -> None:
    verdict = completion.judge(Result(hours, attendance, score, TODAY), course, LIMITS)
    assert bool(verdict) == (hours * 100 >= course * 80 and attendance >= 80 and score >= 60)


def test_the_border_passes_and_a_tenth_below_fails() -> None:
    at = Result(Decimal("80"), Decimal("80"), Decimal("60"), TODAY)
    assert completion.judge(at, 100, LIMITS)
    for name, value in (("hours", "79.9"), ("attendance", "79.9"), ("score", "59.9")):
        assert not completion.judge(replace(at, **{name: Decimal(value)}), 100, LIMITS)


CREDIT = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18)


@given(CREDIT, st.integers(2020, 2099), st.integers(1, 999_999))
def test_a_completion_number_reads_back_and_is_no_level_number(code: str, year: int, serial: int) -> None:
    number = completion.completion_number(code, year, serial)
    assert completion.read_number(number) == (year, code[8:17], serial)
    assert completion.LEVEL_NUMBER_LENGTH not in (len(number), len(number.replace("-", "")))


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_serial_out_of_range_gives_no_number(serial: int) -> None:
    with pytest.raises(ValueError, match="no completion number"):
        completion.completion_number("91500112MA5U1Q2X3Y", 2026, serial)


@pytest.mark.parametrize("text", ["", "S000050000012265000001", "PX-2026-MA5U1Q2X3-1", "PX-2026-ma5u1q2x3-000001"])
def test_other_numbers_are_no_completion_numbers(text: str) -> None:
    assert completion.read_number(text) is None


def test_class_numbers_have_five_digits_and_end_there() -> None:
    assert classes.class_number(2026, 17) == "B2026-00017"
    with pytest.raises(ValueError, match="range"):
        classes.class_number(2026, 100_000)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001
    lambda d: d.replace(hour=1 + d.hour % 8, second=0, microsecond=0, tzinfo=UTC)
)
words = st.text("教室甲乙丙0123456789", min_size=1, max_size=8)


@given(st.lists(st.tuples(moments, st.integers(1, 300), words, words), max_size=5))
def test_a_timetable_that_is_written_reads_back(rows: list[tuple[datetime, int, str, str]]) -> None:
    lessons = [(Lesson(s, s + timedelta(minutes=m), room), topic) for s, m, room, topic in rows]
    assert timetable.read_timetable(timetable.write_timetable(lessons)) == lessons


@pytest.mark.parametrize("line", ["明天上午", "2026-12-01 12:00-09:00 301", "2026-02-30 09:00-10:00 301", "x"])
def test_an_unreadable_line_is_named(line: str) -> None:
    with pytest.raises(Refusal) as caught:
        timetable.read_timetable(f"2026-12-01 09:00-12:15 301室 数据标注\n\n{line}")
    assert (caught.value.code, caught.value.facts) == ("class.timetable_unreadable", {"line": 3})
