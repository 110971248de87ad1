"""What a rehearsal plants, in terms of who may be named for it and who may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine

from skills.kernel.acts import Office


class Works(Protocol):
    """The installation to plant into: empty but for the city's tables (`skills.app.Works` fits)."""

    @property
    def engine(self) -> Engine: ...

    @property
    def office(self) -> Office: ...


@dataclass(frozen=True)
class PlantedFraud:
    """A fraud that was planted. `subjects` are "kind:id" of everything that may rightly be named for it.

    rule      "F1" … "F15"
    strength  1 faint, 2 plain, 3 full
    """

    rule: str
    strength: int
    subjects: frozenset[str]


@dataclass(frozen=True)
class LookAlike:
    """An honest history that resembles a fraud: nobody of `subjects` may be named for it."""

    kind: str
    subjects: frozenset[str]


@dataclass(frozen=True)
class Planted:
    """What was planted: frauds, look-alikes, and how many people with a use of a voucher there are in all."""

    frauds: tuple[PlantedFraud, ...]
    lookalikes: tuple[LookAlike, ...]
    people: int
