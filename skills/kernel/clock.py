"""The one clock: UTC is stored, Asia/Shanghai decides dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that moves only when told to; for tests."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def forward(self, **delta: float) -> None:
        """Move on by a timedelta: `forward(days=91)`."""
        self._now += timedelta(**delta)

    def set(self, now: datetime) -> None:
        """Jump to a moment."""
        self._now = now.astimezone(UTC)


class MovableClock:
    """The machine's time plus an offset kept in a file, so that every process agrees (demo and test)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._offset())

    def move(self, delta: timedelta) -> None:
        """Shift the time by `delta` for everyone who reads this file."""
        seconds = self._offset() + delta.total_seconds()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(f"{seconds}\n", "utf-8")
        fresh.replace(self._path)

    def _offset(self) -> float:
        try:
            return float(self._path.read_text("utf-8").strip() or 0)
        except FileNotFoundError:
            return 0.0


def shanghai_day(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai on which a moment falls."""
    return moment.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """The first moment of a Shanghai day, in UTC."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after a Shanghai day, in UTC: "until 31 December" includes the whole day."""
    return start_of(day + timedelta(days=1))
