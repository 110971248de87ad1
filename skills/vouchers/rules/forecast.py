"""How many of the vouchers that people hold will lapse unused, told by how earlier ones ended (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

# Earlier lives below which a share says nothing: of thirty the error of a share is nine points at most, of ten sixteen.
LEAST = 30
WEEKS = 13
PACE_DAYS = 28


@dataclass(frozen=True)
class Lives:
    """Vouchers whose life is over: how many lapsed unused, and how many were used with so many days left."""

    lapsed: int
    used: Mapping[int, int]


@dataclass(frozen=True)
class Held:
    """Vouchers in people's hands with so many days left; `cents` is the money bound in them."""

    left: int
    count: int
    cents: int


@dataclass(frozen=True)
class Week:
    """Vouchers whose last day falls into a week from today (0 is this one). None: too few earlier lives to tell."""

    week: int
    count: int
    cents: int
    lapsing: int | None
    cents_back: int | None


def share(lives: Lives, left: int) -> Fraction | None:
    """Which share of the vouchers that were still unused with `left` days to go lapsed; None if too few ever were."""
    still = lives.lapsed + sum(count for days, count in lives.used.items() if days <= left)
    return Fraction(lives.lapsed, still) if still >= LEAST else None


def together(lives: Iterable[Lives]) -> Lives:
    """Several cohorts as one."""
    lapsed, used = 0, Counter[int]()
    for each in lives:
        lapsed += each.lapsed
        used.update(each.used)
    return Lives(lapsed, dict(used))


def nearest(cohorts: Sequence[Lives], left: int) -> Fraction | None:
    """The share that lapsed, in the first of these cohorts (the nearest one first) that is large enough to tell."""
    return next((found for lives in cohorts if (found := share(lives, left)) is not None), None)


def farthest(held: Sequence[tuple[Held, Sequence[Lives]]]) -> int | None:
    """How far off the cohorts are by which all of this is told: the place of the farthest one; None if some of it is not told."""
    places = [next((n for n, lives in enumerate(cohorts) if share(lives, h.left) is not None), None) for h, cohorts in held]
    known = [place for place in places if place is not None]
    return max(known) if known and len(known) == len(places) else None


def forecast(held: Sequence[tuple[Held, Sequence[Lives]]]) -> tuple[Week, ...]:
    """What is held by the week of its last day, and what of it will lapse; weeks beyond a quarter stand in the last.

    With all that is held stand the cohorts by which it is told (`nearest`).
    """
    weeks = []
    for week in range(WEEKS):
        mine = [(h, cohorts) for h, cohorts in held if min(h.left // 7, WEEKS - 1) == week]
        shares = [(h, nearest(cohorts, h.left)) for h, cohorts in mine]
        known = [(h, s) for h, s in shares if s is not None]
        told = len(known) == len(shares)
        weeks.append(
            Week(
                week, sum(h.count for h, _ in mine), sum(h.cents for h, _ in mine),
                round(sum((h.count * s for h, s in known), Fraction(0))) if told else None,
                round(sum((h.cents * s for h, s in known), Fraction(0))) if told else None,
            )
        )  # fmt: skip
    return tuple(weeks)


@dataclass(frozen=True)
class Outlook:
    """How a batch will fare if it goes on as in the last days.

    left      vouchers that its count and its money still allow
    pace      vouchers issued in the last `days`: PACE_DAYS, or as long as it has been open
    runs_out  the day on which the last one will be given, None if it lasts beyond the last day of claiming
    rest      vouchers that nobody will have claimed by then
    """

    left: int
    pace: int
    days: int
    runs_out: date | None
    rest: int


def outlook(left: int, pace: int, days: int, day: date, until: date) -> Outlook:
    """Whether what is left lasts until the last day of claiming, at the pace of the last `days` (at least one)."""
    wanted = pace * max(0, (until - day).days) // days
    if wanted < left or not pace:
        return Outlook(left, pace, days, None, left - wanted)
    return Outlook(left, pace, days, day + timedelta(days=-(-left * days // pace)), 0)


def reminders(fixed: list[int], more: list[int], percent: int, cohorts: Sequence[Lives]) -> tuple[int, ...]:
    """At how many days before their last day holders are reminded, the earliest first.

    fixed    days on which everybody is
    more     days on which they are too while the forecast says that so many per cent of what is then unused will lapse
    cohorts  by which it is told, the nearest to these holders first (`nearest`)
    """
    shares = {days: nearest(cohorts, days) for days in more}
    told = {days for days, found in shares.items() if found is not None and found * 100 >= percent}
    return tuple(sorted({*fixed, *told}, reverse=True))


def nudge_due(left: int, thresholds: Sequence[int]) -> int | None:
    """Which reminder is due with so many days left: the tightest threshold that was reached, None for none yet."""
    reached = [days for days in thresholds if 0 <= left <= days]
    return min(reached, default=None)
