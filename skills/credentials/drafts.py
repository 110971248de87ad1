"""What is known about a certificate that is about to be signed, put together for the linter. Reads only."""

from __future__ import annotations

from datetime import datetime

import cbor2
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import organisation
from skills.credentials import badge, cose, fonts
from skills.credentials.claims import Claims
from skills.credentials.lint.draft import Draft, Grounds, Holder, texts
from skills.credentials.models import Certificate
from skills.credentials.statuslist import SIZE
from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing
from skills.people.queries import person, printed_document
from skills.people.queries.portraits import by_digest
from skills.standards.queries import occupation, value

FILL = 100_000  # a list of 131,072 is left when so many places are taken, so that drawing stays quick


def newest_list(db: Session) -> int:
    """The first index of the status list in use."""
    count = db.scalar(select(func.count()).select_from(Certificate)) or 0
    return count // FILL * SIZE


def draft(
    db: Session, box: Box, public_base: str, at: datetime, *, claims: Claims, status_index: int, places: int,
    person_id: str, issuer_id: str, synthetic: bool, grounds: Grounds | None, replaces: str | None,
    taken_over: bool = False,
) -> Draft:  # fmt: skip
    """Everything that the rules before signing look at. `places`: how many places the status lists in use have."""
    who, document = person(db, person_id), printed_document(db, box, person_id)
    try:
        known = occupation(db, claims.occupation_code)
        catalogue = (known.name, known.kind, known.branches)
    except Missing:
        catalogue = None
    return Draft(
        claims=claims, at=at, public_base=public_base, status_index=status_index, places=places,
        payload=_payload(claims, status_index, at),
        badge=badge.credential(claims, status_index, at, public_base),
        holder=Holder(who.name, who.birth, document.kind_word, document.masked, who.synthetic),
        issuer_name=organisation(db, issuer_id).name, specimen=synthetic,
        least_age=value(db, "exam.min_age", shanghai_day(at)), lost=tuple(fonts.missing("".join(texts(claims)))),
        catalogue=catalogue, grounds=grounds, replaces=replaces,
        taken_over=taken_over, photo=by_digest(db, box, person_id, claims.photo_digest) if claims.photo_digest else None,
    )  # fmt: skip


def _payload(claims: Claims, status_index: int, at: datetime) -> bytes:
    """The bytes that the QR's signature will cover; empty when the date is not the day of signing."""
    try:
        return cbor2.dumps(cose.payload_of(claims, status_index, at), canonical=True)
    except ValueError:
        return b""
