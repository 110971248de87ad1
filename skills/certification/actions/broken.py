"""A promise was found untrue: each certificate that was issued on it waits to be looked at by itself."""

from __future__ import annotations

from skills.certification.models import FilingRecheck
from skills.certification.queries.rechecks import issued_on_promise
from skills.certification.states.rechecks import RECHECK
from skills.kernel.acts import Act


def begin_rechecks(act: Act, filing_id: str) -> None:
    """Every certificate issued on a promise that was found untrue waits for its look (desks D15)."""
    awards = issued_on_promise(act.db, filing_id)
    act.add_many(FilingRecheck, [
        {
            "id": one, "filing_id": filing_id, "award_id": award, "state": RECHECK.start, "opened_by": act.actor.account,
            "opened_at": act.at, "decided_by": None, "decided_at": None, "reason": "",
        }
        for one, award in zip(sorted(act.new_ids(len(awards))), awards, strict=True)
    ])  # fmt: skip
    act.note("filing_recheck.begin", filing=filing_id, count=len(awards))
