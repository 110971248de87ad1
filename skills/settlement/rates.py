"""The rate of a training by occupation, level and proof (pure). Money in 分.

desks.md D7, D8: the subsidy of a training is capped by a catalogue. Where it has no row for a use the voucher alone says what is
paid; where its row waits for an amount (待录入) the use waits too, for nobody guesses what public money pays. The catalogue of the
day of the use counts, as for every term; an amount entered later fills the gap that it left, and changes no amount that stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ANY = "*"
NO_LEVEL = 0


@dataclass(frozen=True)
class Rate:
    """A row of the catalogue.

    occupation, proof  a code, or "*" for every one
    level              a rank 1-8, 0 for every one
    cents              the most that is paid; None: not entered yet
    """

    occupation: str
    level: int
    proof: str
    cents: int | None


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Rate, ...]:
    """The catalogue as policy holds it. Raises KeyError for a row that lacks a word."""
    return tuple(
        Rate(str(row["occupation"]), int(row["level"]), str(row["proof"]), int(row["cents"]) if row["entered"] else None) for row in rows
    )


def filled(then: Sequence[Rate], now: Sequence[Rate]) -> tuple[Rate, ...]:
    """The catalogue of a day, what it left open taken from the same row of today's."""
    entered = {_row(r): r for r in reversed(now) if r.cents is not None}
    return tuple(r if r.cents is not None else entered.get(_row(r), r) for r in then)


def rate_of(rates: Sequence[Rate], occupation: str, level: int | None, proof: str) -> Rate | None:
    """The row that speaks of a use: the one that names most of it, occupation before level before proof; the lowest of equals."""
    meant = [r for r in rates if _names(r, occupation, level, proof)]
    named = [(r.occupation != ANY, r.level != NO_LEVEL, r.proof != ANY) for r in meant]
    best = max(named, default=None)
    equals = [r for r, names in zip(meant, named, strict=True) if names == best]
    return min(equals, key=lambda r: -1 if r.cents is None else r.cents, default=None)


def _row(rate: Rate) -> tuple[str, int, str]:
    return rate.occupation, rate.level, rate.proof


def _names(rate: Rate, occupation: str, level: int | None, proof: str) -> bool:
    return rate.occupation in (ANY, occupation) and rate.level in (NO_LEVEL, level or NO_LEVEL) and rate.proof in (ANY, proof)
