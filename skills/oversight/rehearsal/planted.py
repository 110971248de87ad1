"""What a rehearsal plants, in terms of who may be named for it and who may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine

from skills.kernel.acts import Office


class Works(Protocol):
    """What is planted into: an installation empty but for the city's tables (`skills.app.Works` fits), or the copy of one."""

    @property
    def engine(self) -> Engine: ...

    @property
    def office(self) -> Office: ...


class NotPlanted(Exception):
    """The rules of a copy do not allow what was to be planted: the text says what, and which condition was not met."""


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
    """What was planted: frauds, look-alikes, and how many honest people with a use of a voucher there are among it.

    subjects  "kind:id" of all of it: whatever else a rule names was there before. None if nothing can have been
    """

    frauds: tuple[PlantedFraud, ...]
    lookalikes: tuple[LookAlike, ...]
    people: int
    subjects: frozenset[str] | None = None
