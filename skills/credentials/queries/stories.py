"""How a certificate came about, told by the room in which it did: what stands before the issue, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class StoryLine:
    """One step: what, when and by whom, with what belongs to it (marks, reasons), and the audit entry in which it stands."""

    zh: str
    en: str
    at: datetime
    by: str
    detail: str
    entry_id: str


_TOLD: dict[str, Callable[[Session, str], Sequence[StoryLine]]] = {}


def register_story(kind: str, tell: Callable[[Session, str], Sequence[StoryLine]]) -> None:
    """Say how the story of a kind's certificates is told, by number."""
    _TOLD[kind] = tell


def story_of(db: Session, kind: str, number: str) -> Sequence[StoryLine]:
    """The steps that led to a certificate, in their order; empty where no room tells any."""
    return _TOLD[kind](db, number) if kind in _TOLD else ()
