"""When an attendance may be written, what it is, and what all of them come to (pure).

Source: features.md row 11 and F7 (Singapore: the learner's own scan; Korea: late or early counts one half, and staff of
institutions were taken from attendance after audits). All numbers are policy rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

WHOLE = 100  # a session attended in full, in hundredths


class Side(StrEnum):
    """Coming or leaving."""

    IN = "in"
    OUT = "out"


class Mark(StrEnum):
    """What an attendance says. On the side of leaving only `on_time` and `absent` (left early, or nobody saw)."""

    ON_TIME = "on_time"
    LATE = "late"
    ABSENT = "absent"


class Way(StrEnum):
    """How an attendance was written."""

    SCAN = "scan"
    TYPED = "typed"
    CARD = "card"
    CORRECTION = "correction"


class Reason(StrEnum):
    """Why a correction is asked for."""

    PHONE = "phone"
    SCREEN = "screen"
    NOT_THERE = "not_there"
    OTHER = "other"


MARK_WORDS: Mapping[str, tuple[str, str]] = {
    Mark.ON_TIME: ("按时", "on time"), Mark.LATE: ("迟到", "late"), Mark.ABSENT: ("缺勤", "absent"),
}  # fmt: skip
SIDE_WORDS: Mapping[str, tuple[str, str]] = {Side.IN: ("签到", "coming in"), Side.OUT: ("签退", "leaving")}
WAY_WORDS: Mapping[str, tuple[str, str]] = {
    Way.SCAN: ("扫码", "scanned"), Way.TYPED: ("输入码", "typed"), Way.CORRECTION: ("更正", "corrected"),
    Way.CARD: ("学员卡", "learner's card"),
}  # fmt: skip
REASON_WORDS: Mapping[str, tuple[str, str]] = {
    Reason.PHONE: ("手机故障或没有手机", "phone broken or none"), Reason.SCREEN: ("教室屏幕或网络故障", "the room's screen or network failed"),
    Reason.NOT_THERE: ("本人未到却有记录", "a record, yet the person was not there"),
    Reason.OTHER: ("其他", "something else"),
}  # fmt: skip


@dataclass(frozen=True)
class Times:
    """Policy of the day, in minutes around a session, and whether leaving is written too.

    before      how long before the start coming in may be written
    late        from so many minutes after the start it is late
    closes      so many minutes after the start coming in ends
    out_before  how long before the end leaving may be written
    out_after   how long after the end leaving ends
    """

    before: int
    late: int
    closes: int
    out_before: int
    out_after: int
    check_out: bool


@dataclass(frozen=True)
class Window:
    """From `opens` (inclusive) to `closes` (exclusive)."""

    opens: datetime
    closes: datetime

    def holds(self, now: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.opens <= now < self.closes


def window(starts: datetime, ends: datetime, side: Side, times: Times) -> Window:
    """When a side of a session may be written. The two never meet: coming in ends where leaving begins."""
    leaving = max(ends - timedelta(minutes=times.out_before), starts + (ends - starts) / 2)
    if side is Side.OUT:
        return Window(leaving, ends + timedelta(minutes=times.out_after))
    last = leaving if times.check_out else ends
    return Window(starts - timedelta(minutes=times.before), min(starts + timedelta(minutes=times.closes), last))


def side_now(starts: datetime, ends: datetime, now: datetime, times: Times) -> Side | None:
    """Which side may be written at a moment; None if none."""
    if window(starts, ends, Side.IN, times).holds(now):
        return Side.IN
    return Side.OUT if times.check_out and window(starts, ends, Side.OUT, times).holds(now) else None


def mark_at(starts: datetime, side: Side, now: datetime, times: Times) -> Mark:
    """What an attendance written at this moment says."""
    return Mark.LATE if side is Side.IN and now >= starts + timedelta(minutes=times.late) else Mark.ON_TIME


def bound_to(session_id: str, side: Side) -> str:
    """What the code of a room's screen is for."""
    return f"attendance:{session_id}:{side}"


@dataclass(frozen=True)
class Held:
    """One session for one person: the live marks of its sides, None where nothing was written.

    key     the session that is counted: a make-up session carries the key of the session it makes up for
    makeup  whether it is held in place of another
    """

    key: str
    came: Mark | None
    left: Mark | None = None
    makeup: bool = False


@dataclass(frozen=True)
class Count:
    """What a person attended of what was planned: sessions by kind, units in hundredths of a session."""

    full: int
    half: int
    absent: int
    attended: int

    @property
    def planned(self) -> int:
        """Sessions that count; a session and its make-up are one."""
        return self.full + self.half + self.absent

    @property
    def planned_units(self) -> int:
        """What all sessions in full would come to, in hundredths."""
        return self.planned * WHOLE

    @property
    def percent(self) -> Decimal:
        """Attendance in per cent with one decimal, never rounded up; 0 of nothing."""
        if not self.planned:
            return Decimal("0.0")
        return (Decimal(self.attended) / self.planned).quantize(Decimal("0.1"), ROUND_DOWN)

    @property
    def sessions(self) -> Decimal:
        """Attended sessions, halves with them: 14 full and 4 late are 16."""
        return Decimal(self.attended) / WHOLE


def hours_of(found: Count, course_hours: int) -> Decimal:
    """Class hours of a course that an attendance comes to, with two decimals, never rounded up; 0 of nothing."""
    if not found.planned:
        return Decimal("0.00")
    return (Decimal(course_hours * found.attended) / found.planned_units).quantize(Decimal("0.01"), ROUND_DOWN)


def units_of(held: Held, late_percent: int, check_out: bool) -> int:
    """Hundredths of one session. Late, or gone before the end, counts `late_percent`; both together lose twice."""
    if held.came is None or held.came is Mark.ABSENT:
        return 0
    lost = WHOLE - late_percent
    units = WHOLE - (lost if held.came is Mark.LATE else 0)
    early = check_out and held.left is not Mark.ON_TIME
    return max(units - (lost if early else 0), 0)


def count(sessions: Iterable[Held], late_percent: int, check_out: bool) -> Count:
    """Every session that was planned counts once, by the better of itself and its make-up.

    A make-up of a session that is not in the list counts for nothing: it adds no session.
    """
    best: dict[str, int] = {}
    makeups: list[Held] = []
    for held in sessions:
        if held.makeup:
            makeups.append(held)
        else:
            best[held.key] = max(best.get(held.key, 0), units_of(held, late_percent, check_out))
    for held in makeups:
        if held.key in best:
            best[held.key] = max(best[held.key], units_of(held, late_percent, check_out))
    found = list(best.values())
    full, none = found.count(WHOLE), found.count(0)
    return Count(full, len(found) - full - none, none, sum(found))
