"""The copy that a link hands out: printed as the original was, with the document number masked and no electronic seal."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from skills.credentials import paper, queries
from skills.credentials.queries.designs import InForce, in_force, printed_with
from skills.kernel.box import box_of
from skills.people.queries.portraits import by_digest


def sheet(db: Session, number: str, public_base: str, made_at: datetime) -> paper.Sheet:
    """What a copy is printed from: the design and seal of the original, or what is in force while that is being made."""
    line = queries.certificate(db, number)
    held = queries.paper_of(db, number)
    printed: InForce = printed_with(db, held.design, held.seal_id, line.claims.kind) if held else in_force(db, line.issuer_id, line.claims.kind)
    claimed = line.claims.photo_digest
    return paper.Sheet(
        photo=by_digest(db, box_of(db), line.person_id, claimed) if claimed else None,
        claims=line.claims, message=queries.code_of(db, number), public_base=public_base, badge=b"", receipt=b"",
        made_at=made_at, synthetic=line.synthetic, look=printed.look, logo=printed.logo, seal=printed.seal, copy=True,
    )  # fmt: skip


@lru_cache(maxsize=32)
def pdf(made: paper.Sheet) -> bytes:
    """The copy. The same sheet is printed once."""
    return paper.pdf(made)
