"""What is promised of certificates that were issued on a false promise: each is looked at by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Filing, FilingRecheck
from skills.certification.queries.rechecks import issued_on_promise
from skills.kernel.checks import Bookkeeper, check


@check("certification.rechecks", "承诺不实逐人复核 each certificate of a broken promise has its look, and nothing else has")
def rechecks(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, set[str]] = defaultdict(set)
    for filing_id, award_id in book.db.execute(select(FilingRecheck.filing_id, FilingRecheck.award_id)):
        held[filing_id].add(award_id)
    broken = set(book.db.scalars(select(Filing.id).where(Filing.broken_on.is_not(None))))
    for filing_id in sorted(broken | held.keys()):
        wanted = set(issued_on_promise(book.db, filing_id)) if filing_id in broken else set()
        for award_id in sorted(wanted ^ held[filing_id]):
            yield f"filing {filing_id}: award {award_id} " + ("has no look" if award_id in wanted else "was not issued on a broken promise")
