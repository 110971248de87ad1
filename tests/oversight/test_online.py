"""F10: automatic players are named, with what gave them away; who learns at night, fast, or at a shared machine is not."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from skills.oversight.rules.facts import Facts, Sat
from skills.web.i18n import sentence
from tests.oversight.facts import NOW, about, asked, town, use

pytestmark = pytest.mark.row(15)
DAYS, MINUTE = timedelta(days=1), timedelta(minutes=1)
DRAW = random.Random(7)


def sat(person: str, day: int, lesson: str = "l1", minute: float = 0, long: float = 25, **change: Any) -> Sat:
    """An evening in front of a lesson: two questions, each answered in its own time."""
    starts = NOW - 30 * DAYS + day * DAYS + minute * MINUTE
    made = Sat(
        f"{person}-{day}-{lesson}-{minute}", lesson, "class-a", "a", person, f"device-{person}", starts, starts + long * MINUTE,
        (DRAW.uniform(2, 30), DRAW.uniform(2, 30)), (100,) * 25,
    )  # fmt: skip
    return replace(made, **change)


def honest(count: int = 20) -> list[Sat]:
    """People who learn at home, each when it suits them."""
    return [sat(f"h{n}", day, minute=DRAW.uniform(0, 150), long=DRAW.uniform(15, 40)) for n in range(count) for day in range(4)]


def seen(*odd: Sat, count: int = 20) -> Facts:
    return town(sittings=tuple(sorted([*honest(count), *odd], key=lambda s: (s.starts, s.id))))


@pytest.mark.parametrize(("people", "quiet", "strength"), [(2, 20, 0), (3, 20, 1), (8, 20, 2), (26, 4, 3)])
def test_windows_that_open_and_close_together_are_named_the_more_the_stronger(people: int, quiet: int, strength: int) -> None:
    """A fourth window belongs to somebody whose lesson plays for somebody else's account only once."""
    odd = [sat(f"x{n}", day, minute=200 + n / 200) for day in range(5) for n in range(max(people, 4))]
    if people < 4:
        odd = [s for s in odd if int(s.person[1:]) < people or s.starts == min(o.starts for o in odd if o.person == s.person)]
        odd += [sat(f"y{day}", day, minute=200.001) for day in range(5)]
    found = about("F10", seen(*odd, count=quiet))
    if people == 2:
        assert found == {}
    else:
        assert found == {"organisation:a": strength}


def test_a_program_answers_always_after_the_same_time() -> None:
    odd = [sat(f"x{n}", day, minute=200 + 30 * n, answers=(3.0 + n / 10, 3.1 + n / 10)) for day in range(5) for n in range(4)]
    [found] = asked("F10", seen(*odd))
    assert found.facts["mechanical"] == 4
    assert found.facts["together"] == 0
    told = sentence(found.code, found.facts, "zh")
    assert "24 名在线学员中有 4 人" in told.text
    assert told.todo
    assert sentence(found.code, found.facts, "en").text
    assert {i.split("-")[0] for i in found.rows} == {"x0", "x1", "x2", "x3"}


def test_playing_faster_than_allowed_is_named_and_the_fastest_allowed_is_not() -> None:
    fast = [sat(f"x{n}", day, minute=200 + 3 * n, rates=(200,) * 20 + (100,) * 5) for day in range(4) for n in range(5)]
    assert about("F10", seen(*fast)) == {"organisation:a": 1}
    allowed = [replace(s, rates=(150,) * 25) for s in fast]
    assert about("F10", seen(*allowed)) == {}


def test_only_the_money_of_those_people_is_held() -> None:
    odd = [sat(f"p{n}", day, minute=200 + 30 * n, answers=(3.0, 3.1)) for day in range(5) for n in (100, 101, 102)]
    mine = use(100, "a", person="p100", klass="class-a")
    facts = replace(seen(*odd), uses=(mine, use(101, "a", person="other")))
    [found] = asked("F10", facts)
    assert found.uses == (mine.id,)


@pytest.mark.parametrize("kind", ["family", "night", "room", "quick"])
def test_honest_people_are_left_alone(kind: str) -> None:
    match kind:
        case "family":  # one machine, one after the other
            odd = [sat(f"x{n}", day, minute=100 + 40 * n, device="home") for day in range(6) for n in range(3)]
        case "night":
            odd = [sat(f"x{n}", day, minute=400 + DRAW.uniform(0, 90)) for day in range(6) for n in range(6)]
        case "room":  # fifteen alike machines, begun when the teacher says so, done when the room closes
            odd = [sat(f"x{n}", day, minute=100 + 4 * DRAW.random(), long=24 + DRAW.random(), device="room") for day in range(3) for n in range(15)]
        case _:
            odd = [
                sat(f"x{n}", day, minute=10 * n, answers=(DRAW.uniform(1.5, 5), DRAW.uniform(1.5, 5)), rates=(150,) * 25)
                for day in range(6) for n in range(5)
            ]  # fmt: skip
    assert about("F10", seen(*odd)) == {}


def test_long_ago_and_nothing_are_no_matter() -> None:
    odd = [replace(s, starts=s.starts - 400 * DAYS, ends=s.ends - 400 * DAYS) for s in seen().sittings]
    assert about("F10", town(sittings=tuple(odd))) == {}
    assert about("F10", town()) == {}
