"""What certification promises of accommodations."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Accommodation, Application, ScoreSheet
from skills.certification.rules.accommodations import Needs
from skills.kernel.checks import Bookkeeper, check


@check("certification.accommodations", "合理便利与评分分开 who decides types no scores in that exam; no more is granted than asked")
def accommodations(book: Bookkeeper) -> Iterator[str]:
    typed = {
        (sheet.sitting_id, account) for sheet in book.db.scalars(select(ScoreSheet)) for account in (sheet.first_by, sheet.second_by) if account
    }
    rows = book.db.execute(select(Accommodation, Application.sitting_id).join(Application, Application.id == Accommodation.application_id))
    for row, sitting_id in rows:
        if (sitting_id, row.decided_by) in typed:
            yield f"accommodation {row.id}: decided by who types scores of the exam"
        if row.granted is not None and not Needs(**row.granted).within(Needs(**row.needs)):
            yield f"accommodation {row.id}: more is granted than was asked for"
