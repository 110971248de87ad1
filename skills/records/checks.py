"""What the passport promises: every entry reads back, and every paper is there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.checks import Bookkeeper, check
from skills.records.models import RecordEntry, RecordEvidence
from skills.records.papers import damaged
from skills.records.rules import day_of, from_json, to_json


@check("records.read_back", "档案可读 every entry reads back as the fact it was")
def read_back(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(RecordEntry)):
        try:
            fact = from_json(row.kind, row.body, row.source, row.strength)
        except (KeyError, ValueError):
            yield f"entry {row.id}: not a {row.kind}"
            continue
        if to_json(fact) != row.body or day_of(fact) != row.on:
            yield f"entry {row.id}: changed"


@check("records.evidence", "证明材料都在，内容与登记一致 every paper that shows a fact is there, and what it was")
def evidence(book: Bookkeeper) -> Iterator[str]:
    yield from damaged(book, book.db.scalars(select(RecordEvidence)))
