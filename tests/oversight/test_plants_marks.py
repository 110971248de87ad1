"""What stands in the planted timetables: frauds are really there, and no honest history has what they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from skills.courses.queries.attendance import counts
from skills.kernel.db import reading
from skills.oversight.rehearsal import Planted
from skills.standards.rules import Level
from tests.certification.stage import Stage as Exams
from tests.oversight.test_plants import filled, rows
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


def altered(world: World) -> dict[str, set[tuple[int, int]]]:
    """Body → (before, after) of every score on which both typists had agreed before both of them typed another one."""
    bodies = {s["id"]: f"organisation:{s['organisation_id']}" for s in rows(world, "sitting")}
    where = {a["id"]: bodies[a["sitting_id"]] for a in rows(world, "application")}
    held = defaultdict(lambda: {1: [], 2: []})
    for entry in sorted(rows(world, "score_entry"), key=lambda e: e["at"]):
        held[entry["application_id"], entry["section"]][entry["turn"]].append(entry["hundredths"])
    found = defaultdict(set)
    for (application, _), typed in held.items():
        if typed[1][0] == typed[2][0] and min(len(typed[1]), len(typed[2])) > 1:
            found[where[application]].add((typed[1][0], typed[1][-1]))
    return found


def test_scores_are_put_up_over_the_mark_by_guilty_bodies_alone(town: tuple[World, Planted]) -> None:
    world, planted = town
    found = altered(world)
    key = next(look.subjects for look in planted.lookalikes if look.kind == "answer_key")
    for body, changes in found.items():
        up = [1 for before, after in changes if before < 6_000 <= after]
        fraud = body in guilty(planted, "F13")
        assert fraud or body in key
        assert not fraud or (len(up) > 3 and all(after >= 6_000 for _, after in changes))
    assert {f.strength for f in planted.frauds for body in found if f.rule == "F13" and body in f.subjects} == {1, 2, 3}
    assert {before < after for body in key & set(found) for before, after in found[body]} == {True, False}


def test_honest_exams_are_failed_by_some_and_missed_by_some(town: tuple[World, Planted]) -> None:
    world, planted = town
    bad = guilty(planted, "F13")
    states = [a["state"] for a in rows(world, "application") if f"person:{a['person_id']}" not in bad]
    share = states.count("passed") / len(states)
    assert 0.5 < share < 0.9
    assert states.count("incomplete") > 0
    signed = {s["id"] for s in rows(world, "sitting") if s["signed_by"]}
    assert signed == {a["sitting_id"] for a in rows(world, "application")}


def test_a_planted_exam_has_the_columns_of_one_that_was_acted(town: tuple[World, Planted], lite: World) -> None:
    stage = Exams(lite)
    stage.file(Level.L5, Level.L4)
    sitting = stage.open(level=int(Level.L5))
    marks = dict(zip([stage.apply(sitting, stage.graduate()) for _ in range(3)], (("81", "77.5"), ("40", "70"), ("absent", "absent")), strict=True))
    stage.hold(sitting)
    stage.type(stage.first, sitting, "theory", dict.fromkeys(marks, "50"))
    stage.score(sitting, marks, Level.L5)
    stage.notice(sitting)
    stage.conclude(sitting)
    for table in ("filing", "filing_scope", "sitting", "application", "score_sheet", "score_entry", "score"):
        acted, ours = filled(rows(lite, table), table), filled(rows(town[0], table), table)
        assert acted.keys() <= ours.keys(), table
        for state, (always, ever) in acted.items():
            missing, invented = always - ours[state][1] - {"room_records"}, ours[state][0] - ever  # held as before rooms had records
            assert (missing, invented) == (set(), set()), f"{table} {state}"


def test_the_attendance_that_was_filed_is_the_one_that_was_written(town: tuple[World, Planted]) -> None:
    world, _ = town
    ended = [p for p in rows(world, "enrolment") if p["state"] in ("completed", "failed")]
    with reading(world.engine) as db:
        kept = counts(db, sorted({p["class_id"] for p in ended}))
    written = [(kept[p["class_id"], p["person_id"]].percent, p) for p in ended if (p["class_id"], p["person_id"]) in kept]
    assert [(percent, p["attendance"]) for percent, p in written if percent != Decimal(p["attendance"])] == []
    assert 0.5 < len(written) / len(ended) < 0.95, "most classes have a screen, some have none"
    assert all(percent >= 80 for percent, p in written if p["state"] == "completed")
    assert len({percent for percent, _ in written}) > 6


def test_attendance_of_whoever_never_came_is_written_by_one_hand(town: tuple[World, Planted]) -> None:
    world, planted = town
    came = defaultdict(list)
    for row in rows(world, "attendance"):
        if row["replaced_at"] is None and row["way"] != "correction":
            came[f"person:{row['person_id']}"].append((row["session_id"], row["at"]))
    asked = {f"person:{c['person_id']}" for c in rows(world, "attendance_correction") if c["asked_as"] == "institution"}
    for fraud in (f for f in planted.frauds if f.rule == "F7"):
        people = {s for s in fraud.subjects if s.startswith("person:")}
        moments = defaultdict(list)
        for session, at in (one for person in people for one in came[person]):
            moments[session].append(at)
        assert len(moments) > 3
        assert all((max(m) - min(m)).total_seconds() < 160 for m in moments.values())
        assert people & asked
