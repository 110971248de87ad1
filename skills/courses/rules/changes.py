"""When a session of an approved class may be moved, and who has to agree (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from skills.kernel.clock import shanghai_day
from skills.kernel.findings import Finding, Verdict, no_fault

FILED = "开班后变更时间、场地、师资须事先报备（变更报备）"


@dataclass(frozen=True)
class Seat:
    """When, where and by whom a session is held: what a change replaces. Lecturers by id."""

    starts_at: datetime
    ends_at: datetime
    room: str
    address: str
    lecturers: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """Hours before the session: until `file` a change is filed, until `ask` the bureau may grant it, after that it is too late.

    makeup  days within which a session is made up for
    """

    file: int
    ask: int
    makeup: int = 0


@dataclass(frozen=True)
class Moving:
    """A change as somebody wants it: the class, the session as it is, as it shall be, and the other sessions of the class.

    pair  if it is a make-up 补课 or has one: the end of the session and the beginning of its make-up, as they would then be
    """

    now: datetime
    live: bool
    class_starts: date
    before: Seat
    after: Seat
    others: Sequence[tuple[datetime, datetime]]
    asked_already: bool
    unnamed: bool
    reason: str
    signed_in: bool = False  # somebody has, at a moment or with a mark that the new time would not have given
    pair: tuple[datetime, datetime] | None = None


def in_time(now: datetime, before: Seat, after: Seat, limits: Limits) -> bool:
    """Whether filing is enough: early enough before the session as it is and as it shall be."""
    return min(before.starts_at, after.starts_at) - now >= timedelta(hours=limits.file)


def may_move(wish: Moving, limits: Limits) -> Verdict:
    """Whether a session may be moved so, by filing or by the bureau's word. `session_change.not_possible`."""
    lead = min(wish.before.starts_at, wish.after.starts_at) - wish.now
    clear = all(wish.after.ends_at <= starts or ends <= wish.after.starts_at for starts, ends in wish.others)
    same = _minutes(wish.after) >= _minutes(wish.before)
    made_up = wish.pair is None or wish.pair[0] < wish.pair[1] <= wish.pair[0] + timedelta(days=limits.makeup)
    return no_fault(
        "session_change.not_possible",
        [
            Finding("session_change.class_live", wish.live, FILED),
            Finding("session_change.lead", lead > timedelta(hours=limits.ask), FILED, {"hours": limits.ask, "starts": wish.now + lead}),
            Finding("session_change.other", wish.before != wish.after, FILED),
            Finding("session_change.length", wish.after.ends_at > wish.after.starts_at and same, FILED, {"minutes": _minutes(wish.before)}),
            Finding("session_change.after_start", shanghai_day(wish.after.starts_at) >= wish.class_starts, FILED, {"starts": wish.class_starts}),
            Finding("session_change.makeup", made_up, FILED, {"days": limits.makeup}),
            Finding("session_change.clear", clear, FILED),
            Finding("session_change.placed", bool(wish.after.room.strip()), FILED),
            Finding("session_change.named", not wish.unnamed, FILED),
            Finding("session_change.once", not wish.asked_already, FILED),
            Finding("session_change.signed_in", not wish.signed_in, FILED),
            Finding("session_change.reason", bool(wish.reason.strip()), FILED),
        ],
    )


def _minutes(seat: Seat) -> int:
    return int((seat.ends_at - seat.starts_at).total_seconds()) // 60
