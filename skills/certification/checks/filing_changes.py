"""What is promised of requests for filings: who decided, by when, and that terms and scopes are what was granted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from skills.certification.models import Filing, FilingChange, FilingScope
from skills.certification.rules.filings import last_day
from skills.certification.states.filings import ChangeKind, ChangeState
from skills.kernel.checks import Bookkeeper, check
from skills.standards.queries import value

DECIDED = (ChangeState.GRANTED, ChangeState.REFUSED)


@check("certification.filing_changes", "续期增项均有人决定 each request for a filing is decided by another hand or on a promise, and has a clock")
def filing_changes(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(FilingChange)):
        decided = row.decided_by is not None and (row.path == "promise" or row.decided_by != row.asked_by)
        if (row.state in DECIDED) != decided:
            yield f"filing_change {row.id}: {row.state}, asked by {row.asked_by}, decided by {row.decided_by}"
        if (row.due_on is not None) != (row.state == ChangeState.ASKED):
            yield f"filing_change {row.id}: {row.state}, due on {row.due_on}"
        if (row.term_to is not None) != (row.state == ChangeState.GRANTED and row.kind == ChangeKind.RENEWAL):
            yield f"filing_change {row.id}: a {row.kind} that is {row.state} gives a term to {row.term_to}"


@check("certification.filing_grown", "期限和范围均经准予 terms and additions of filings are those that were granted")
def filing_grown(book: Bookkeeper) -> Iterator[str]:
    ends: dict[str, date] = {}
    added: dict[str, set[tuple[str, str, int]]] = defaultdict(set)
    for row in book.db.scalars(select(FilingChange).where(FilingChange.state == ChangeState.GRANTED)):
        if row.term_to is not None:
            ends[row.filing_id] = max(row.term_to, ends.get(row.filing_id, date.min))
        if row.kind == ChangeKind.ADDITION:
            added[row.filing_id] |= {(code, branch, level) for code, branch, level in row.scope}
    for filing in book.db.scalars(select(Filing).where(Filing.valid_to.is_not(None), Filing.filed_on.is_not(None))):
        begun = filing.filed_on or date.min
        last = ends.get(filing.id) or last_day(begun, value(book.db, "filing.term_years", begun))
        if filing.valid_to != last:
            yield f"filing {filing.number}: valid to {filing.valid_to}, given was {last}"
    for item in book.db.scalars(select(FilingScope).where(FilingScope.added_on.is_not(None))):
        if (item.occupation, item.branch, item.level) not in added[item.filing_id]:
            yield f"filing {item.filing_id}: nobody granted {item.occupation} {item.branch} {item.level}"
