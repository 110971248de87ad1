"""Honest time as pure rules: what counts, why the rest does not, and what holds whatever somebody sends."""

from __future__ import annotations

import io
import random
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.learning.rules import questions
from skills.learning.rules.credit import Beat, Limits, Lost, Question, Study, Way, credit
from skills.learning.rules.files import LessonKind, what
from skills.learning.rules.places import Kind, Place, hours, meetings, presence, session_minutes
from skills.learning.rules.spans import Span, common, total, union, without
from skills.learning.rules.texts import parts

pytestmark = pytest.mark.row(20)
NINE = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
LIMITS = Limits(most=150, step_most=600, rate=150, answer=90)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def sitting(first: int, last: int, name: str = "s", lesson: str = "l", **more: object) -> Study:
    """A sign of life each minute."""
    beats = [Beat(at(m), n, Way.START if n == 0 else Way.BEAT) for n, m in enumerate(range(first, last + 1))]
    return replace(Study(name, lesson, beats), **more)  # type: ignore[arg-type]


def minutes_of(*studies: Study, cap: int = 60, rooms: tuple[Span, ...] = ()) -> tuple[int, set[Lost]]:
    found = credit(studies, {s.lesson: cap for s in studies}, LIMITS, rooms)
    return sum(found.minutes.values()), {why for _, why in found.lost}


def test_time_between_signs_of_life_counts() -> None:
    assert minutes_of(sitting(0, 20)) == (20, set())


def test_a_gap_counts_for_nothing_and_a_step_by_hand_may_take_longer() -> None:
    away = Study("s", "l", [Beat(at(0), 0, Way.START), Beat(at(1), 1), Beat(at(9), 2), Beat(at(10), 3)])
    assert minutes_of(away) == (2, {Lost.GAP})
    by_hand = Study("s", "l", [Beat(at(0), 0, Way.START), Beat(at(8), 1, Way.STEP), Beat(at(20), 2, Way.STEP)])
    assert minutes_of(by_hand) == (8, {Lost.GAP})


def test_too_fast_counts_for_nothing_and_allowed_speed_earns_no_more_than_the_clock() -> None:
    fast = [replace(b, rate=200) if b.number > 5 else b for b in sitting(0, 10).beats]
    assert minutes_of(Study("s", "l", fast)) == (5, {Lost.SPEED})
    allowed = [replace(b, rate=150, position=b.number * 90) for b in sitting(0, 10).beats]
    assert minutes_of(Study("s", "l", allowed, video=True)) == (10, set())
    ahead = [replace(b, position=b.number * 300) for b in sitting(0, 10).beats]
    assert minutes_of(Study("s", "l", ahead, video=True)) == (0, {Lost.SPEED})


def test_a_question_that_is_not_answered_in_time_costs_what_lies_before_it() -> None:
    asked = at(10)
    assert minutes_of(sitting(0, 20, questions=(Question(asked, asked + timedelta(seconds=90)),))) == (20, set())
    assert minutes_of(sitting(0, 20, questions=(Question(asked),))) == (0, {Lost.UNPROVED})
    assert minutes_of(sitting(0, 20, questions=(Question(asked, at(12)),))) == (8, {Lost.UNPROVED})
    proved = (Question(at(5), at(6)), Question(asked))
    assert minutes_of(sitting(0, 20, questions=proved)) == (6, {Lost.UNPROVED})


def test_a_moment_counts_in_one_place() -> None:
    assert minutes_of(sitting(0, 20), sitting(10, 30, "t", "other")) == (30, {Lost.TWICE})
    assert minutes_of(sitting(0, 20), sitting(0, 20, "t")) == (20, {Lost.TWICE})
    assert minutes_of(sitting(0, 20), rooms=(Span(at(5), at(15)),)) == (10, {Lost.ROOM})


def test_a_lesson_counts_no_more_than_it_holds_and_a_night_belongs_to_both_days() -> None:
    assert minutes_of(sitting(0, 20), cap=12) == (12, {Lost.CAP})
    night = datetime(2026, 11, 30, 15, 50, 20, tzinfo=UTC)  # ten to midnight in Shanghai
    late = Study("s", "l", [Beat(night + timedelta(minutes=n), n) for n in range(21)])
    found = credit([late], {"l": 60}, LIMITS)
    assert sorted((str(day), n) for (_, day), n in found.minutes.items()) == [("2026-11-30", 9), ("2026-12-01", 11)]


