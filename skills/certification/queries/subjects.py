"""What stands on notice beside the passes of exams: rooms above register how their names are shown, objected to and held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from skills.kernel.acts import Act
from skills.kernel.box import Box


@dataclass(frozen=True)
class About:
    """Whom an objection is about, and what was to be given."""

    body: str
    person_id: str
    title: str


@dataclass(frozen=True)
class Subject:
    """A kind of names on notice. `id` is of one name.

    notice_to  the last day of the notice on which the name stands, None if it stands on none
    hold       an objection was raised: this name waits
    decided    every objection to the name is decided; upheld with the reply: it gets nothing
    about      whom it is about
    lines      the notices as `exams.notices` gives them, those kept some days after their end too
    """

    notice_to: Callable[[Act, str], date | None]
    hold: Callable[[Act, str], None]
    decided: Callable[[Act, str, bool, str], None]
    about: Callable[[Session, str], About]
    lines: Callable[[Session, Box, date, timedelta], Sequence[Any]]


SUBJECTS: dict[str, Subject] = {}


def register(kind: str, subject: Subject) -> None:
    """Let names of another kind stand on notice."""
    SUBJECTS[kind] = subject


def of(subject: str) -> tuple[Subject, str]:
    """What `kind:id` is, and its id. Raises KeyError for a kind that nobody registered."""
    kind, _, row_id = subject.partition(":")
    return SUBJECTS[kind], row_id
