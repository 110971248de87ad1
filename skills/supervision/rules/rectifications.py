"""When an order to put something right is overdue, who checks it again, and what it keeps a body from (pure)."""

from __future__ import annotations

from datetime import date

from skills.kernel.findings import Finding, Verdict, all_of
from skills.supervision.states.rectifications import RectificationState

CAUSE_WORDS = {"supervision": ("督导发现问题", "found by a supervisor"), "suspension": ("备案暂停", "the filing is suspended")}


def overdue(state: str, due_on: date, today: date) -> bool:
    """Whether the day passed without an answer: the bureau's own time for the re-check is not the body's."""
    return state == RectificationState.ORDERED and due_on < today


def may_recheck(by: str, ordered_by: str) -> Verdict:
    """The re-check is another person's than who ordered it."""
    return all_of("rectification.second_needed", [Finding("rectification.not_orderer", by != ordered_by)])


def may_renew(late: int) -> Verdict:
    """Nothing that was ordered is overdue."""
    return all_of("rectification.overdue", [Finding("rectification.none_overdue", not late, facts={"count": late})], count=late)


def may_resume(open_ones: int) -> Verdict:
    """Nothing that was ordered is open."""
    return all_of("rectification.open", [Finding("rectification.none_open", not open_ones, facts={"count": open_ones})], count=open_ones)
