"""The marks that one hand gave: an examiner's own on a panel, or what a pair of typists wrote down (pure).

Where the marks of a body look well, one of its examiners may still have given everybody what was missing. A hand is held
against the other members of the panel on the same candidates, and against the city's marks for the same occupation, level
and section. That other people come to another exam is no reproach: a mean apart from the city's is shown and never
counted by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from skills.oversight.rules.facts import Counted, Facts, Given, Suspicion, by, percent, tier
from skills.oversight.rules.trainees import least_share

Z = 1.96  # two-sided, 95 %
SHIFT, HEAP, NARROW = "shift", "heap", "narrow"
Cell = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks against a hand. proven: what the numbers prove at least (points, per cent, per cent); least: the first step."""

    kind: str
    strength: int
    proven: int
    least: int


@dataclass(frozen=True, slots=True)
class HandVerdict:
    """What a hand's marks come to; means and spreads in hundredths, None where there is nothing to hold them against.

    enough   whether there are marks enough to say anything: no sign without
    shift    how far its mean lies from the middle of its panels, or from the nearest other pair of the body
    city     mean of everybody else's marks in the same occupation, level and section
    usual    spread of what the hand is held against
    above, below  how many lie just above the mark and just below it
    """

    hand: str
    panel: bool
    body: str
    count: int
    enough: bool
    mean: int
    shift: int | None
    city: int | None
    spread: int
    usual: int | None
    above: int
    below: int
    signs: tuple[Sign, ...]

    @property
    def strength(self) -> int:
        """0 if nothing speaks against the hand, else the strongest sign's."""
        return max((s.strength for s in self.signs), default=0)


def judge_all(given: Sequence[Given], numbers: Mapping[str, Any]) -> list[HandVerdict]:
    """Every hand at every body, in the order in which they came."""
    cells, houses = by(given, _cell), by(given, lambda g: (g.body, g.panel, *_cell(g)))
    return [
        judge(own, [g for cell in sorted({_cell(g) for g in own}) for g in cells[cell] if g.hand != hand],
              [g for cell in sorted({_cell(g) for g in own}) for g in houses[body, panel, *cell] if g.hand != hand], numbers)
        for (body, panel, hand), own in by(given, lambda g: (g.body, g.panel, g.hand)).items()
    ]  # fmt: skip


def judge(own: Sequence[Given], city: Sequence[Given], house: Sequence[Given], numbers: Mapping[str, Any]) -> HandVerdict:
    """One hand's marks at one body (one at least), the rest of the city's in the same cells, and the other hands' there of the same body."""
    first, count = own[0], len(own)
    enough = count >= numbers["marks"] and len({g.sitting for g in own}) >= numbers["sittings"]
    marks = [g.mark for g in own]
    city = city if len(city) >= numbers["peers"] else ()
    shift, proven = _shift(own, house, numbers["peers"])
    colleagues = [other for g in own for other in _others(g)]
    spreads = [_spread(held) for held in (colleagues, city) if len(held) >= numbers["peers"]]
    spread, usual = _spread(own), min(spreads, default=None)
    width = numbers["width"] * 100
    above, below = _near(own, width)
    signs = []
    if enough:
        if strength := tier(proven / 100, numbers["shift"]):
            signs.append(Sign(SHIFT, strength, int(proven / 100), numbers["shift"][0]))
        signs += _heap(above, below, colleagues if first.panel else city, numbers)
        if usual and (strength := tier(tight := 100 - _at_most(spread, count) * 100 / usual, numbers["narrower"])):
            signs.append(Sign(NARROW, strength, int(tight), numbers["narrower"][0]))
    return HandVerdict(
        first.hand, first.panel, first.body, count, enough, round(fmean(marks)), None if shift is None else round(shift),
        round(fmean(g.mark for g in city)) if city else None, round(spread), None if usual is None else round(usual), above, below, tuple(signs),
    )  # fmt: skip


