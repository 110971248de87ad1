"""A list of people of any size: rows as the register, the record and the batch's list have them, written past the office.

Putting a million people on record is no part of what is measured, and through the office it would take longer than all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import psycopg

from skills.app import Works
from skills.kernel.box import Box
from skills.people.queries import birth_place, name_place
from skills.records.rules import Standing, to_json
from skills.vouchers.states import LineState

GROUP, SINCE = "registered_unemployed", date(2026, 1, 1)


def listed(url: str, works: Works, batch_id: str, count: int) -> None:
    """So many people of a batch's group on its empty list."""
    box, at = works.office.tools[Box], works.office.clock.now()
    assert isinstance(box, Box)
    body = json.dumps(to_json(Standing(GROUP, SINCE, None)), ensure_ascii=False)
    ids = [f"b{n:025}" for n in range(count)]
    with psycopg.connect(url) as db:
        _copy(db, "person (id, name, birth, sex, district, synthetic, registered_at)", (
            (i, box.seal("何晓星", name_place(i)), box.seal("1999-05-01", birth_place(i)), "F", "500112", True, at) for i in ids
        ))  # fmt: skip
        _copy(db, "record_entry (id, person_id, kind, source, body, on_day, strength, added_by, added_at)", (
            (i, i, "standing", f"list:{i}", body, SINCE, "compared", "bench", at) for i in ids
        ))  # fmt: skip
        _copy(db, "voucher_line (id, batch_id, position, person_id, state, code, findings, listed_at)", (
            (i, batch_id, n, i, LineState.WAITING.value, "", "[]", at) for n, i in enumerate(ids, 1)
        ))  # fmt: skip


def _copy(db: psycopg.Connection[Any], into: str, rows: Iterable[tuple[object, ...]]) -> None:
    with db.cursor().copy(f"copy {into} from stdin") as copy:  # type: ignore[call-overload]
        for row in rows:
            copy.write_row(row)
