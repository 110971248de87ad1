"""Photographs of people: which one counts, what it still needs, and its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.kernel.box import Box, Shredded
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.people.models import Portrait
from skills.people.rules.portraits import Terms, read_terms
from skills.standards.queries import value


@dataclass(frozen=True)
class PortraitLine:
    """A photograph on record. `faces`: how many the machine found, None: it did not look; `seen`: somebody looked at it."""

    id: str
    person_id: str
    width: int
    height: int
    size: int
    taken_on: date
    faces: int | None
    seen: bool
    added_by: str
    added_at: datetime

    @property
    def good(self) -> bool:
        """Whether one face is known to be on it: found by the machine, or seen by somebody."""
        return self.seen or self.faces == 1


def terms(db: Session, day: date) -> Terms:
    """What a photograph has to be by the policy of a day."""
    return read_terms(value(db, "registration.photo_terms", day))


def portraits(db: Session, people: Iterable[str]) -> dict[str, PortraitLine]:
    """person → the photograph that counts, of those who have one."""
    counts = among(db, Portrait.person_id, people) & Portrait.replaced_at.is_(None)  # of a joined record the newer one
    columns = (
        Portrait.id, Portrait.person_id, Portrait.width, Portrait.height, Portrait.size, Portrait.taken_on, Portrait.faces, Portrait.seen_at,
        Portrait.added_by, Portrait.added_at,
    )  # fmt: skip
    rows = db.execute(select(*columns).where(counts).order_by(Portrait.id))
    return {
        person_id: PortraitLine(new, person_id, width, height, size, taken_on, faces, seen_at is not None, by, at)
        for new, person_id, width, height, size, taken_on, faces, seen_at, by, at in rows
    }


def portrait(db: Session, person_id: str) -> PortraitLine | None:
    """The photograph of somebody that counts, if there is one."""
    return portraits(db, [person_id]).get(person_id)


def picture(db: Session, box: Box, portrait_id: str) -> bytes:
    """A photograph as JPEG. Raises Missing("portrait.unknown"), also when it was erased."""
    row = db.get(Portrait, portrait_id)
    try:
        if row is not None:
            return box.open_bytes(row.body, body_place(row.id))
    except Shredded:
        pass
    raise Missing("portrait.unknown")


def by_digest(db: Session, box: Box, person_id: str, digest: str) -> bytes | None:
    """That photograph of somebody whose SHA-256 (hex) a certificate claims; None if it is not there."""
    for row in db.scalars(select(Portrait).where(Portrait.person_id == person_id).order_by(Portrait.id.desc())):
        try:
            data = box.open_bytes(row.body, body_place(row.id))
        except Shredded:
            continue
        if hashlib.sha256(data).hexdigest() == digest:
            return data
    return None


def body_place(portrait_id: str) -> str:
    """What a photograph is sealed for."""
    return f"portrait:{portrait_id}:body"
