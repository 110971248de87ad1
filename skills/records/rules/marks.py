"""Marks as two people enter them, blind to each other, and when a third may sign them off (pure).

Sources: desks D19 (score step), domain rulebook §3.1. An absence is no mark: it is never zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding, Verdict, all_of

HUNDRED = 10_000
ABSENT_WORDS = frozenset({"缺考", "absent", "-"})
_SCORE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")


@dataclass(frozen=True)
class Mark:
    """What one candidate got in one section: hundredths of a point, or None for absent 缺考 (never zero)."""

    hundredths: int | None

    @property
    def absent(self) -> bool:
        """Whether the candidate did not come."""
        return self.hundredths is None

    @property
    def text(self) -> str:
        """59.5, 60, or an empty text for absent."""
        return "" if self.hundredths is None else points(self.hundredths)


ABSENT = Mark(None)


def points(hundredths: int) -> str:
    """5950 → "59.5", 6000 → "60"."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def told(hundredths: int | None) -> str:
    """A mark as people read it: 59.5, or 缺考."""
    return "缺考" if hundredths is None else points(hundredths)


def read_score(text: str, step: int) -> Mark:
    """A score as typed, kept exactly: never rounded. `step` in hundredths of a point (50 = half points).

    Raises Refusal("score.not_a_number") for anything but plain digits (full-width, NaN, signs, blanks inside),
    ("score.out_of_range") above 100, ("score.step") between the steps.
    """
    plain = text.strip(" ")
    if _SCORE.fullmatch(plain) is None:
        raise Refusal("score.not_a_number", text=text[:12])
    whole, _, rest = plain.partition(".")
    ten_thousandths = int(whole) * 10_000 + int(rest.ljust(4, "0") or "0")
    if ten_thousandths > HUNDRED * 100:
        raise Refusal("score.out_of_range", text=plain)
    if ten_thousandths % (step * 100):
        raise Refusal("score.step", text=plain, step=points(step))
    return Mark(ten_thousandths // 100)


def read_typed(text: str, step: int) -> Mark:
    """What a typist wrote. Raises the refusals of `read_score`."""
    return ABSENT if text.strip(" ") in ABSENT_WORDS else read_score(text, step)


@dataclass(frozen=True)
class Pair:
    """Two independent entries of one section for one candidate; None where nothing was entered yet."""

    candidate: str
    section: str
    first: Mark | None
    second: Mark | None

    @property
    def agrees(self) -> bool:
        """Whether both are there and equal."""
        return self.first is not None and self.first == self.second


def may_sign(pairs: Sequence[Pair], typists: Mapping[Any, tuple[str | None, str | None]], signer: str) -> Verdict:
    """Whether the scores of a sitting may be signed off: all entered twice by two, all equal, signed by a third."""
    missing = sum(p.first is None or p.second is None for p in pairs)
    differing = sum(p.first is not None and p.second is not None and p.first != p.second for p in pairs)
    involved = {who for pair in typists.values() for who in pair if who}
    two = all(first and second and first != second for first, second in typists.values())
    return all_of(
        "score.cannot_sign",
        [
            Finding("score.all_entered", missing == 0 and bool(pairs), "", {"count": missing}),
            Finding("score.all_equal", differing == 0, "", {"count": differing}),
            Finding("score.two_typists", two and bool(typists)),
            Finding("score.third_person", signer not in involved),
        ],
    )
