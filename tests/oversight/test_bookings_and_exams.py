"""The rules that compare hours, rooms, exams and attendance: each finds its fraud, grows with it, leaves its look-alikes alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.oversight.rules import ask_all
from skills.oversight.rules.bookings import meeting, shared
from skills.oversight.rules.facts import Candidate, Coming, Facts, Lesson, Paper, Seat, Typed
from skills.web.i18n import sentence
from tests.oversight.facts import DAY, NOW, about, asked, body, numbers, town, use

HOUR, MINUTE, SECOND, DAYS = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)
START = NOW - 60 * DAYS
pytestmark = pytest.mark.row(15)


def lessons(klass: str, institution: str, days: int = 6, hour: float = 0, long: float = 4, **change: Any) -> list[Lesson]:
    """A lesson a day for some days; hour: after the usual hour of beginning."""
    made = [
        Lesson(f"{klass}-{n}", klass, institution, f"教师{klass}", "", f"路 {klass}", START + n * DAYS + hour * HOUR,
               START + n * DAYS + (hour + long) * HOUR)
        for n in range(days)
    ]  # fmt: skip
    return [replace(one, **change) for one in made]


def seats(klass: str, institution: str, people: Sequence[str], missed: int = 0) -> list[Seat]:
    return [Seat(p, klass, institution, missed) for p in people]


def crowd(count: int, prefix: str = "x") -> list[str]:
    return [f"{prefix}{n}" for n in range(count)]


# F11 --------------------------------------------------------------------------------------------------------------
def passed_off(count: int, **change: Any) -> Facts:
    """School a's class, whose people sat in classes of b and c at the same hours; b and c have many more learners."""
    people = crowd(count)
    facts = {
        "lessons": [*lessons("a1", "a"), *lessons("b1", "b"), *lessons("c1", "c")],
        "seats": [*seats("a1", "a", people), *seats("b1", "b", people[::2]), *seats("c1", "c", people[1::2]),
                  *seats("b1", "b", crowd(90, "y")), *seats("c1", "c", crowd(90, "z"))],
    }  # fmt: skip
    return town(**{**facts, **change})


@pytest.mark.parametrize(("count", "strength"), [(2, 0), (3, 1), (8, 2), (20, 3)])
def test_f11_names_the_one_whose_people_sat_elsewhere(count: int, strength: int) -> None:
    assert about("F11", passed_off(count)) == ({"organisation:a": strength} if strength else {})


def test_f11_holds_only_the_uses_of_those_people_in_those_classes() -> None:
    paid = [use(1000 + n, "a", START - DAYS, person=f"x{n}", klass="a1") for n in range(9)]
    other = use(2000, "a", START - DAYS, person="x1", klass="another")
    spent = replace(paid[0], id="u3000", unpaid=False)
    [found] = asked("F11", replace(passed_off(9), uses=(*paid, other, spent)))
    assert set(found.uses) == {u.id for u in paid}


@pytest.mark.parametrize("honest", ["touch", "filed_absence", "own_scans", "left", "make_up", "one_hour", "same_school"])
def test_f11_leaves_what_only_looks_like_it(honest: str) -> None:
    people = crowd(12)
    a, b = lessons("a1", "a"), lessons("b1", "b")
    there, elsewhere = seats("a1", "a", people), seats("b1", "b", people)
    scans: list[Coming] = []
    if honest == "touch":
        b = lessons("b1", "b", hour=4)
    elif honest == "filed_absence":
        b = lessons("b1", "b", days=1)
        there = seats("a1", "a", people, missed=17)
    elif honest == "own_scans":
        scans = [c for one in b for c in coming(one, people, by_the_minute)]
        scans += [c for one in a for c in coming(one, crowd(12, "other"), by_the_minute)]
    elif honest == "left":
        elsewhere = []
    elif honest == "make_up":
        b = [replace(one, makes_up=True) for one in b]
    elif honest == "one_hour":
        b = lessons("b1", "b", days=1, hour=3)
    else:
        b, elsewhere = lessons("b1", "a"), seats("b1", "a", people)
    assert about("F11", town(lessons=[*a, *b], seats=[*there, *elsewhere], comings=scans)) == {}


