"""Level certificates that older times or other bodies gave: what they say must fit their number (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from skills.kernel.errors import Refusal
from skills.records.rules.numbers import read_previous
from skills.standards.rules import Level

LEVELS = tuple(level for level in Level if level.examined or level is Level.SPECIAL)  # those that a number can name
PREFIX = "previous:"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a stated certificate. `field` is number, level or issued_on."""

    field: str
    code: str
    facts: Mapping[str, object]


def faults(number: str, level: Level | None, issued_on: date | None, today: date) -> Iterator[Fault]:
    """Everything that is wrong; a part that could not be read (None) is not compared."""
    if issued_on is not None and issued_on > today:
        yield Fault("issued_on", "previous_level.in_future", {"day": issued_on})
    try:
        read = read_previous(number)
    except Refusal as no:
        yield Fault("number", no.code, no.facts)
        return
    if level is not None and level is not read.level:
        said = {"said": level.wording, "said_en": level.english}
        yield Fault("level", "previous_level.level_differs", {"read": read.level.wording, "read_en": read.level.english, **said})
    if issued_on is not None and read.year is not None and issued_on.year % 100 != read.year:
        yield Fault("issued_on", "previous_level.year_differs", {"read": f"{read.year:02d}", "said": issued_on.year})


def plain_number(number: str) -> str:
    """The number as it stands on record. Raises Refusal("previous_level.shape")."""
    return read_previous(number).text


def source_of(number: str) -> str:
    """Under what a certificate stands in the record, once: a digest, since sources go into the log and hold codes alone."""
    return PREFIX + hashlib.sha256(plain_number(number).encode()).hexdigest()[:32]
