"""What a complaint may be about, found by the rooms above: they name how (`register`), so that nothing here imports upward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from skills.complaints.rules import MATTERS


@dataclass(frozen=True)
class Found:
    """A row by which it is known who acted, and the organisation that answers for it."""

    id: str
    organisation_id: str | None


Finder = Callable[[Session, str], Found | None]
FINDERS: dict[str, Finder] = {}


def register(matter: str, finder: Finder) -> None:
    """Name how a matter is found by what somebody wrote. Raises ValueError for an unknown or a second one."""
    if matter not in MATTERS or matter in FINDERS:
        raise ValueError(matter)
    FINDERS[matter] = finder


def find(db: Session, matter: str, ref: str) -> Found | None:
    """The row, if it can be found; nobody is told whether it was."""
    finder = FINDERS.get(matter)
    return finder(db, ref) if finder is not None and ref else None
