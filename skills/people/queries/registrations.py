"""Who is to be put on record by a number that was taken off another record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.box import Box, box_of
from skills.kernel.db import among
from skills.people.models import Person, Registration
from skills.people.queries import likeness
from skills.people.queries.removals import PastUse, past_of_blinds
from skills.people.rules import DocumentKind
from skills.people.states import REGISTRATION, RegistrationState


@dataclass(frozen=True)
class RegistrationLine:
    """Somebody new as the second person sees it: the number masked. `asked_by` and `decided_by` are accounts.

    name, birth, sex, seen  empty or None once it was decided: they are on the person's record then, or nowhere
    past   where the number stood before; alike: those of its records that bear the same name and birth date
    person_id  who is on record since
    """

    id: str
    name: str
    birth: date | None
    sex: str
    seen: str
    kind_zh: str
    kind_en: str
    masked: str
    district: str
    state: str
    state_zh: str
    state_en: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    answer: str
    past: Sequence[PastUse]
    alike: frozenset[str]
    person_id: str | None


def sealed_at(registration_id: str, column: str) -> str:
    """Where a column is sealed for."""
    return f"registration:{registration_id}:{column}"


def registrations_waiting(db: Session) -> int:
    """How many wait for a second person."""
    return db.scalar(select(func.count()).select_from(Registration).where(Registration.state == RegistrationState.ASKED)) or 0


def registrations(db: Session, *, closed: bool = False, most: int = 200) -> Sequence[RegistrationLine]:
    """Those that wait, the oldest first; or those that ended, the newest first."""
    waits = Registration.state == RegistrationState.ASKED
    chosen = select(Registration).where(waits).order_by(Registration.id).limit(most)
    if closed:
        chosen = select(Registration).where(~waits).order_by(Registration.id.desc()).limit(most)
    rows, box = db.scalars(chosen).all(), box_of(db)
    past = past_of_blinds(db, [r.blind for r in rows])
    return [_line(db, box, row, past.get(row.blind, ())) for row in rows]


def _line(db: Session, box: Box, row: Registration, past: Sequence[PastUse]) -> RegistrationLine:
    told = json.loads(box.open(row.wanted, sealed_at(row.id, "wanted"))) if row.wanted else {}
    birth = date.fromisoformat(told["birth"]) if told else None
    alike: frozenset[str] = frozenset()
    if birth is not None:
        same = select(Person.id).where(among(db, Person.id, {p.person_id for p in past}), Person.likeness == likeness(box, told["name"], birth))
        alike = frozenset(db.scalars(same))
    return RegistrationLine(
        row.id, told.get("name", ""), birth, told.get("sex", ""), told.get("seen", ""), *DocumentKind(row.kind).words, row.masked,
        row.district, row.state, *REGISTRATION.words[RegistrationState(row.state)], row.asked_by, row.asked_at, row.decided_by,
        row.decided_at, box.read(row.answer, sealed_at(row.id, "answer")) if row.answer else "", past, alike, row.person_id,
    )  # fmt: skip
