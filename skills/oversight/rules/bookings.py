"""The same hour twice: F11 one person at two institutions, F14 one lecturer or one room at two institutions (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from skills.kernel.clock import shanghai_day
from skills.oversight.rules.facts import Counted, Facts, Lesson, Seat, Suspicion, by, daily, percent, tier, unpaid

HOUR = timedelta(hours=1)
NOTHING = timedelta()


def shared(a: Lesson, b: Lesson) -> timedelta:
    """For how long two lessons go on at once; nothing if one begins where the other ends."""
    return max(NOTHING, min(a.ends, b.ends) - max(a.starts, b.starts))


def meeting(lessons: Iterable[Lesson], least: timedelta) -> Iterator[tuple[Lesson, Lesson]]:
    """Pairs of lessons of different institutions that go on at once for at least so long."""
    going: list[Lesson] = []
    for lesson in sorted(lessons, key=lambda one: (one.starts, one.id)):
        going = [g for g in going if g.ends > lesson.starts]
        yield from ((g, lesson) for g in going if g.institution != lesson.institution and shared(g, lesson) >= least)
        going.append(lesson)


# F11 --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Twice:
    """A person who was in two places: which seats, and the lessons of the one and the other."""

    person: str
    seats: tuple[Seat, Seat]
    lessons: frozenset[str]
    hours: float

    @property
    def bodies(self) -> frozenset[str]:
        return frozenset(s.institution for s in self.seats)


def f11(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Another training passed off as this one: its people sat elsewhere at the same hour (national audit of 2022: 23.60 m yuan).

    Hours count only if both places say that the person was there: by its attendance where there is any, else by the
    attendance that was filed, whose absence may explain them. Lessons that touch, called-off classes, places that were
    left and make-up lessons never count. Of two institutions that one of these hours concerns, the one is named that
    more of them concern, in people and then in their share of its people; both, if that is the same.
    """
    known = {lesson.id: lesson for lesson in facts.lessons}
    remaining = list(_twice(facts, numbers))
    learners = {i: {s.person for s in held} for i, held in by(facts.seats, lambda s: s.institution).items()}
    while remaining:
        people: dict[str, set[str]] = defaultdict(set)
        for one in remaining:
            for body in one.bodies:
                people[body].add(one.person)
        weight = {body: (len(who), percent(len(who), len(learners[body]))) for body, who in people.items()}
        most = max(weight.values())
        named = sorted(body for body in weight if weight[body] == most)
        strength = min(tier(most[0], numbers["people"]), tier(most[1], numbers["people_percent"]))
        for body in named if strength else ():
            yield _sat_elsewhere(facts, numbers, body, [t for t in remaining if body in t.bodies], most, strength, known)
        remaining = [t for t in remaining if not t.bodies & set(named)]


