"""What must always hold: the same sentences in tests and in `skills fsck`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from skills.kernel.db import reading, snapshots


@dataclass(frozen=True)
class Bookkeeper:
    """What a check looks with: a reading session, the moment, and the tools given at assembly."""

    db: Session
    at: datetime
    tools: Mapping[type, object]


Question = Callable[[Bookkeeper], Iterable[str]]


@dataclass(frozen=True)
class Check:
    """One promise: `says` is its sentence in both languages, `ask` yields each violation by name."""

    name: str
    says: str
    ask: Question


CHECKS: dict[str, Check] = {}


def check(name: str, says: str) -> Callable[[Question], Question]:
    """Declare a promise: the function yields one line for each violation, naming the row."""

    def mark(ask: Question) -> Question:
        if name in CHECKS:
            raise ValueError(f"check {name} is declared twice")
        CHECKS[name] = Check(name, says, ask)
        return ask

    return mark


def run(
    engine: Engine, at: datetime, tools: Mapping[type, object], besides: Sequence[Check] = ()
) -> Iterator[tuple[Check, list[str]]]:
    """Every check with its violations, in one snapshot each; `besides` are checks of this run alone."""
    with snapshots(engine) as connection:
        for made in (*(CHECKS[name] for name in sorted(CHECKS)), *besides):
            with reading(connection) as db:
                found = list(made.ask(Bookkeeper(db, at, tools)))
            yield made, found