MOMENTS = st.integers(0, 4 * 3600)
BEATS = st.lists(
    st.builds(
        lambda s, n, way, position, rate: Beat(NINE + timedelta(seconds=s), n, way, position, rate),
        MOMENTS, st.integers(0, 40), st.sampled_from(list(Way)), st.integers(0, 9000), st.sampled_from([50, 100, 150, 151, 400]),
    ), max_size=40,
)  # fmt: skip
QUESTIONS = st.lists(
    st.builds(lambda s, d: Question(NINE + timedelta(seconds=s), None if d is None else NINE + timedelta(seconds=s + d)), MOMENTS,
              st.one_of(st.none(), st.integers(0, 900))), max_size=5,
)  # fmt: skip
STUDIES = st.lists(st.tuples(st.sampled_from("abcd"), BEATS, QUESTIONS, st.booleans()), max_size=6).map(
    lambda rows: [Study(f"s{n}", lesson, beats, asked, video) for n, (lesson, beats, asked, video) in enumerate(rows)]
)
ROOMS = st.lists(
    st.tuples(MOMENTS, st.integers(1, 5400)).map(lambda t: Span(NINE + timedelta(seconds=t[0]), NINE + timedelta(seconds=sum(t)))), max_size=3,
)
CAPS = st.fixed_dictionaries({name: st.integers(1, 90) for name in "abcd"})


@given(STUDIES, ROOMS, CAPS, st.integers())
def test_whatever_is_sent_no_more_counts_than_passed_and_order_or_repetition_changes_nothing(
    studies: list[Study], rooms: list[Span], caps: dict[str, int], seed: int
) -> None:
    found = credit(studies, caps, LIMITS, rooms)
    spans = [s for held in found.spans.values() for s in held]
    assert total(union(spans)) == total(spans)  # nothing twice
    assert not common(spans, rooms)
    for study in studies:
        mine = [s for s in studies if s.lesson == study.lesson]
        inside = [Span(min(b.at for b in s.beats), max(b.at for b in s.beats)) for s in mine if s.beats]
        assert not without(found.spans.get(study.lesson, []), inside)
        assert found.of(study.lesson) <= caps[study.lesson]
        assert found.of(study.lesson) * 60 <= total(list(found.spans.get(study.lesson, []))).total_seconds()
    chance = random.Random(seed)
    shuffled = []
    for study in studies:
        beats, asked = [*study.beats, *study.beats], list(study.questions)
        chance.shuffle(beats)
        chance.shuffle(asked)
        shuffled.append(replace(study, beats=beats, questions=asked))
    chance.shuffle(shuffled)
    again = credit(shuffled, caps, LIMITS, rooms)
    assert (again.minutes, again.spans) == (found.minutes, found.spans)


@given(STUDIES, CAPS)
def test_an_unanswered_question_never_earns(studies: list[Study], caps: dict[str, int]) -> None:
    silent = [replace(s, questions=[Question(q.asked) for q in s.questions]) for s in studies]
    one = credit(silent[:1], caps, LIMITS)
    other = credit(studies[:1], caps, LIMITS)
    assert sum(one.minutes.values()) <= sum(other.minutes.values())


# Questions and tokens ----------------------------------------------------------------------------------------------


@given(st.text(max_size=26), st.integers(1, 500), st.integers(1, 10), st.integers(0, 10))
def test_questions_come_within_their_bounds_and_nobody_can_reckon_them(study: str, turn: int, least: int, more: int) -> None:
    due = questions.due(b"k" * 32, study, turn, NINE, least, least + more)
    assert at(least) <= due <= at(least + more)
    assert due == questions.due(b"k" * 32, study, turn, NINE, least, least + more)
    word, choices = questions.choices(b"k" * 32, study, turn)
    assert word in choices
    assert len(set(choices)) == questions.CHOICES


def test_another_key_asks_at_other_times() -> None:
    moments = {questions.due(bytes([n]) * 32, "s", 1, NINE, 8, 15) for n in range(40)}
    assert len(moments) > 20
    assert questions.token(b"k", "s", 1, NINE) != questions.token(b"k", "s", 2, NINE)
    assert questions.token(b"k", "s", 1, NINE) != questions.token(b"k", "s", 1, at(1))


# Places ------------------------------------------------------------------------------------------------------------


