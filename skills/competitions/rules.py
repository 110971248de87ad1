"""Marks, ranking, prizes, numbers (pure). Raw totals rank; ties follow a ladder that is data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding, Verdict, all_of
from skills.people.rules import age_on, turns

SECTIONS = ("practical", "theory")
SECTION_WORDS = {"practical": ("实操", "Practical"), "theory": ("理论", "Theory")}
# The words of the promotion table's tiers; a firm's own contest opens nothing.
TIERS = {
    "national_skills": ("全国技能大赛", "National skills competition"),
    "national_1": ("国家级一类", "National, class 1"),
    "national_2": ("国家级二类", "National, class 2"),
    "province": ("省级", "Province"),
    "city": ("市级", "City"),
    "sector": ("行业", "Sector"),
    "county": ("区县级", "District"),
    "firm": ("企业级", "Firm"),
}
MARK = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
HUNDRED = Decimal(100)
MOST_AWARD = 60
MOST_PRIZE = 8
MOST_MINUTES = 24 * 60


@dataclass(frozen=True)
class Line:
    """What one competitor reached. None means absent: never zero. `minutes` is the working time, if it counts."""

    entry: str
    practical: Decimal | None
    theory: Decimal | None
    minutes: int | None = None


@dataclass(frozen=True)
class Ranked:
    """A competitor's place. Without a rank: absent in a section."""

    entry: str
    total: Decimal | None
    rank: int | None
    prize: int | None


def read_mark(text: str, step: Decimal, bench: int = 0) -> Decimal:
    """A mark as typed: 0 to 100 in steps, ASCII digits alone. Raises Refusal("mark.refused")."""
    plain = text.strip()
    value = Decimal(plain) if MARK.fullmatch(plain) else None
    if value is None or value > HUNDRED or value % step:
        raise Refusal("mark.refused", bench=bench, text=plain[:20], step=str(step.normalize()))
    return value


def weighed(practical_weight: int) -> tuple[str, ...]:
    """The sections that count under a weight of the practical part in percent."""
    weights = {"practical": practical_weight, "theory": 100 - practical_weight}
    return tuple(section for section in SECTIONS if weights[section])


def total(line: Line, practical_weight: int) -> Decimal | None:
    """The weighted total to two places; None if a section with weight is absent."""
    parts = ((line.practical, practical_weight), (line.theory, 100 - practical_weight))
    if any(mark is None for mark, weight in parts if weight):
        return None
    found = sum(((mark or Decimal(0)) * weight for mark, weight in parts), Decimal(0)) / 100
    return found.quantize(Decimal("0.01"))


def rank(
    lines: Iterable[Line], practical_weight: int, prizes: Sequence[int], ladder: Sequence[str]
) -> list[Ranked]:
    """Everybody with a place, best first; equal on the whole ladder means equal rank (1, 1, 3).

    prizes  how many places each prize has, best first: (1, 2, 3) → one first, two second, three third prizes.
            People of equal rank share the better prize.
    ladder  what decides between equal totals, in order (policy `competition.tie_ladder`): practical, theory, minutes.
    """
    known = [(line, total(line, practical_weight)) for line in lines]
    placed = sorted(((_key(line, found, ladder), line, found) for line, found in known if found is not None),
                    key=lambda item: (item[0], item[1].entry))  # fmt: skip
    out: list[Ranked] = []
    for index, (key, line, found) in enumerate(placed):
        same = index > 0 and placed[index - 1][0] == key
        place = out[-1].rank if same else index + 1
        out.append(Ranked(line.entry, found, place, prize_of(place or 0, prizes)))
    out += [
        Ranked(line.entry, None, None, None) for line, found in sorted(known, key=lambda k: k[0].entry) if found is None
    ]
    return out


def _key(line: Line, found: Decimal, ladder: Sequence[str]) -> tuple[Decimal, ...]:
    steps = {
        "practical": -(line.practical or Decimal(0)),
        "theory": -(line.theory or Decimal(0)),
        "minutes": Decimal(line.minutes if line.minutes is not None else 10**6),
    }
    return (-found, *(steps[name] for name in ladder))


def prize_of(place: int, prizes: Sequence[int]) -> int | None:
    """Which prize a place wins: 1 for the first prize …; None beyond."""
    reached = 0
    for number, places in enumerate(prizes, start=1):
        reached += places
        if place <= reached:
            return number
    return None


def benches(entries: Iterable[str], seed: str) -> dict[str, int]:
    """Bench numbers 1, 2, 3 … by a seed that was put on record before the draw: anyone can draw again."""
    order = sorted(entries, key=lambda entry: hashlib.sha256(f"{seed}:{entry}".encode()).hexdigest())
    return {entry: number for number, entry in enumerate(order, start=1)}


def result_number(year: int, competition: int, event: int, serial: int) -> str:
    """A result certificate's number: JS-2026-0003-01-0007. Never the 22 characters of a level certificate."""
    return f"JS-{year}-{competition:04d}-{event:02d}-{serial:04d}"


def fits_paper(competition: str, event: str) -> None:
    """Raises Refusal("competition.name_long"): a certificate prints competition, event and prize in one line of 60."""
    most = MOST_AWARD - MOST_PRIZE
    if len(competition) + len(event) > most:
        raise Refusal("competition.name_long", most=most, now=len(competition) + len(event))


def may_enter(birth: date, age: int, starts_on: date, state_open: bool, entered: bool) -> Verdict:
    """Whether somebody may enter: open for entries, old enough on the day, not entered yet."""
    return all_of(
        "competition_entry.not_possible",
        [
            Finding("competition_entry.open", state_open),
            Finding(
                "competition_entry.age",
                age_on(birth, starts_on) >= age,
                facts={"age": age, "since": turns(birth, age)},
            ),
            Finding("competition_entry.once", not entered),
        ],
    )
