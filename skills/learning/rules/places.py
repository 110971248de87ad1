"""One person in two places at once, and what a class hour is (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from itertools import combinations

from skills.courses.rules.attendance import Mark, Way
from skills.learning.rules.spans import NOTHING, Span, common, total


class Kind(StrEnum):
    """Where a class hour comes from."""

    ROOM = "room"
    ONLINE = "online"


KIND_WORDS: dict[str, tuple[str, str]] = {Kind.ROOM: ("面授", "In the room"), Kind.ONLINE: ("在线", "Online")}


class Counts(StrEnum):
    """Which of two places counts, as the bureau decided."""

    FIRST = "first"
    SECOND = "second"
    NEITHER = "neither"


@dataclass(frozen=True)
class Place:
    """Where somebody was by what was written. `source` is a session or a study; `klass` the class that it counts for."""

    kind: Kind
    source: str
    klass: str
    spans: Sequence[Span]


@dataclass(frozen=True)
class Meeting:
    """Two places at once, `first` the earlier by kind and source; `span` from the first shared moment to the last."""

    first: Place
    second: Place
    span: Span
    minutes: int


def presence(starts: datetime, ends: datetime, mark: Mark, way: str, at: datetime, left_at: datetime | None) -> Span | None:
    """When somebody was in a session; None if absent. A correction does not tell the moment: then it is the whole session."""
    if mark is Mark.ABSENT:
        return None
    came = starts if way == Way.CORRECTION else max(starts, at)
    span = Span(came, min(ends, left_at) if left_at else ends)
    return span if span.starts < span.ends else None


def meetings(places: Iterable[Place], least: timedelta) -> Iterator[Meeting]:
    """Pairs of places that share at least so much time. Two studies never do: a moment online counts once anyway."""
    ordered = sorted(places, key=lambda p: (p.kind != Kind.ROOM, p.source))
    for a, b in combinations(ordered, 2):
        if (a.kind is Kind.ONLINE and b.kind is Kind.ONLINE) or a.source == b.source:
            continue
        both = common(a.spans, b.spans)
        if both and total(both) >= max(least, timedelta(seconds=1)):
            yield Meeting(a, b, Span(both[0].starts, both[-1].ends), int(total(both) // timedelta(minutes=1)))


def session_minutes(starts: datetime, ends: datetime, units: int) -> int:
    """Minutes of a session that was attended for `units` hundredths of it, never rounded up."""
    return int((ends - starts) // timedelta(minutes=1)) * units // 100


def hours(minutes: int, per_hour: int) -> Decimal:
    """Class hours of minutes, two decimals, never rounded up. Raises ValueError for an hour of no minutes."""
    if per_hour <= 0:
        raise ValueError("an hour has minutes")
    return (Decimal(minutes) / per_hour).quantize(Decimal("0.01"), ROUND_DOWN)


__all__ = ["KIND_WORDS", "NOTHING", "Counts", "Kind", "Meeting", "Place", "hours", "meetings", "presence", "session_minutes"]
