"""Hours of continuing education: what counts of a year, overlaps once, against the yearly minimum (pure)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from skills.kernel.canon import canon
from skills.records.rules.professional import HoursTaught

SUBJECTS = ("public", "professional")
LONGEST_DAYS = 366
_NUMBER = re.compile(r"XS-(\d{4})-(\d{6})")


@dataclass(frozen=True)
class Credited:
    """One line of a year: what was taken part in, and how much of it counts. The rest lies on days that are full already."""

    taught: HoursTaught
    counted: int


@dataclass(frozen=True)
class Year:
    """A person's hours of a year: by subject what counts, and what a year needs."""

    year: int
    lines: tuple[Credited, ...]
    counted: Mapping[str, int]
    needed: Mapping[str, int]

    @property
    def total(self) -> int:
        """All that counts."""
        return sum(self.counted.values())

    @property
    def missing(self) -> dict[str, int]:
        """subject (and "total") → hours that are missing; empty if the year is full."""
        held = {**self.counted, "total": self.total}
        return {name: least - held.get(name, 0) for name, least in self.needed.items() if held.get(name, 0) < least}


def credit(taught: Iterable[HoursTaught], day_hours: int) -> list[Credited]:
    """What counts of each: no day holds more than `day_hours`, whoever taught; the stronger, then the earlier, come first.

    So two courses on the same days are not both counted in full, and the same course filed twice counts once.
    """
    order = ("compared", "seen", "promised")
    free: dict[date, int] = {}
    found = []
    for one in sorted(taught, key=lambda t: (order.index(t.strength), t.since, t.until, t.source)):
        left = one.hours
        for n in range(min((one.until - one.since).days, LONGEST_DAYS) + 1):
            day = one.since + timedelta(days=n)
            taken = min(left, free.setdefault(day, day_hours))
            free[day] -= taken
            left -= taken
        found.append(Credited(one, one.hours - left))
    return sorted(found, key=lambda c: (c.taught.until, c.taught.source))


def of_year(year: int, taught: Iterable[HoursTaught], day_hours: int, needed: Mapping[str, int]) -> Year:
    """A year's hours: those that ended in it."""
    lines = [c for c in credit(taught, day_hours) if c.taught.until.year == year]
    counted = {s: sum(c.counted for c in lines if c.taught.subject == s) for s in SUBJECTS}
    return Year(year, tuple(lines), counted, dict(needed))


def spread(completed_on: date, hours: int, day_hours: int) -> date:
    """The first of the days that a training of so many hours takes, if only its last one is known."""
    return completed_on - timedelta(days=max(0, -(-hours // day_hours) - 1))


def statement_number(year: int, serial: int) -> str:
    """The number of a certificate of hours: XS-2026-000001."""
    return f"XS-{year}-{serial:06d}"


def read_statement_number(text: str) -> tuple[int, int] | None:
    """(year, serial) of a number as typed."""
    found = _NUMBER.fullmatch("".join(text.upper().split()))
    return (int(found[1]), int(found[2])) if found else None


def statement_digest(number: str, year: int, figures: Mapping[str, int]) -> str:
    """SHA-256 (hex) of what a statement says."""
    return hashlib.sha256(canon({"figures": dict(figures), "number": number, "year": year}).encode()).hexdigest()
