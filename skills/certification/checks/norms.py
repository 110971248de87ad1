"""What is promised of norms: what was filed is complete, and not without its filing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Filing, FilingScope, Norm
from skills.certification.rules.norms import written
from skills.certification.states.norms import NormState
from skills.kernel.checks import Bookkeeper, check


@check("certification.norms", "评价规范均完整 a norm in force says something in every cell of the levels of its scope")
def norms_complete(book: Bookkeeper) -> Iterator[str]:
    numbered = set(book.db.scalars(select(Filing.id).where(Filing.number.is_not(None))))
    for row in book.db.scalars(select(Norm).where(Norm.state == NormState.FILED)):
        if row.filing_id not in numbered or not row.asked or row.filed_at is None:
            yield f"norm {row.id}: in force without a filing in force"
        levels = select(FilingScope.level).where(
            FilingScope.filing_id == row.filing_id, FilingScope.occupation == row.occupation, FilingScope.branch == row.branch
        )
        for level in book.db.scalars(levels):
            said = row.cells.get(str(level), {})
            for code in row.asked:
                if not written(said.get(code, "")):
                    yield f"norm {row.id}: nothing stands in {level}/{code}"
