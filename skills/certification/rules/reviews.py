"""成绩复核: until when a candidate may ask, and who may count again (pure).

Source: features row 34; policies `exam.review_working_days` (the window) and `review.working_days` (the answer).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from skills.kernel.findings import Finding, Verdict, all_of
from skills.standards.calendar import add_working_days


def may_ask(scored_on: date, working_days: int, today: date) -> Verdict:
    """Whether the window is open: from the day on which scores were told to its last working day, both included."""
    last = add_working_days(scored_on, working_days)
    return Verdict(scored_on <= today <= last, "review.too_late", facts={"last": last, "days": working_days})


def may_recount(typists: Collection[str], who: str) -> Verdict:
    """Whether somebody may count again: who typed the section does not."""
    return all_of("review.cannot", [Finding("review.not_a_typist", who not in typists)])
