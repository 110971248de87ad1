"""The eligibility conditions as data: one dated edition each, read once from the package (pure).

Source and strength of every edition stand at the top of its file in `skills/certification/data/`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from skills.kernel.errors import Refusal
from skills.standards.rules import Level

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Condition:
    """One way to a level. Every part that is set must be met.

    code                     e.g. "L4_2"; its sentence is `eligibility.<edition>.<code>`
    years                    full years of work in the same or a related occupation
    certificate              level held in the same or a related occupation
    years_after_certificate  full years of work after that certificate
    certificate_held         full years since that certificate, worked or not
    title                    grade of a matching 职称: junior, middle, senior
    years_after_title        full years of work after that title
    education                kinds of schooling, any of them, in a related major
    final_year               students who graduate this year count too
    enrolled                 present students count too
    approved_school          only schools on the approved list
    """

    code: str
    level: Level
    edition: str
    clause: str
    min_age: int | None = None
    intends: bool = False
    working: bool = False
    years: int = 0
    certificate: Level | None = None
    years_after_certificate: int = 0
    certificate_held: int = 0
    title: str | None = None
    years_after_title: int = 0
    education: tuple[str, ...] = ()
    final_year: bool = False
    enrolled: bool = False
    approved_school: bool = False

    @property
    def sentence(self) -> str:
        """The catalogue code of its sentence."""
        return f"eligibility.{self.edition}.{self.code}"


@dataclass(frozen=True)
class Edition:
    """All conditions of one edition of the rules and the days on which it is used."""

    edition: str
    title: str
    source: str
    strength: str
    valid_from: date
    valid_to: date | None
    conditions: tuple[Condition, ...]

    def of(self, level: Level) -> tuple[Condition, ...]:
        """The conditions for one level."""
        return tuple(c for c in self.conditions if c.level is level)


@cache
def editions() -> tuple[Edition, ...]:
    """Every edition, the oldest first."""
    found = [_read(path) for path in sorted(DATA.glob("conditions_*.toml"))]
    return tuple(sorted(found, key=lambda e: e.valid_from))


def edition_on(day: date) -> Edition:
    """The edition in force on a day. Raises Refusal("eligibility.no_edition")."""
    for held in editions():
        if held.valid_from <= day and (held.valid_to is None or day <= held.valid_to):
            return held
    raise Refusal("eligibility.no_edition", day=day)


def edition_named(edition: str) -> Edition:
    """The edition of this name. Raises Refusal("eligibility.no_edition")."""
    for held in editions():
        if held.edition == edition:
            return held
    raise Refusal("eligibility.no_edition", day=edition)


def _read(path: Path) -> Edition:
    table = tomllib.loads(path.read_text("utf-8"))
    conditions = []
    for entry in table["condition"]:
        digit, certificate = entry.pop("digit"), entry.pop("certificate", None)
        conditions.append(
            Condition(
                level=Level.of_digit(digit),
                edition=table["edition"],
                clause=f"{table['title']} {entry.pop('clause')}",
                certificate=Level.of_digit(certificate) if certificate else None,
                education=tuple(entry.pop("education", ())),
                **entry,
            )
        )
    return Edition(
        table["edition"], table["title"], table["source"], table["strength"], table["from"], table.get("to"),
        tuple(conditions),
    )