def test_f11_what_was_scanned_at_both_counts_whatever_was_filed() -> None:
    people = crowd(8)
    both = [*lessons("a1", "a"), *lessons("b1", "b")]
    scans = [c for one in both for c in coming(one, people, by_the_minute)]
    facts = town(
        lessons=both, seats=[*seats("a1", "a", people, 60), *seats("b1", "b", people, 60)], comings=sorted(scans, key=lambda c: c.at)
    )
    assert about("F11", facts) == {"organisation:a": 2, "organisation:b": 2}, "nothing tells the two apart: both are asked"


# F14 --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("days", "strength"), [(1, 0), (2, 1), (5, 2), (12, 3)])
def test_f14_the_same_room_at_the_same_hour_names_each(days: int, strength: int) -> None:
    held = [*lessons("a1", "a", days, room="学府路1号 301室"), *lessons("b1", "b", days, 2, room="学府路1号 301室")]
    assert about("F14", town(lessons=held)) == ({"organisation:a": strength, "organisation:b": strength} if strength else {})


@pytest.mark.parametrize(
    ("papers", "strength"), [(("", ""), 2), (("高级讲师", "高级讲师"), 2), (("证2019500123", "2019500123号"), 3), (("A2019500123", "B2019500124"), 0)]
)
def test_f14_a_name_alone_is_never_strong_and_papers_tell_namesakes_apart(papers: tuple[str, str], strength: int) -> None:
    held = [lesson for body_, proof in zip("ab", papers, strict=True) for lesson in lessons(f"{body_}1", body_, 14, lecturer="张伟", proof=proof)]
    found = about("F14", town(lessons=held))
    assert found == ({"organisation:a": strength, "organisation:b": strength} if strength else {})


@pytest.mark.parametrize("honest", ["other_hours", "touch", "rooms_of_one_house", "no_room_known", "one_school", "a_few_minutes"])
def test_f14_leaves_what_only_looks_like_it(honest: str) -> None:
    a, b = lessons("a1", "a", 20), lessons("b1", "b", 20)
    if honest == "other_hours":
        a, b = lessons("a1", "a", 20, lecturer="李敏"), lessons("b1", "b", 20, 5, lecturer="李敏")
    elif honest == "touch":
        a, b = lessons("a1", "a", 20, room="机房 1"), lessons("b1", "b", 20, 4, room="机房 1")
    elif honest == "rooms_of_one_house":
        a, b = lessons("a1", "a", 20, room="学府路1号 301室"), lessons("b1", "b", 20, room="学府路1号 302室")
    elif honest == "no_room_known":
        a, b = lessons("a1", "a", 20, room=""), lessons("b1", "b", 20, room="")
    elif honest == "one_school":
        a, b = lessons("a1", "a", 20, lecturer="李敏"), lessons("a2", "a", 20, lecturer="李敏")
    else:
        a, b = lessons("a1", "a", 20, room="机房 1"), lessons("b1", "b", 20, 3.75, room="机房 1")
    assert about("F14", town(lessons=[*a, *b])) == {}


def test_f14_more_hours_in_a_day_than_anybody_can_stand() -> None:
    held = [one for n, i in enumerate("abc") for one in lessons(f"{i}1", i, 5, 5 * n, 5, lecturer="王强", proof="证12345678")]
    assert about("F14", town(lessons=held)) == {f"organisation:{i}": 2 for i in "abc"}
    assert about("F14", town(lessons=[one for one in held if one.institution != "c"])) == {}, "two schools a day can be done"


LESSON = st.builds(
    lambda n, body_, start, long: Lesson(f"s{n}", f"k{body_}", body_, "张伟", "", "机房 1", NOW + start * MINUTE, NOW + (start + long) * MINUTE),
    st.integers(0, 10_000), st.sampled_from("abc"), st.integers(0, 600), st.integers(1, 300),
)  # fmt: skip


@given(st.lists(LESSON, max_size=12, unique_by=lambda one: one.id), st.integers(1, 60))
def test_lessons_that_meet_are_all_found_in_whatever_order(held: list[Lesson], least: int) -> None:
    span = least * MINUTE
    pairs = {frozenset((a.id, b.id)) for a, b in meeting(held, span)}
    assert pairs == {frozenset((a.id, b.id)) for a, b in meeting(held[::-1], span)}
    assert pairs == {frozenset((a.id, b.id)) for a in held for b in held if a.institution != b.institution and shared(a, b) >= span}


