"""Photographs of people put on record, and seen by somebody where the machine saw no face. Inside the caller's act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.people import pictures
from skills.people.actions.register import known
from skills.people.models import Portrait
from skills.people.queries import may_hold_data
from skills.people.queries.portraits import body_place, terms
from skills.people.rules.portraits import Seen, judge


@dataclass(frozen=True)
class PhotoKept:
    """A photograph on record. `good`: one face was found, nobody need look at it."""

    portrait_id: str
    good: bool


@dataclass(frozen=True)
class Brought:
    """A photograph as it was brought.

    picture  as `pictures.kept` made it; width, height, size (bytes) as it was sent
    faces    how many the machine found; None: it did not look
    """

    picture: bytes
    width: int
    height: int
    size: int
    faces: int | None
    taken_on: date


def put(act: Act, person_id: str, brought: Brought) -> PhotoKept:
    """Put a photograph on record; those before it stay for the certificates that were issued with them.

    Raises Refusal("portrait.refused") with what is wrong, in pixels, and what `may_hold_data` refuses; then nothing is kept.
    """
    who = known(act, person_id)
    may_hold_data(act.db, who.id, act.today).or_refuse()
    seen = Seen(brought.width, brought.height, brought.size, brought.faces, brought.taken_on)
    judge(seen, terms(act.db, act.today), act.today).or_refuse()
    pixels = pictures.size_of(brought.picture)
    if pixels is None:
        raise Refusal("portrait.broken")
    new = act.new_id()
    wait_exclusive(act.db, f"portrait:{who.id}")
    for before in act.db.scalars(select(Portrait).where(Portrait.person_id == who.id, Portrait.replaced_at.is_(None))):
        before.replaced_at = act.at
    act.add(
        Portrait(
            id=new, person_id=who.id, body=act.using(Box).seal_bytes(brought.picture, body_place(new), who.id), size=len(brought.picture),
            width=pixels[0], height=pixels[1], taken_on=brought.taken_on, faces=brought.faces, added_by=act.actor.account, added_at=act.at,
        )
    )  # fmt: skip
    act.note("portrait.put", id=new, person=who.id)
    return PhotoKept(new, brought.faces == 1)


def see(act: Act, person_id: str, portrait_id: str) -> PhotoKept:
    """Somebody looked at a photograph and found the person's face; never who brought it.

    Raises Missing("portrait.unknown"), Refusal("portrait.own_work").
    """
    row = act.find(Portrait, id=portrait_id, person_id=person_id)
    if row is None:
        raise Missing("portrait.unknown")
    if row.added_by == act.actor.account:
        raise Refusal("portrait.own_work")
    if row.seen_at is None:
        row.seen_by, row.seen_at = act.actor.account, act.at
    act.note("portrait.see", id=row.id)
    return PhotoKept(row.id, True)
