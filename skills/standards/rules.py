"""The eight levels, codes of the field, and dated policy rows (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from skills.kernel.errors import Refusal

OCCUPATION_CODE = re.compile(r"[1-8]-\d{2}-\d{2}-\d{2}")
CITY = "500000"


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
        """学徒工, 初级工 … 首席技师."""
        return _WORDS[self][0]

    @property
    def english(self) -> str:
        return _WORDS[self][1]

    @property
    def wording(self) -> str:
        """As printed on a certificate: 三级/高级工, without a digit for 学徒工, 特级 and 首席."""
        numeral = _WORDS[self][2]
        return f"{numeral}级/{self.word}" if numeral else self.word

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


_WORDS: Mapping[Level, tuple[str, str, str]] = {
    Level.APPRENTICE: ("学徒工", "Apprentice", ""),
    Level.L5: ("初级工", "Junior worker (level 5)", "五"),
    Level.L4: ("中级工", "Intermediate worker (level 4)", "四"),
    Level.L3: ("高级工", "Senior worker (level 3)", "三"),
    Level.L2: ("技师", "Technician (level 2)", "二"),
    Level.L1: ("高级技师", "Senior technician (level 1)", "一"),
    Level.SPECIAL: ("特级技师", "Special-grade technician", ""),
    Level.CHIEF: ("首席技师", "Chief technician", ""),
}


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
