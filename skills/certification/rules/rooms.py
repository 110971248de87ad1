"""Rooms and hours of an exam as a plan names them (pure).

Sources: domain rulebook §3.1 (at least two invigilators in a room; shortest times of sections), features list rows 23 and 27.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from skills.certification.rules.seating import Room
from skills.kernel.errors import Refusal

MOST_ROOMS = 60
MOST_ROWS = 30  # and as many columns


@dataclass(frozen=True)
class PlannedRoom:
    """A room of the site: rows from the front, columns from the door, and whether one gets in without a step."""

    name: str
    rows: int
    columns: int
    step_free: bool = True

    @property
    def grid(self) -> Room:
        """The room as seating sees it."""
        return Room(self.rows, self.columns, self.step_free)

    @property
    def line(self) -> str:
        """As `read_rooms` reads it: 第1考场 6×5."""
        return f"{self.name} {self.rows}×{self.columns}{'' if self.step_free else ' 有台阶'}"


@dataclass(frozen=True)
class Hour:
    """When a section begins (HH:MM, in Shanghai) and how many minutes it lasts."""

    section: str
    begins: str
    minutes: int

    @property
    def text(self) -> str:
        """09:00–10:30."""
        hour, minute = map(int, self.begins.split(":"))
        end = hour * 60 + minute + self.minutes
        return f"{self.begins}–{end // 60 % 24:02}:{end % 60:02}"


def standard_rooms(capacity: int) -> tuple[PlannedRoom, ...]:
    """So many standard rooms of thirty as so many people need."""
    return tuple(PlannedRoom(f"第{n}考场", 6, 5) for n in range(1, -(-capacity // 30) + 1))


def read_rooms(text: str) -> tuple[PlannedRoom, ...]:
    """Rooms as they are written, one a line: a name, rows×columns, and 有台阶 (or "steps") if there is no way in without one.

    Raises Refusal("plan.room_line") for the first line that cannot be read.
    """
    found = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = unicodedata.normalize("NFKC", raw).strip()
        if not line:
            continue
        read = _LINE.fullmatch(line)
        if read is None:
            raise Refusal("plan.room_line", line=number, text=line[:40])
        found.append(PlannedRoom(read["name"].strip(), int(read["rows"]), int(read["columns"]), read["steps"] is None))
    check_rooms(found)
    return tuple(found)


_LINE = re.compile(r"(?P<name>.{1,40}?)[\s,,:]+(?P<rows>\d{1,2})\s*[x*×X]\s*(?P<columns>\d{1,2})(?:[\s,,]+(?P<steps>有台阶|steps))?")


def check_rooms(rooms: Sequence[PlannedRoom]) -> None:
    """Rooms can be worked with. Raises Refusal("plan.rooms_many" | "plan.room_size" | "plan.room_twice")."""
    if len(rooms) > MOST_ROOMS:
        raise Refusal("plan.rooms_many", most=MOST_ROOMS)
    for room in rooms:
        if not (1 <= room.rows <= MOST_ROWS and 1 <= room.columns <= MOST_ROWS and 1 <= len(room.name) <= 40):
            raise Refusal("plan.room_size", room=room.name, most=MOST_ROWS)
    names = [room.name for room in rooms]
    for name in names:
        if names.count(name) > 1:
            raise Refusal("plan.room_twice", room=name)


def short_hours(hours: Iterable[Hour], needed: Mapping[str, int]) -> list[str]:
    """Sections without an hour, or with fewer minutes than needed, in the order of `needed`."""
    given = {hour.section: hour.minutes for hour in hours}
    return [section for section, least in needed.items() if given.get(section, 0) < least]