# F13 --------------------------------------------------------------------------------------------------------------
def candidates(
    institution: str, passed: int, failed: int, sitting: str = "", good: int = 7800, bad: int = 4200, **change: Any
) -> list[Candidate]:
    made = []
    for n in range(passed + failed):
        mark = good if n < passed else bad
        made.append(
            Candidate(f"{institution}{sitting}-{n}", f"{institution}{sitting}", institution, "4-04-05-05", 3, DAY, 6000, n < passed,
                      (Paper("theory", mark), Paper("practical", mark)))
        )  # fmt: skip
    return [replace(one, **change) for one in made]


OTHERS = [*candidates("o1", 60, 40), *candidates("o2", 66, 34), *candidates("o3", 55, 45)]


@pytest.mark.parametrize(("passed", "failed", "strength"), [(28, 12, 0), (34, 6, 1), (37, 3, 2), (40, 0, 3)])
def test_f13_passes_far_more_than_others_over_several_sittings(passed: int, failed: int, strength: int) -> None:
    held = [*candidates("body", passed // 2, 0, "one"), *candidates("body", passed - passed // 2, failed, "two")]
    found = about("F13", town(candidates=[*OTHERS, *held]))
    assert found == ({"organisation:body": strength} if strength else {})


@pytest.mark.parametrize("honest", ["three", "strong_team", "no_peers", "absent", "other_level"])
def test_f13_leaves_those_who_pass_for_a_good_reason(honest: str) -> None:
    others = OTHERS
    if honest == "three":
        held = candidates("body", 3, 0)
    elif honest == "strong_team":
        held = candidates("body", 40, 1, good=9100)
    elif honest == "no_peers":
        held, others = [*candidates("body", 30, 0, "1"), *candidates("body", 30, 0, "2")], OTHERS[:20]
    elif honest == "absent":
        held = candidates("body", 0, 60, papers=(Paper("theory", None),))
    else:
        held = [*candidates("body", 30, 0, "1", level=1), *candidates("body", 30, 0, "2", level=1)]
    assert about("F13", town(candidates=[*others, *held])) == {}


@pytest.mark.parametrize(("above", "below", "strength"), [(11, 0, 0), (12, 0, 1), (24, 10, 0), (25, 0, 2), (70, 0, 3)])
def test_f13_scores_that_heap_up_just_above_the_mark(above: int, below: int, strength: int) -> None:
    held = [
        *candidates("body", above, 0, "1", papers=(Paper("theory", 6150), Paper("practical", 7900))),
        *candidates("body", 0, below + above, "2", papers=(Paper("theory", 3000),)),
        *candidates("body", 0, below, "3", papers=(Paper("theory", 5700),)),
    ]
    found = about("F13", town(candidates=[*OTHERS, *held]))
    assert found == ({"organisation:body": strength} if strength else {})


def typed(*lines: tuple[int, int | None, int]) -> tuple[Typed, ...]:
    """(turn, mark, minute) in order of time."""
    return tuple(Typed(f"e{n}", turn, mark, NOW + minute * MINUTE) for n, (turn, mark, minute) in enumerate(lines))


def changed(count: int, trail: tuple[Typed, ...], of: int = 40, mark: int = 7800, passed: bool = True) -> list[Candidate]:
    """`count` candidates with this trail among others whose scores nobody touched."""
    quiet = Paper("theory", 7800, typed((1, 7800, 0), (2, 7800, 60)))
    made = [*candidates("body", of * 6 // 10, of - of * 6 // 10, good=7800)]
    held = [replace(c, papers=(replace(quiet, mark=p.mark, typed=typed((1, p.mark, 0), (2, p.mark, 60))) for p in c.papers)) for c in made]
    held = [replace(c, papers=tuple(c.papers)) for c in held]
    return [replace(c, papers=(Paper("theory", mark, trail),), passed=passed) if n < count else c for n, c in enumerate(held)]


BOTH = typed((1, 4200, 0), (2, 4200, 60), (1, 7800, 600), (2, 7800, 605))


@pytest.mark.parametrize(("count", "strength"), [(3, 0), (5, 1), (8, 2), (15, 3)])
def test_f13_fails_that_became_passes_after_they_were_typed(count: int, strength: int) -> None:
    found = about("F13", town(candidates=[*OTHERS, *changed(count, BOTH)]))
    assert found == ({"organisation:body": strength} if strength else {})


@pytest.mark.parametrize("trail", [
    typed((1, 780, 0), (1, 7800, 3), (2, 7800, 60)),  # a slip, put right at once
    typed((1, 780, 0), (2, 7800, 60), (1, 7800, 90)),  # the second person had read it right
    typed((1, 7700, 0), (2, 7700, 60), (1, 7800, 90), (2, 7800, 91)),  # corrected by both, and nothing hangs on it
])  # fmt: skip
def test_f13_corrections_that_a_second_person_bears_out_are_left(trail: tuple[Typed, ...]) -> None:
    assert about("F13", town(candidates=[*OTHERS, *changed(20, trail)])) == {}


def test_f13_a_few_corrections_by_both_typists_and_corrections_both_ways_are_left() -> None:
    assert about("F13", town(candidates=[*OTHERS, *changed(3, BOTH)])) == {}
    down = typed((1, 7800, 0), (2, 7800, 60), (1, 4200, 600), (2, 4200, 605))
    mixed = changed(6, BOTH, of=60)
    mixed[6:12] = [replace(c, id=f"d{n}", papers=(Paper("theory", 4200, down),), passed=False) for n, c in enumerate(mixed[6:12])]
    assert about("F13", town(candidates=[*OTHERS, *mixed])) == {}


@pytest.mark.parametrize(("count", "strength"), [(1, 2), (3, 3)])
def test_f13_a_result_that_nobody_typed(count: int, strength: int) -> None:
    trail = typed((1, 4200, 0), (2, 4200, 60))
    assert about("F13", town(candidates=[*OTHERS, *changed(count, trail)])) == {"organisation:body": strength}
    [found] = asked("F13", town(candidates=[*OTHERS, *changed(count, trail)]))
    assert found.uses == ()
    assert len(found.rows) == count


# F7 ---------------------------------------------------------------------------------------------------------------
Way = Callable[[Lesson, int], datetime]


def by_the_minute(lesson: Lesson, n: int) -> datetime:
    """Everyday life: one after the other from a quarter of an hour before the start."""
    return lesson.starts + (n - 15) * MINUTE


def coming(lesson: Lesson, people: Sequence[str], at: Way, corrected: bool = False) -> list[Coming]:
    return [
        Coming(f"{lesson.id}-{p}", lesson.id, lesson.klass, lesson.institution, p, True, corrected, at(lesson, n), lesson.starts + HOUR)
        for n, p in enumerate(people)
    ]


def attended(odd: int, quiet: int, at: Way = by_the_minute, corrected: bool = False, people: int = 20) -> Facts:
    """School a: lessons that are odd in one way, and others whose people come within twenty minutes."""
    held = lessons("a1", "a", odd + quiet)
    scans = []
    for n, lesson in enumerate(held):
        scans += coming(lesson, crowd(people), at if n < odd else by_the_minute, corrected and n < odd)
    return town(lessons=held, comings=sorted(scans, key=lambda c: (c.at, c.id)))


def within_seconds(lesson: Lesson, n: int) -> datetime:
    return lesson.starts + n * SECOND / 2


def at_the_very_end(lesson: Lesson, n: int) -> datetime:
    return lesson.starts + HOUR - 4 * MINUTE + n * 10 * SECOND


@pytest.mark.parametrize(("odd", "strength"), [(2, 0), (3, 1), (6, 2), (12, 3)])
@pytest.mark.parametrize("at", [within_seconds, at_the_very_end, by_the_minute], ids=["at_once", "last_minute", "corrected"])
def test_f7_whole_classes_by_one_hand(odd: int, strength: int, at: Way) -> None:
    found = about("F7", attended(odd, 30, at, corrected=at is by_the_minute))
    assert found == ({"organisation:a": strength} if strength else {})


def test_f7_leaves_a_minute_of_scanning_a_small_class_and_a_rare_failure_of_the_screen() -> None:
    assert about("F7", attended(20, 0, lambda one, n: one.starts + n // 2 * 6 * SECOND)) == {}, "“scan now”: side by side, a minute for twenty"
    assert about("F7", attended(20, 0, within_seconds, people=6)) == {}
    assert about("F7", attended(4, 96, corrected=True)) == {}, "four lessons of a hundred"


def stack_of_phones(size: int, apart: float) -> Facts:
    """Ten lessons: some people scan one after the other so many seconds apart, the others as they arrive."""
    held = lessons("a1", "a", 10)
    scans = [c for one in held for c in coming(one, crowd(20, "y"), lambda lesson, n: by_the_minute(lesson, n) + n * 7 * SECOND)]
    scans += [c for one in held for c in coming(one, crowd(size), lambda lesson, n: lesson.starts + n * apart * SECOND)]
    return town(lessons=held, comings=sorted(scans, key=lambda c: (c.at, c.id)))


@pytest.mark.parametrize(("size", "apart", "strength"), [
    (3, 5, 0),  # friends who come together
    (8, 5, 2), (20, 6, 2),
    (20, 1.5, 0),  # "scan now": side by side
    (8, 40, 0),  # a queue at the door
])  # fmt: skip
def test_f7_the_same_people_one_after_the_other_lesson_by_lesson(size: int, apart: float, strength: int) -> None:
    assert about("F7", stack_of_phones(size, apart)) == ({"organisation:a": strength} if strength else {})


def test_f7_a_run_of_other_people_each_time_is_the_crowd_at_the_door() -> None:
    held, scans = lessons("a1", "a", 10), []
    for n, lesson in enumerate(held):
        run = [f"x{(4 * n + k) % 40}" for k in range(6)]
        scans += coming(lesson, run, lambda one, k: one.starts + k * 5 * SECOND)
        scans += coming(lesson, [p for p in crowd(40) if p not in run], lambda one, k: one.starts - (30 - k) * MINUTE)
    assert about("F7", town(lessons=held, comings=sorted(scans, key=lambda c: (c.at, c.id)))) == {}


def test_f7_looks_at_what_was_lately() -> None:
    facts = attended(12, 0, within_seconds)
    assert about("F7", replace(facts, day=DAY + 90 * DAYS)) == {"organisation:a": 3}
    assert about("F7", replace(facts, day=DAY + 180 * DAYS)) == {}


def test_f7_absent_people_are_not_looked_at() -> None:
    facts = attended(12, 0, within_seconds)
    assert about("F7", replace(facts, comings=[replace(c, there=False) for c in facts.comings])) == {}


# Together ---------------------------------------------------------------------------------------------------------
def test_a_town_with_lessons_exams_and_attendance_is_left_alone_and_every_sentence_is_whole() -> None:
    quiet = town(
        lessons=[*lessons("a1", "a"), *lessons("b1", "b")], seats=[*seats("a1", "a", crowd(20)), *seats("b1", "b", crowd(20, "y"))],
        comings=attended(0, 10).comings, candidates=OTHERS,
    )
    assert ask_all(quiet, numbers()) == []
    two = [*lessons("a1", "a", room="机房 1"), *lessons("b1", "b", room="机房 1")]
    guilty = [
        *asked("F7", attended(6, 6, within_seconds)), *asked("F11", passed_off(9)), *asked("F14", town(lessons=two)),
        *asked("F13", town(candidates=[*OTHERS, *changed(9, BOTH)])),
        *asked("F13", town(candidates=[*OTHERS, *candidates("body", 70, 0)])),
        *asked("F13", town(candidates=[*OTHERS, *candidates("body", 30, 30, papers=(Paper("theory", 6000),))])),
    ]
    assert {s.code for s in guilty} == {
        "case.F7.proxy", "case.F11.elsewhere", "case.F14.twice", "case.F13.altered", "case.F13.passes", "case.F13.heap",
    }
    for suspicion in guilty:
        for lang in ("zh", "en"):
            said = sentence(suspicion.code, suspicion.facts, lang)
            assert said.text != suspicion.code
            assert said.todo
            assert "{" not in said.text
        assert suspicion.rows
        assert suspicion.counted


def test_a_new_institution_name_is_used_where_it_is_known() -> None:
    facts = replace(passed_off(8), bodies={"a": replace(body("a"), name="星河学校"), "b": body("b"), "c": body("c")})
    [found] = asked("F11", facts)
    assert found.facts["name"] == "星河学校"
    assert found.subject == "organisation:a"
    assert found.institution == "a"
    assert isinstance(found.facts["hours"], int)
    assert date.fromisoformat(f"2026-{found.series[0][0]}") <= DAY
