"""How an item did over the papers that were sat: how easy it was, and whether it tells the able from the others (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt


@dataclass(frozen=True)
class ItemFigures:
    """One item of a form over all who sat it, in ten-thousandths.

    facility        难度: the share that answered it right, 0 to 10,000
    discrimination  区分度: point-biserial correlation with the points of the rest of the paper, −10,000 to 10,000; None where
                    everybody did the same, in this item or in the rest
    """

    sat: int
    facility: int
    discrimination: int | None


def figures(right: Sequence[Sequence[bool]], points: Sequence[int]) -> tuple[ItemFigures, ...]:
    """The figures of every item of a form. right: one row for each paper, one mark for each item; points of each item.

    Reckoned in whole numbers, so the order of the papers changes nothing; rounded half up. The item itself is left out of
    the total that it is compared with, or it would agree with itself.
    """
    sat = len(right)
    totals = [sum(p for p, ok in zip(points, row, strict=True) if ok) for row in right]
    found = []
    for at, worth in enumerate(points):
        marks = [int(row[at]) for row in right]
        rest = [total - worth * ok for total, ok in zip(totals, marks, strict=True)]
        found.append(ItemFigures(sat, _rounded(10_000 * sum(marks), sat) if sat else 0, _correlation(marks, rest)))
    return tuple(found)


def _correlation(xs: Sequence[int], ys: Sequence[int]) -> int | None:
    n, sx, sy = len(xs), sum(xs), sum(ys)
    spread = (n * sum(x * x for x in xs) - sx * sx) * (n * sum(y * y for y in ys) - sy * sy)
    if spread <= 0:
        return None
    both = n * sum(x * y for x, y in zip(xs, ys, strict=True)) - sx * sy
    size = isqrt(4 * 10_000**2 * both * both // spread)  # twice the size in ten-thousandths, cut off: then half up
    return (size + 1) // 2 * (1 if both >= 0 else -1)


def _rounded(above: int, below: int) -> int:
    return (2 * above + below) // (2 * below)