def suspicions(facts: Facts, body: str, verdicts: Sequence[HandVerdict], numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """The strongest sign of each hand of a body that has any. The hand stands there by the end of its number, without a name."""
    for v in verdicts:
        if not v.signs:
            continue
        sign = max(v.signs, key=lambda s: s.strength)
        rows = {g.id for g in facts.given if (g.body, g.panel, g.hand) == (body, v.panel, v.hand)}
        zh, en = ("考评员单独评分", "Marks that the examiner gave") if v.panel else ("该组登分人录入的成绩", "Scores that the pair typed")
        yield Suspicion(
            "F13", f"organisation:{body}", sign.strength, f"case.F13.hand.{sign.kind}.{'panel' if v.panel else 'typists'}",
            {"name": facts.name(body), "hand": short(v.hand), "n": v.count, "found": sign.proven, "above": v.above, "below": v.below},
            (
                Counted(zh, en, str(v.count), f"≥ {numbers['marks']}"),
                Counted("平均分", "Mean", _points(v.mean), "—"),
                Counted("与同组评分中位数、本机构其他组之差",
                        "Apart from the middle of the panel, or the body's other pairs", _points(v.shift), f"± {numbers['shift'][0]}"),
                Counted("全市同职业同等级平均分", "The city's mean, same occupation and level", _points(v.city), "—"),
                Counted("离散程度（标准差）", "Spread (standard deviation)", _points(v.spread),
                        "—" if v.usual is None else f"≥ {(100 - numbers['narrower'][0]) * v.usual / 10_000:.1f}"),
                Counted("刚过线／差一点过线", "Just above the mark / just below", f"{v.above} / {v.below}", f"≤ {numbers['above_percent'][0]} %"),
            ),
            tuple(sorted(rows)), (), body, (("差一点|just below", v.below), ("刚过线|just above", v.above)),
        )  # fmt: skip


def short(hand: str) -> str:
    """How a hand is called where it must not be named: the ends of the accounts' numbers."""
    return "＋".join(one[-6:].upper() for one in hand.split("+"))


def _cell(given: Given) -> Cell:
    return given.occupation, given.level, given.section


def _others(given: Given) -> Iterator[Given]:
    """What the panel's other members gave the same candidate, as marks of their own."""
    for mark in given.others:
        yield Given(given.id, given.sitting, "", True, given.body, given.occupation, given.level, given.section, mark, given.pass_mark)


def _shift(own: Sequence[Given], house: Sequence[Given], peers: int) -> tuple[float | None, float]:
    """(how far the hand's mean lies from its measure's, how far at least), both in hundredths; (None, 0) without a measure.

    On a panel candidate by candidate from the middle of all its marks. A pair of typists from the nearest other pair of the
    same body, whose candidates are of the same kind. So the one who is apart does not put the others in the wrong; where there
    are two only, nobody can say which of them is.
    """
    if own[0].panel:
        apart = [g.mark - median((g.mark, *g.others)) for g in own if len(g.others) > 1]
        if len(apart) < 2:
            return None, 0.0
        return fmean(apart), _at_least(fmean(apart), _variance(apart) / len(apart))
    marks, pairs = [g.mark for g in own], [[g.mark for g in held] for held in by(house, lambda g: g.hand).values() if len(held) >= peers]
    if len(pairs) < 2:
        return None, 0.0
    nearest = min(pairs, key=lambda held: abs(fmean(marks) - fmean(held)))
    mean = fmean(marks) - fmean(nearest)
    return mean, _at_least(mean, _variance(marks) / len(marks) + _variance(nearest) / len(nearest))


def _at_least(mean: float, square: float) -> float:
    """The lower end of how far a mean lies from nought (95 %); square: of its standard error."""
    return max(0.0, abs(mean) - Z * math.sqrt(square))


def _heap(above: int, below: int, measure: Sequence[Given], numbers: Mapping[str, Any]) -> Iterator[Sign]:
    """Just above the mark and not below it; and more so than those whom the hand is held against."""
    near = above + below
    proven = least_share(above, near) * 100
    over, under = _near(measure, numbers["width"] * 100)
    if near >= numbers["near"] and proven > percent(over, over + under) and (strength := tier(proven, numbers["above_percent"])):
        yield Sign(HEAP, strength, int(proven), numbers["above_percent"][0])


def _near(given: Sequence[Given], width: int) -> tuple[int, int]:
    near = [g.mark - g.pass_mark for g in given if -width <= g.mark - g.pass_mark < width]
    return sum(over >= 0 for over in near), sum(over < 0 for over in near)


def _spread(given: Sequence[Given]) -> float:
    """Standard deviation around the means of the cells: that one occupation is harder than another is not spread."""
    cells = by(given, _cell)
    free = len(given) - len(cells)
    return math.sqrt(sum(_variance([g.mark for g in held]) * (len(held) - 1) for held in cells.values()) / free) if free > 0 else 0.0


def _variance(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = fmean(values)
    return sum((v - mean) ** 2 for v in values) / (len(values) - 1)


def _at_most(spread: float, count: int) -> float:
    """The upper end of a standard deviation (95 %, by its normal approximation): few marks prove no narrowness."""
    return spread * (1 + Z / math.sqrt(2 * max(1, count - 1)))


def _points(hundredths: int | None) -> str:
    return "—" if hundredths is None else f"{hundredths / 100:.1f}"