def test_two_places_meet_when_they_share_enough_time_and_touching_is_no_meeting() -> None:
    def room(name: str, first: int, last: int) -> Place:
        return Place(Kind.ROOM, name, f"class-{name}", (Span(at(first), at(last)),))

    online = Place(Kind.ONLINE, "z", "class-z", (Span(at(0), at(30)), Span(at(50), at(60))))
    five = timedelta(minutes=5)
    assert [(m.first.source, m.second.source, m.minutes) for m in meetings([room("b", 0, 60), room("a", 30, 90)], five)] == [("a", "b", 30)]
    assert list(meetings([room("a", 0, 60), room("b", 60, 120)], five)) == []
    assert list(meetings([room("a", 0, 60), room("b", 56, 120)], five)) == []
    assert [m.minutes for m in meetings([online, room("a", 20, 55)], five)] == [15]
    assert list(meetings([online, replace(online, source="y")], five)) == []


def test_presence_begins_with_the_scan_and_a_correction_means_all_of_it() -> None:
    from skills.courses.rules.attendance import Mark

    starts, ends = at(0), at(60)
    assert presence(starts, ends, Mark.ON_TIME, "scan", at(-9), None) == Span(starts, ends)
    assert presence(starts, ends, Mark.LATE, "scan", at(20), None) == Span(at(20), ends)
    assert presence(starts, ends, Mark.LATE, "correction", at(900), None) == Span(starts, ends)
    assert presence(starts, ends, Mark.ON_TIME, "card", at(0), at(40)) == Span(starts, at(40))
    assert presence(starts, ends, Mark.ABSENT, "scan", at(0), None) is None


def test_minutes_and_hours_are_never_rounded_up() -> None:
    assert session_minutes(at(0), at(45), 50) == 22
    assert (str(hours(44, 45)), str(hours(45, 45)), str(hours(100, 45))) == ("0.97", "1.00", "2.22")
    with pytest.raises(ValueError, match="minutes"):
        hours(45, 0)


SPANS = st.lists(st.tuples(MOMENTS, MOMENTS).map(lambda t: Span(NINE + timedelta(seconds=t[0]), NINE + timedelta(seconds=t[1]))), max_size=8)


@given(SPANS, SPANS)
def test_spans_are_sets_of_moments(a: list[Span], b: list[Span]) -> None:
    assert total(without(a, b)) + total(common(a, b)) == total(union(a))
    assert common(a, b) == common(b, a)
    assert union([*a, *b]) == union([*without(a, b), *b])


# Content -----------------------------------------------------------------------------------------------------------


def test_markdown_holds_no_script_no_picture_and_no_strange_link() -> None:
    body = (
        "# 第一节\n\n<script>alert(1)</script> <b onclick=x>b</b>\n\n![p](https://a.example/x.png)\n\n"
        "[a](javascript:alert(1)) [b](https://b.example) [c](/me/erasure) [d](data:text/html,x)\n\n"
        "## 第二节\n\n| 甲 | 乙 |\n|:--|--:|\n| 1 | 2 |\n\n### 小节\n\n文字\n"
    )
    found = parts(body)
    assert len(found) == 2
    whole = "".join(found)
    assert "<script" not in whole
    assert "<img" not in whole
    assert "<b " not in whole
    assert 'href="https://b.example"' in whole
    assert whole.count("href=") == 2  # a picture becomes a link that one may follow, and loads nothing
    assert 'rel="noopener noreferrer nofollow"' in whole
    assert "style=" not in whole
    assert "<h2>第一节</h2>" in found[0]
    assert "<h3>第二节</h3>" in found[1]
    assert "<h4>小节</h4>" in found[1]
    assert parts("") == ("",)


def mp4(seconds: int, brand: bytes = b"isom") -> bytes:
    """The boxes of a film of that length, without pictures."""

    def box(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", len(body) + 8, name) + body

    mvhd = struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + bytes(80)
    return box(b"ftyp", brand + bytes(4) + brand) + box(b"moov", box(b"mvhd", mvhd)) + box(b"mdat", b"\0" * 64)


def test_a_file_is_what_its_bytes_say() -> None:
    film = what(io.BytesIO(mp4(1805)))
    assert film is not None
    assert (film.kind, film.length) == (LessonKind.VIDEO, 1805)
    pdf = what(io.BytesIO(b"%PDF-1.7\n"))
    assert pdf is not None
    assert pdf.kind is LessonKind.PDF
    for data in (b"", b"MZ\x90", mp4(0), mp4(60, b"evil"), mp4(60)[:40], b"<html>", b"\x1a\x45\xdf\xa3webm"):
        assert what(io.BytesIO(data)) is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    what(io.BytesIO(data))
    what(io.BytesIO(mp4(9)[:12] + data))
