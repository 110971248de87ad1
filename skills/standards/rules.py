"""The eight levels, codes of the field, and dated policy rows (pure)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

from skills.kernel.errors import Refusal

OCCUPATION_CODE = re.compile(r"[1-8]-\d{2}-\d{2}-\d{2}")
CITY = "500000"
DATA = Path(__file__).parent / "data"


class Level(IntEnum):
    """The eight levels 新八级, by rank: higher is better. The digit in certificate numbers runs the other way.

    人社部发〔2022〕14号.
    """

    APPRENTICE = 1
    L5 = 2
    L4 = 3
    L3 = 4
    L2 = 5
    L1 = 6
    SPECIAL = 7
    CHIEF = 8

    @property
    def word(self) -> str:
        """学徒工, 初级工 … 首席技师, in the newest edition of the ladder: what bears a date asks `step_on`."""
        return ladders()[-1].steps[self].word

    @property
    def english(self) -> str:
        return ladders()[-1].steps[self].english

    @property
    def wording(self) -> str:
        """As a certificate of today prints it."""
        return ladders()[-1].steps[self].wording

    @property
    def digit(self) -> int | None:
        """The digit at position 16 of a certificate number: 5 for 五级 … 1 for 一级; None for the other three."""
        return 7 - self if Level.L5 <= self <= Level.L1 else None

    @property
    def examined(self) -> bool:
        """Whether the level is reached by an exam (五级 … 一级)."""
        return self.digit is not None

    @property
    def next(self) -> Level | None:
        """The level above, None above 首席技师."""
        return Level(self + 1) if self < Level.CHIEF else None

    @classmethod
    def of_digit(cls, digit: int) -> Level:
        """The level of a number's digit 1–5. Raises ValueError for another."""
        if digit not in range(1, 6):
            raise ValueError(f"no level has the digit {digit}")
        return cls(7 - digit)


@dataclass(frozen=True)
class Step:
    """How an edition of the ladder names a level. numeral: 五 … 一, empty for three; print_en: the line on the paper."""

    word: str
    numeral: str
    english: str
    print_en: str

    @property
    def wording(self) -> str:
        """As printed on a certificate: 三级/高级工, without a digit for 学徒工, 特级 and 首席."""
        return f"{self.numeral}级/{self.word}" if self.numeral else self.word


@dataclass(frozen=True)
class Ladder:
    """One edition of the ladder and the first day of its use."""

    edition: str
    source: str
    strength: str
    valid_from: date
    steps: Mapping[Level, Step]

    def rank_of(self, wording: str) -> Level | None:
        """The level that is printed so."""
        return next((level for level, step in self.steps.items() if step.wording == wording), None)


@cache
def ladders() -> tuple[Ladder, ...]:
    """Every edition, the oldest first. Raises ValueError for one that does not name all eight levels."""
    return tuple(sorted((_ladder(path) for path in sorted(DATA.glob("ladder_*.toml"))), key=lambda ladder: ladder.valid_from))


def ladder_on(day: date) -> Ladder:
    """The edition whose words count on a day; before the first one its words count, which it took over."""
    held = [ladder for ladder in ladders() if ladder.valid_from <= day]
    return held[-1] if held else ladders()[0]


def step_on(level: Level, day: date) -> Step:
    """How a level is called on a day: a certificate keeps the words of the day on which it was issued."""
    return ladder_on(day).steps[level]


def _ladder(path: Path) -> Ladder:
    table = tomllib.loads(path.read_text("utf-8"))
    steps = {Level(row.pop("rank")): Step(**row) for row in table["step"]}
    if list(steps) != list(Level):
        raise ValueError(f"{path.name} does not name the eight levels in their order")
    return Ladder(table["edition"], table["source"], table["strength"], table["from"], steps)


@dataclass(frozen=True)
class Policy:
    """One value of a rule that changes, with its dates and its source.

    strength  S read in a source, K general knowledge, I inferred: how sure the value is
    """

    name: str
    value: Any
    valid_from: date
    valid_to: date | None
    source: str
    strength: str
    edition: str = ""


def same_shape(held: Any, new: Any) -> bool:
    """Whether a new value can stand where the old one stood: same type, same keys, every item like the first.

    None as the old value, or an empty list, asks for nothing of the items.
    """
    if isinstance(held, dict):
        return isinstance(new, dict) and held.keys() == new.keys() and all(same_shape(held[k], new[k]) for k in held)
    if isinstance(held, list):
        return isinstance(new, list) and (not held or all(_like_one_of(held, item) for item in new))
    return type(held) is type(new)


def _like_one_of(items: list[Any], new: Any) -> bool:
    return any(same_shape(item, new) for item in items)


def in_force(policies: Iterable[Policy], name: str, day: date) -> Policy:
    """The one row in force on a day; none or two is an error in the table, not in the person.

    Raises Refusal("policy.none") or Refusal("policy.two").
    """
    held = [
        p for p in policies if p.name == name and p.valid_from <= day and (p.valid_to is None or day <= p.valid_to)
    ]
    if len(held) != 1:
        raise Refusal("policy.none" if not held else "policy.two", name=name, day=day)
    return held[0]
