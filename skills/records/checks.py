"""What the passport promises: every entry reads back."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.checks import Bookkeeper, check
from skills.records.models import RecordEntry
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
