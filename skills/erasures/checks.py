"""What the room promises: nobody is forgotten but by two people, on grounds that stand on record."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.erasures.models import ErasureRequest
from skills.erasures.states import ErasureState
from skills.kernel.checks import Bookkeeper, check
from skills.people.queries import erased, joined


@check("erasures.decided_by_two", "删除由两人决定 everybody erased was erased by a decision of two, and every decision was carried out")
def decided_by_two(book: Bookkeeper) -> Iterator[str]:
    gone, decided = erased(book.db), set()
    for row in book.db.scalars(select(ErasureRequest).where(ErasureRequest.state == ErasureState.GRANTED)):
        decided.add(row.person_id)
        if row.examined_by in (None, row.decided_by) or row.decided_by is None:
            yield f"request {row.id}: not by two people"
        if not row.verdict or not all(found["met"] for found in row.verdict):
            yield f"request {row.id}: granted although something stood against it"
        if row.person_id not in gone:
            yield f"request {row.id}: granted, but the person was not erased"
    into = joined(book.db)
    for person_id in sorted(p for p in gone if into.get(p, p) not in decided):
        yield f"person {person_id}: erased without a decision"
