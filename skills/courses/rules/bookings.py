"""When a lecturer or a room is wanted twice at once, wherever (pure)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

BOOKED = "师资和教室同一时段只能安排一处（过程管理：师资、场地须真实可用）"


@dataclass(frozen=True)
class Slack:
    """Minutes that a lecturer needs between two addresses; `makeup` if one of the two is a make-up."""

    between: int
    makeup: int


@dataclass(frozen=True)
class Slot:
    """A session as it takes up people and a room. `place` and `address` as they are compared; lecturers by id."""

    starts_at: datetime
    ends_at: datetime
    lecturers: tuple[str, ...]
    place: str
    address: str
    makeup: bool = False


@dataclass(frozen=True)
class Booked:
    """A booking that counts: of a lecturer (`lecturer_id`) or of a room (none)."""

    id: str
    lecturer_id: str | None
    place: str
    address: str
    starts_at: datetime
    ends_at: datetime
    makeup: bool


@dataclass(frozen=True)
class Collision:
    """Which booking stands against which slot: kind lecturer, travel or room."""

    kind: str
    slot: Slot
    booked: Booked


def address_of(district: str, address: str) -> str:
    """An address as it is compared: width, case and blanks make no difference."""
    return f"{district}|{_same(address)}"[:140]


def place_of(district: str, address: str, room: str) -> str:
    """Address and room as they are compared; empty for a session without a room."""
    return f"{address_of(district, address)}|{_same(room)}"[:200] if room.strip() else ""


def _same(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def meet(slot: Slot, booked: Booked, slack: Slack) -> str:
    """lecturer, travel or room if the two cannot both be; empty if they can."""
    overlap = slot.starts_at < booked.ends_at and booked.starts_at < slot.ends_at
    if booked.lecturer_id is None:
        return "room" if overlap and slot.place and slot.place == booked.place else ""
    if booked.lecturer_id not in slot.lecturers:
        return ""
    if overlap:
        return "lecturer"
    gap = max(booked.starts_at - slot.ends_at, slot.starts_at - booked.ends_at)
    minutes = slack.makeup if slot.makeup or booked.makeup else slack.between
    away = bool(slot.address) and bool(booked.address) and slot.address != booked.address
    return "travel" if away and gap < timedelta(minutes=minutes) else ""


def collisions(slots: Iterable[Slot], booked: Sequence[Booked], slack: Slack) -> list[Collision]:
    """Every slot with each booking that stands against it, in the order of time."""
    found = [Collision(kind, s, b) for s in slots for b in booked if (kind := meet(s, b, slack))]
    return sorted(found, key=lambda c: (c.slot.starts_at, c.kind, c.booked.id))
