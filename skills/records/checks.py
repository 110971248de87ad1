"""What the passport promises: every entry reads back, and every paper is there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.config import Settings
from skills.kernel.box import Box, Shredded, Tampered
from skills.kernel.checks import Bookkeeper, check
from skills.records.models import RecordEntry, RecordEvidence
from skills.records.queries import EVIDENCE, place_of
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
    box, settings = book.tools[Box], book.tools[Settings]
    assert isinstance(box, Box)  # noqa: S101
    assert isinstance(settings, Settings)  # noqa: S101
    for row in book.db.scalars(select(RecordEvidence)):
        try:
            data = box.open_bytes((settings.files_dir / EVIDENCE / row.id).read_bytes(), place_of(row.id))
        except Shredded:
            continue
        except (FileNotFoundError, Tampered):
            yield f"paper {row.id}: gone or changed"
            continue
        if box.blind("record_evidence", data.hex()) != row.digest:
            yield f"paper {row.id}: not what was handed in"
