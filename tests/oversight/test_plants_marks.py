"""What stands in the planted timetables: frauds are really there, and no honest history has what they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

import pytest

from skills.oversight.rehearsal import Planted
from tests.oversight.test_plants import rows
from tests.world import World

pytestmark = pytest.mark.row(15)


def meetings(
    world: World, key: Callable[[Mapping[str, Any], Mapping[str, Any]], list[Any]]
) -> Iterator[tuple[Any, frozenset[str]]]:
    """Whatever `key` of (session, class) names in two institutions at one hour, with the two; classes called off are left out."""
    classes = {c["id"]: c for c in rows(world, "course_class") if c["state"] != "cancelled"}
    held = defaultdict(list)
    for s in rows(world, "class_session"):
        if s["class_id"] in classes:
            for named in key(s, classes[s["class_id"]]):
                held[named].append((s["starts_at"], s["ends_at"], classes[s["class_id"]]["institution_id"]))
    for named, spans in held.items():
        for (a, b, one), (c, d, two) in combinations(spans, 2):
            if one != two and a < d and c < b:
                yield named, frozenset({f"organisation:{one}", f"organisation:{two}"})


def guilty(planted: Planted, rule: str) -> frozenset[str]:
    return frozenset().union(*(f.subjects for f in planted.frauds if f.rule == rule))


def test_only_rented_lecturers_and_rooms_are_in_two_schools_at_once(town: tuple[World, Planted]) -> None:
    world, planted = town
    rooms = {both for _, both in meetings(world, lambda s, c: [(c["address"], s["room"])])}
    lecturers = {both for _, both in meetings(world, lambda s, c: [c["lecturer"]])}
    namesakes = next(look.subjects for look in planted.lookalikes if look.kind == "namesakes")
    rented = guilty(planted, "F14")
    assert all(both <= rented for both in rooms)
    assert {both <= rented or both <= namesakes for both in lecturers} == {True}
    for fraud in (f for f in planted.frauds if f.rule == "F14"):
        assert any(both <= fraud.subjects for both in lecturers)
        assert any(both <= fraud.subjects for both in rooms) == (fraud.strength > 1)


def test_only_whoever_is_passed_off_is_in_two_schools_at_once(town: tuple[World, Planted]) -> None:
    world, planted = town
    there = defaultdict(list)
    for place in rows(world, "enrolment"):
        if place["left_at"] is None:
            there[place["class_id"]].append(f"person:{place['person_id']}")
    found = defaultdict(set)
    for person, both in meetings(world, lambda s, c: there[c["id"]]):
        found[both].add(person)
    frauds = [f for f in planted.frauds if f.rule == "F11"]
    assert {person for people in found.values() for person in people} <= guilty(planted, "F11")
    sizes = [len(people) for f in frauds for both, people in found.items() if both <= f.subjects]
    assert sizes == [4, 12, 28]
