"""Stretches of time, in order and without overlap (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NOTHING = timedelta()


@dataclass(frozen=True, order=True)
class Span:
    """From `starts` (inclusive) to `ends` (exclusive), aware moments; nothing if it ends before it starts."""

    starts: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return max(NOTHING, self.ends - self.starts)


def shared(a: Span, b: Span) -> Span | None:
    """What two spans have in common; None if they only touch."""
    both = Span(max(a.starts, b.starts), min(a.ends, b.ends))
    return both if both.starts < both.ends else None


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time, each moment once, in order."""
    found: list[Span] = []
    for span in sorted(s for s in spans if s.starts < s.ends):
        if found and span.starts <= found[-1].ends:
            found[-1] = Span(found[-1].starts, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found


def without(spans: Iterable[Span], gone: Iterable[Span]) -> list[Span]:
    """The time of `spans` that is none of `gone`, in order."""
    left = union(spans)
    for hole in union(gone):
        kept = []
        for span in left:
            kept += [s for s in (Span(span.starts, min(span.ends, hole.starts)), Span(max(span.starts, hole.ends), span.ends))
                     if s.starts < s.ends]  # fmt: skip
        left = kept
    return left


def common(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The time that both have, in order."""
    mine = union(spans)
    return [both for other in union(others) for span in mine if (both := shared(span, other))]


def total(spans: Sequence[Span]) -> timedelta:
    """How long all of them are together; they do not overlap."""
    return sum((s.length for s in spans), NOTHING)
