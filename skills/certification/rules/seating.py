"""Who sits where, and which paper lies there (pure).

Nobody has the same paper as the neighbour in front, behind or to either side. With two papers or more that can always
be done: papers alternate over the grid like colours. With one paper every second place stays free; when there are not
places enough for that, people do sit side by side with the same paper, and how many such pairs there are is said.

The same seed and the same people give the same plan, whatever order they come in; who already sits is never moved.
Source: features list row 27, domain rulebook §3.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

PAPERS = "ABCD"  # how many papers there can be beside one another


@dataclass(frozen=True, order=True)
class Place:
    """A place in a room: which room, row and column, each from 1 on."""

    room: int
    row: int
    column: int

    @property
    def around(self) -> tuple[Place, ...]:
        """In front, behind, to the left and to the right; some of them may be outside the room."""
        room, row, column = self.room, self.row, self.column
        return Place(room, row - 1, column), Place(room, row + 1, column), Place(room, row, column - 1), Place(room, row, column + 1)


@dataclass(frozen=True)
class Room:
    """A room as seating sees it: rows from the front, columns from the door; whether one gets in without a step."""

    rows: int
    columns: int
    step_free: bool = True

    @property
    def places(self) -> int:
        """How many places it has."""
        return self.rows * self.columns

    @property
    def apart(self) -> int:
        """How many can sit in it with nobody in front, behind or beside them: every second place."""
        return -(-self.places // 2)


@dataclass(frozen=True)
class Seat:
    """Where somebody sits, and the paper that lies there."""

    place: Place
    paper: str


@dataclass(frozen=True)
class Seating:
    """A plan: who sits where; how many pairs of neighbours have the same paper; who had to sit behind a step; who has no place."""

    seats: Mapping[str, Seat]
    close: int
    stepped: tuple[str, ...] = ()
    unseated: tuple[str, ...] = ()


def comfortable(rooms: Iterable[Room], papers: int) -> int:
    """How many people these rooms take with no two neighbours over the same paper."""
    return sum(room.places if papers > 1 else room.apart for room in rooms)


def arrange(
    people: Collection[str], rooms: Sequence[Room], papers: int, seed: str, *, taken: Mapping[str, Seat] | None = None,
    step_free: Collection[str] = (),
) -> Seating:  # fmt: skip
    """Seat these people, none of whom sits yet, into what is free.

    papers     how many different papers there are, 1 to 4
    taken      who sits already: they stay where they are
    step_free  who needs a room without a step: they choose first
    """
    if not 1 <= papers <= len(PAPERS):
        raise ValueError(f"{papers} papers")
    held = dict(taken or {})
    used = {seat.place: seat.paper for seat in held.values()}
    free = [place for place in _places(rooms, papers) if place not in used]
    new: dict[str, Seat] = {}
    stepped: list[str] = []
    unseated: list[str] = []
    needing = set(step_free)
    for who in sorted(people, key=lambda one: (one not in needing, _drawn(seed, one))):
        if not free:
            unseated.append(who)
            continue
        place = _chosen(free, rooms, who in needing, used if papers == 1 else {})
        free.remove(place)
        if who in needing and not rooms[place.room - 1].step_free:
            stepped.append(who)
        new[who] = Seat(place, _paper(place, papers))
        used[place] = new[who].paper
    return Seating(held | new, _close(used), tuple(stepped), tuple(unseated))


def _chosen(free: Sequence[Place], rooms: Sequence[Room], needs: bool, used: Mapping[Place, str]) -> Place:
    """The first free place with the fewest people around it, without a step for who needs that, if there is one.

    used  who sits where, if that matters: with one paper alone
    """
    fitting = [place for place in free if rooms[place.room - 1].step_free] if needs else []
    best, fewest = (fitting or free)[0], len(Place(0, 0, 0).around) + 1
    for place in (fitting or free) if used else ():
        around = sum(one in used for one in place.around)
        if around < fewest:
            best, fewest = place, around
        if not around:
            break
    return best


def _places(rooms: Sequence[Room], papers: int) -> Iterator[Place]:
    """All places in the order in which they fill: with one paper first every second one of all rooms."""
    everywhere = [
        Place(n, row, column)
        for n, room in enumerate(rooms, 1)
        for row in range(1, room.rows + 1)
        for column in range(1, room.columns + 1)
    ]
    if papers > 1:
        yield from everywhere
        return
    yield from (place for place in everywhere if (place.row + place.column) % 2 == 0)
    yield from (place for place in everywhere if (place.row + place.column) % 2)


def _paper(place: Place, papers: int) -> str:
    """The paper of a place: like colours, so that none lies beside itself."""
    if papers == 1:
        return PAPERS[0]
    step = 1 if papers == 2 else 2
    return PAPERS[(place.row + step * place.column) % papers]


def _close(used: Mapping[Place, str]) -> int:
    """Pairs of neighbours with the same paper, each once."""
    return sum(used.get(one) == paper for place, paper in used.items() for one in place.around) // 2


def _drawn(seed: str, who: str) -> bytes:
    return hashlib.sha256(f"{seed}:{who}".encode()).digest()
