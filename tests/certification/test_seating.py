"""Seating: nobody beside the same paper where that can be, the same seed the same plan, nobody moved by who comes late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.certification.rules.seating import Place, Room, Seat, arrange, comfortable

pytestmark = pytest.mark.row(27)

FOUR = (Room(8, 7), Room(8, 7), Room(8, 7), Room(8, 7))
rooms = st.lists(st.builds(Room, st.integers(1, 7), st.integers(1, 7), st.booleans()), min_size=1, max_size=4)


def crowd(count: int) -> list[str]:
    return [f"application-{n}" for n in range(count)]


def neighbours(seats: dict[str, Seat]) -> int:
    """Counted another way: every two people of a room whose places differ by one step and whose paper is the same."""
    held = list(seats.values())
    return sum(
        a.paper == b.paper and a.place.room == b.place.room
        and abs(a.place.row - b.place.row) + abs(a.place.column - b.place.column) == 1
        for n, a in enumerate(held) for b in held[:n]
    )  # fmt: skip


def test_two_hundred_in_four_rooms_have_no_neighbour_with_the_same_paper() -> None:
    for papers in (2, 3, 4):
        made = arrange(crowd(200), FOUR, papers, "seed")
        assert len(made.seats) == len({seat.place for seat in made.seats.values()}) == 200
        assert neighbours(dict(made.seats)) == made.close == 0
        assert len({seat.paper for seat in made.seats.values()}) == papers


def test_with_one_paper_every_second_place_is_free_until_there_are_too_many_and_then_it_is_said() -> None:
    assert comfortable(FOUR, 1) == 112
    assert comfortable(FOUR, 2) == 224
    assert arrange(crowd(112), FOUR, 1, "seed").close == 0
    crowded = arrange(crowd(113), FOUR, 1, "seed")
    assert crowded.close == neighbours(dict(crowded.seats)) == 2  # the one too many sits where it disturbs fewest: in a corner
    assert len(arrange(crowd(224), FOUR, 1, "seed").seats) == 224
    over = arrange(crowd(226), FOUR, 2, "seed")
    assert (len(over.seats), len(over.unseated)) == (224, 2)


@given(rooms, st.integers(1, 4), st.integers(0, 60), st.randoms(use_true_random=False))
def test_whatever_the_rooms_are(made: list[Room], papers: int, count: int, shuffle: object) -> None:
    people = crowd(count)
    plan = arrange(people, made, papers, "s")
    there = min(count, sum(room.places for room in made))
    assert len(plan.seats) == len({seat.place for seat in plan.seats.values()}) == there
    assert len(plan.unseated) == count - there
    for seat in plan.seats.values():
        room = made[seat.place.room - 1]
        assert 1 <= seat.place.row <= room.rows
        assert 1 <= seat.place.column <= room.columns
    assert plan.close == neighbours(dict(plan.seats))
    if count <= comfortable(made, papers):
        assert plan.close == 0
    shuffle.shuffle(people)  # type: ignore[attr-defined]
    assert arrange(people, made, papers, "s") == plan


@given(rooms, st.integers(1, 4), st.integers(0, 30), st.integers(1, 5))
def test_who_comes_late_moves_nobody(made: list[Room], papers: int, count: int, late: int) -> None:
    first = arrange(crowd(count), made, papers, "s")
    then = arrange([f"late-{n}" for n in range(late)], made, papers, "s", taken=first.seats)
    assert first.seats.items() <= then.seats.items()
    if len(then.seats) <= comfortable(made, papers):
        assert then.close == 0


def test_another_seed_is_another_plan() -> None:
    assert arrange(crowd(50), FOUR, 2, "a") != arrange(crowd(50), FOUR, 2, "b")


def test_who_cannot_climb_chooses_first_and_if_there_is_no_such_place_it_is_said() -> None:
    stairs, flat = Room(2, 2, step_free=False), Room(1, 2)
    made = arrange(crowd(5), (stairs, flat), 2, "s", step_free={"application-1", "application-4"})
    assert {made.seats[f"application-{n}"].place for n in (1, 4)} == {Place(2, 1, 1), Place(2, 1, 2)}
    assert not made.stepped
    tight = arrange(crowd(5), (stairs, flat), 2, "s", step_free={f"application-{n}" for n in range(3)})
    assert len(tight.stepped) == 1


def test_there_is_at_least_one_paper_and_no_more_than_four() -> None:
    for wrong in (0, 5):
        with pytest.raises(ValueError, match="papers"):
            arrange(crowd(1), FOUR, wrong, "s")
