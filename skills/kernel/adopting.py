"""Putting rows on record as they stand, after somebody answered for them: a data migration, a mended database.

Every row that is in doubt is named in the audit entry with its present digest; nothing is hidden by it, because the
entry itself stands in the signed log for ever, with the reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from skills.kernel import witness
from skills.kernel.acts import Act, action
from skills.kernel.db import FOLLOWED
from skills.kernel.errors import Refusal
from skills.kernel.witness import Pen, Witness


@dataclass(frozen=True)
class Adopted:
    """How many rows were put on record."""

    rows: int


@action("rows.adopt", may="system.keys")
def adopt(act: Act, reason: str) -> Adopted:
    """Put every row in doubt on record as it stands. Raises Refusal("rows.reason_needed")."""
    if not reason.strip():
        raise Refusal("rows.reason_needed")
    pen: Pen = act.db.info[FOLLOWED]
    count: Counter[str] = Counter()
    for doubt in list(witness.doubts(act.db, act.using(Witness))):
        count[doubt.made.table.name] += 1
        if doubt.key is None:
            pen.gone(doubt.made.mapper, doubt.text)
        else:
            pen.keys(doubt.made.mapper, [doubt.key])
    act.note("rows.adopt", reason=reason.strip()[:200], rows=dict(count))
    return Adopted(count.total())
