"""Which professional title 职称 a skill level opens, and from which day (pure).

Source: the policy `title.of_level` (人社部发〔2020〕96号; its years are general knowledge and wait for the authority's
word). The review itself is not held here: this says when one may apply, never that a title is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from skills.people.rules import turns
from skills.records.rules import GRADE_WORDS, GRADES, LevelHeld
from skills.standards.rules import Level

# A level opens the lower of the two senior grades.
OPENED_WORDS = {**GRADE_WORDS, "senior": ("副高级", "deputy senior")}


@dataclass(frozen=True)
class TitleRule:
    """So many full years with a level open a grade: junior 助理级, middle 中级, senior 副高级."""

    level: Level
    years: int
    grade: str


@dataclass(frozen=True)
class TitleOpening:
    """A grade that a level of an occupation opens. `since` is the certificate's day, `from_day` the first to apply on."""

    occupation: str
    level: Level
    number: str
    grade: str
    years: int
    since: date
    from_day: date

    def open(self, day: date) -> bool:
        """Whether one may apply on a day."""
        return day >= self.from_day


def read_rules(rows: Iterable[Mapping[str, Any]]) -> tuple[TitleRule, ...]:
    """The rows of the policy: level (rank), years, grade."""
    return tuple(TitleRule(Level(row["level"]), int(row["years"]), str(row["grade"])) for row in rows)


def openings(held: Sequence[LevelHeld], rules: Sequence[TitleRule]) -> tuple[TitleOpening, ...]:
    """For each occupation and grade the earliest day, highest grade first.

    Years count from the first certificate at the rule's level or above: who skipped a level is not worse off.
    """
    found: dict[tuple[str, str], TitleOpening] = {}
    for rule in rules:
        for one in held:
            if one.level < rule.level:
                continue
            opening = TitleOpening(
                one.occupation, one.level, one.number, rule.grade, rule.years, one.issued_on,
                turns(one.issued_on, rule.years),
            )  # fmt: skip
            known = found.get((one.occupation, rule.grade))
            if known is None or (opening.from_day, opening.number) < (known.from_day, known.number):
                found[one.occupation, rule.grade] = opening
    return tuple(sorted(found.values(), key=lambda o: (o.occupation, -GRADES.index(o.grade))))
