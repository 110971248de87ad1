"""A person's certificates: number, state, level and dates stay and verify; name, document, file and signed bytes go."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from skills.credentials.actions import uploads
from skills.credentials.models import Certificate, LookChoice, LookCount, Paper, ShareLink
from skills.credentials.states import SHARE, ShareState
from skills.kernel.acts import Act
from skills.people.parts import Part, register


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Certificates that go on being verified by their numbers."""
    chosen = select(func.count()).select_from(Certificate).where(Certificate.person_id == person_id)
    return {"certificates": db.scalar(chosen) or 0}


def forget(act: Act, person_id: str) -> None:
    """Nobody finds a certificate by name any more; links end; what was not uploaded stays here; looks are not counted."""
    rows = list(act.db.scalars(select(Certificate).where(Certificate.person_id == person_id)))
    ids = [row.id for row in rows]
    for row in rows:
        row.name_proof, row.four_proof = "", ""
        uploads.drop(act, row.id)
    removed(act, person_id)
    for paper in act.db.scalars(select(Paper).where(Paper.certificate_id.in_(ids))):
        paper.blank = ""
    for count in act.db.scalars(select(LookCount).where(LookCount.certificate_id.in_(ids))):
        act.db.delete(count)
    for choice in act.db.scalars(select(LookChoice).where(LookChoice.person_id == person_id)):
        act.db.delete(choice)
    act.db.flush()


def removed(act: Act, person_id: str) -> None:
    """Links end: whoever came in by another's document may have made them."""
    mine = select(Certificate.id).where(Certificate.person_id == person_id)
    live = select(ShareLink).where(ShareLink.certificate_id.in_(mine), ShareLink.state == ShareState.LIVE)
    for link in act.db.scalars(live).all():
        act.move(link, SHARE, "end", ended_at=act.at)


def join(act: Act, kept: str, gone: str) -> None:
    """Whoever wanted no looks counted at the one record wants none at all."""
    choices = {row.person_id: row for row in act.db.scalars(select(LookChoice).where(LookChoice.person_id.in_((kept, gone))))}
    if all(row.counted for row in choices.values()):
        return
    if kept in choices:
        choices[kept].counted = False
    theirs = select(Certificate.id).where(Certificate.person_id.in_((kept, gone)))
    for count in act.db.scalars(select(LookCount).where(LookCount.certificate_id.in_(theirs))):
        act.db.delete(count)
    act.db.flush()


register("credentials", Part(forget, stays=stays, rests={LookChoice.person_id: true()}, join=join, removed=removed))
