"""How many certificates of a body are tested again, and whether it may issue: from its record, by a table that is policy (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skills.kernel.findings import Finding, Verdict, all_of

REASON_WORDS: Mapping[str, tuple[str, str]] = {
    "failed_retests": ("复核未通过", "failed re-tests"),
    "upheld_objections": ("异议成立", "upheld objections"),
    "deviations": ("督导发现问题的场次", "exams in which a supervisor found something"),
    "overdue_orders": ("逾期整改", "overdue orders to put right"),
}


@dataclass(frozen=True)
class Record:
    """What happened at a body since its trust was last restored, within the days of the table."""

    failed_retests: int = 0
    upheld_objections: int = 0
    deviations: int = 0
    overdue_orders: int = 0


@dataclass(frozen=True)
class Rating:
    """The share of certificates that are tested again (per cent), whether issue stops, and each (reason, how many, from how many on)."""

    rate: int
    stops: bool
    reasons: tuple[tuple[str, int, int], ...] = ()

    def worse_than(self, other: Rating) -> bool:
        """Whether it asks for more than another."""
        return self.rate > other.rate or (self.stops and not other.stops)


def rate(record: Record, table: Mapping[str, Any]) -> Rating:
    """The highest rate of all rows of the table that apply; issue stops if one of them says so."""
    rows: Sequence[Mapping[str, Any]] = table["rows"]
    applied = [(row, getattr(record, row["reason"])) for row in rows if getattr(record, row["reason"]) >= row["least"]]
    return Rating(
        max([int(table["usual"]), *(int(row["rate"]) for row, _ in applied)]),
        any(row["stops"] for row, _ in applied),
        tuple((row["reason"], count, int(row["least"])) for row, count in applied),
    )


def may_issue(stops: bool, percent: int) -> Verdict:
    """Whether a body issues: not while its trust is gone."""
    return all_of("trust.stopped", [Finding("trust.may_issue", not stops, facts={"rate": percent})], rate=percent)


def may_approve(by: str, proposed_by: str) -> Verdict:
    """Who proposes does not approve."""
    return all_of("trust.second_needed", [Finding("trust.not_proposer", by != proposed_by)])