def _twice(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[_Twice]:
    lessons = by((one for one in facts.lessons if not one.makes_up), lambda one: one.klass)
    written = {c.klass for c in facts.comings}
    came = {(c.lesson, c.person) for c in facts.comings if c.there}
    least = timedelta(minutes=numbers["minutes"])
    for person, seats in by(facts.seats, lambda s: s.person).items():
        if len({s.institution for s in seats}) < 2:
            continue
        for a, b in combinations(seats, 2):
            if a.institution == b.institution:
                continue
            there = [
                one for seat in (a, b) for one in lessons.get(seat.klass, ()) if seat.klass not in written or (one.id, person) in came
            ]
            pairs = list(meeting(there, least))
            total = sum((shared(x, y) for x, y in pairs), NOTHING)
            for seat in (a, b):
                if seat.klass not in written:
                    total -= sum((one.ends - one.starts for one in lessons.get(seat.klass, ())), NOTHING) * seat.missed / 100
            if pairs and total >= numbers["hours"] * HOUR:
                yield _Twice(person, (a, b), frozenset(x.id for pair in pairs for x in pair), total / HOUR)


def _sat_elsewhere(
    facts: Facts, numbers: Mapping[str, Any], body: str, found: Sequence[_Twice], most: tuple[int, int], strength: int,
    known: Mapping[str, Lesson],
) -> Suspicion:  # fmt: skip
    places = {(t.person, s.klass) for t in found for s in t.seats if s.institution == body}
    others = sorted({s.institution for t in found for s in t.seats} - {body})
    lessons = sorted({i for t in found for i in t.lessons if known[i].institution == body})
    hours = round(sum(t.hours for t in found))
    held = [u for u in facts.uses if (u.person, u.klass) in places]
    return Suspicion(
        "F11", f"organisation:{body}", strength, "case.F11.elsewhere",
        {"name": facts.name(body), "n": most[0], "percent": most[1], "hours": hours, "others": len(others),
         "other": facts.name(others[0])},
        (
            Counted("同一时段在别处上课的人", "People who sat elsewhere at the same hour", str(most[0]), f"≥ {numbers['people'][0]}"),
            Counted("占该机构学员", "Share of its learners", f"{most[1]} %", f"≥ {numbers['people_percent'][0]} %"),
            Counted("重叠的人时", "Hours that overlap, of all of them", str(hours), f"每人 ≥ {numbers['hours']}|each ≥ {numbers['hours']}"),
            Counted("涉及课次", "Lessons", str(len(lessons)), "—"),
            Counted("另一方机构", "Other institutions", str(len(others)), "—"),
        ),
        tuple(sorted({f"{i}:{t.person}" for t in found for i in t.lessons if known[i].institution == body})),
        unpaid(held), body, daily(shanghai_day(known[i].starts) for i in lessons),
    )  # fmt: skip


# F14 --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Clash:
    """A day on which two institutions had the same lecturer or room. proven: the papers show the same person, or it is a room."""

    kind: str
    key: str
    day: date
    proven: bool
    lessons: tuple[Lesson, ...]


def f14(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Rented lecturers and rooms: booked by different institutions for the same hour, or for more hours than a day bears.

    Two schools may share a lecturer at different hours, and an address with several rooms; one day may be a mistake.
    Namesakes are told apart by the numbers of their papers. A lecturer's name alone, without such a number, is never
    strong: many people share a name.
    """
    least = timedelta(minutes=numbers["minutes"])
    at: dict[str, list[_Clash]] = defaultdict(list)
    for kind, key in (("lecturer", lambda one: one.lecturer), ("room", lambda one: one.room)):
        for name, lessons in by(facts.lessons, key).items():
            if len({one.institution for one in lessons}) < 2:
                continue
            for clash in _clashes(kind, name, lessons, least, numbers):
                for body in sorted({one.institution for one in clash.lessons}):
                    at[body].append(clash)
    for body, clashes in at.items():
        days = {c.day for c in clashes}
        strength = tier(len(days), numbers["days"])
        if not strength:
            continue
        sure = any(c.proven for c in clashes) or len({c.key for c in clashes}) > 1
        yield _rented(facts, numbers, body, clashes, days, strength if sure else min(strength, 2))


def _clashes(kind: str, name: str, lessons: Sequence[Lesson], least: timedelta, numbers: Mapping[str, Any]) -> Iterator[_Clash]:
    for a, b in meeting(lessons, least):
        if kind == "room":
            yield _Clash(kind, name, shanghai_day(a.starts), True, (a, b))
        elif not _namesakes(a, b):
            yield _Clash(kind, name, shanghai_day(a.starts), bool(_digits(a.proof) and _digits(b.proof)), (a, b))
    if kind == "lecturer":
        yield from _endless(name, lessons, numbers)


def _endless(name: str, lessons: Sequence[Lesson], numbers: Mapping[str, Any]) -> Iterator[_Clash]:
    """Days on which a lecturer would have stood at institutions one after the other for longer than anybody can."""
    for day, held in by(lessons, lambda one: shanghai_day(one.starts)).items():
        hours = sum((one.ends - one.starts for one in held), NOTHING)
        apart = any(_namesakes(a, b) for a, b in combinations(held, 2))
        if len({one.institution for one in held}) > 1 and not apart and hours > numbers["day_hours"] * HOUR:
            proven = len({_digits(one.proof) for one in held}) == 1 and bool(_digits(held[0].proof))
            yield _Clash("lecturer", name, day, proven, tuple(held))


def _digits(proof: str) -> str:
    """The number of a paper, if the text has one long enough to tell people apart."""
    found = "".join(c for c in proof if c.isdecimal() or c in "Xx").upper()
    return found if len(found) >= 6 else ""


def _namesakes(a: Lesson, b: Lesson) -> bool:
    one, other = _digits(a.proof), _digits(b.proof)
    return bool(one and other and one != other)


def _rented(
    facts: Facts, numbers: Mapping[str, Any], body: str, clashes: Sequence[_Clash], days: set[date], strength: int
) -> Suspicion:
    mine = {one.id: one for c in clashes for one in c.lessons if one.institution == body}
    others = sorted({one.institution for c in clashes for one in c.lessons} - {body})
    lecturers = {c.key for c in clashes if c.kind == "lecturer"}
    rooms = {c.key for c in clashes if c.kind == "room"}
    classes = {one.klass for one in mine.values()}
    return Suspicion(
        "F14", f"organisation:{body}", strength, "case.F14.twice",
        {"name": facts.name(body), "other": facts.name(others[0]), "others": len(others), "days": len(days),
         "lecturers": len(lecturers), "rooms": len(rooms)},
        (
            Counted("同一时段重复的天数", "Days with the same hour twice", str(len(days)), f"≥ {numbers['days'][0]}"),
            Counted("重复的教师", "Lecturers booked twice", str(len(lecturers)), "0"),
            Counted("重复的教室", "Rooms booked twice", str(len(rooms)), "0"),
            Counted("涉及课次", "Lessons", str(len(mine)), "—"),
            Counted("另一方机构", "Other institutions", str(len(others)), "—"),
        ),
        tuple(sorted(mine)), unpaid(u for u in facts.uses if u.klass in classes and u.institution == body), body, daily(days),
    )  # fmt: skip
