"""How marks are spread at bodies and by the hands that gave them, for the authority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.certification.queries.given import results
from skills.kernel.errors import Missing
from skills.oversight.queries.facts import given, numbers
from skills.oversight.rules.facts import Given, percent
from skills.oversight.rules.hands import HandVerdict, judge_all
from skills.standards import queries as standards

FIRST, LAST, WIDE = 40, 90, 5
BANDS = (f"<{FIRST}", *(str(n) for n in range(FIRST, LAST, WIDE)), f"{LAST}+")  # by their lower end, in points


@dataclass(frozen=True)
class BodyMarks:
    """A body that assessed in the window: who passed of those who sat everything; hands with marks enough, and those with a sign.

    enough  whether so many sat that a share says anything
    """

    organisation_id: str
    name: str
    district: str
    passed: int
    ended: int
    percent: int
    enough: bool
    hands: int
    apart: int


@dataclass(frozen=True)
class HandMarks:
    """An examiner or a pair of typists, by name, with what their marks come to; spread: per cent of their marks by band."""

    name: str
    verdict: HandVerdict
    spread: tuple[int, ...]


@dataclass(frozen=True)
class MarksPage:
    """A body beside the city.

    bands       lower ends of the bands in points
    body, city  per cent of the marks by band
    hands       with marks enough, the strongest sign first; `few` others are not shown
    least       how many marks are enough
    """

    line: BodyMarks
    bands: tuple[str, ...]
    body: tuple[int, ...]
    city: tuple[int, ...]
    hands: tuple[HandMarks, ...]
    few: int
    least: int


def bodies(db: Session, districts: Collection[str] | None, day: date) -> list[BodyMarks]:
    """Bodies of these districts (None: all): most hands with a sign first, then the highest share of passes, then those where too few sat."""
    return _bodies(db, districts, day, _judged(db, day)[1])


def page(db: Session, organisation_id: str, districts: Collection[str] | None, day: date) -> MarksPage:
    """One of them. Raises Missing("organisation.unknown")."""
    marks, verdicts, least = _judged(db, day)
    line = next((b for b in _bodies(db, districts, day, verdicts) if b.organisation_id == organisation_id), None)
    if line is None:
        raise Missing("organisation.unknown")
    mine = [v for v in verdicts if v.body == organisation_id]
    shown = sorted((v for v in mine if v.enough), key=lambda v: (-v.strength, -v.count, v.hand))
    names = accounts.names_of(db, {one for v in shown for one in v.hand.split("+")})
    return MarksPage(
        line, BANDS, _spread(g for g in marks if g.body == organisation_id), _spread(marks),
        tuple(
            HandMarks(" + ".join(names.get(one, one) for one in v.hand.split("+")), v,
                      _spread(g for g in marks if (g.body, g.panel, g.hand) == (v.body, v.panel, v.hand)))
            for v in shown
        ),
        len(mine) - len(shown), least,
    )  # fmt: skip


def _judged(db: Session, day: date) -> tuple[list[Given], list[HandVerdict], int]:
    limits = numbers(db, day)["F13"]["hands"]
    marks = list(given(db, _since(db, day)))
    return marks, judge_all(marks, limits), limits["marks"]


def _since(db: Session, day: date) -> date:
    return day - timedelta(days=int(standards.value(db, "oversight.window_days", day)))


def _bodies(db: Session, districts: Collection[str] | None, day: date, verdicts: list[HandVerdict]) -> list[BodyMarks]:
    least = numbers(db, day)["F13"]["sat"]
    ended, hands, apart = results(db, _since(db, day)), Counter[str](), Counter[str]()
    for v in verdicts:
        hands[v.body] += v.enough
        apart[v.body] += bool(v.signs)
    found = [
        BodyMarks(o.id, o.name, o.district, *ended[o.id], percent(*ended[o.id]), ended[o.id][1] >= least, hands[o.id], apart[o.id])
        for o in accounts.organisations(db)
        if o.id in ended and (districts is None or o.district in districts)
    ]
    return sorted(found, key=lambda b: (-b.apart, not b.enough, -b.percent, b.name))


def _spread(marks: Iterable[Given]) -> tuple[int, ...]:
    """Whole per cent of the marks by band."""
    last = len(BANDS) - 1
    counts = Counter(min(last, max(0, (g.mark // 100 - FIRST) // WIDE + 1)) for g in marks)
    whole = sum(counts.values()) or 1
    return tuple(round(counts[n] * 100 / whole) for n in range(last + 1))
