"""Who sits on a committee, what has to be there for each person, and when a vote confirms (pure).

Sources: measure 9 (自主运用评价方式, recognised by the firm within its filing); desks D14 (own people only); row 38 (no evidence,
no confirmation). The rule by which a committee counts was not found: policy `recognition.majority`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from skills.kernel.findings import Finding, Verdict, no_fault

FEWEST = 3
WAYS = {
    "condition": ("符合国家职业标准申报条件", "meets a condition of the national standard"),
    "norm": ("符合本单位备案的评价规范", "meets the firm's own norm that is filed"),
}
METHODS = {"direct": ("直接认定", "direct recognition")}


@dataclass(frozen=True)
class Ready:
    """What is there for one person. `place`: its line on the page; `met`: whether the named rule is met, None while none is named."""

    place: int
    papers: int
    stated: bool
    met: bool | None


def committee_faults(members: Sequence[str], chair: str, proposer: str, staff: Collection[str], proposed: Collection[str]) -> Verdict:
    """Whether these accounts may be a committee: odd, three at least, of the firm, none of them proposing or proposed."""
    distinct = set(members)
    count = {"count": len(distinct), "least": FEWEST}
    return no_fault(
        "recognition.committee",
        [
            Finding("recognition.odd", len(distinct) >= FEWEST and len(distinct) % 2 == 1, "", count),
            Finding("recognition.chair", chair in distinct),
            Finding("recognition.members_work_here", distinct <= set(staff)),
            Finding("recognition.proposer_apart", proposer not in distinct),
            Finding("recognition.nobody_for_oneself", not distinct & set(proposed)),
        ],
    )


def not_ready(people: Sequence[Ready]) -> Verdict:
    """What is still missing before a committee can look: for everybody a paper, what it shows, and the rule that is met."""
    found = [Finding("recognition.somebody", bool(people))]
    for one in people:
        shown = {"place": one.place}
        found.append(Finding("recognition.evidence", one.papers > 0, "", shown))
        found.append(Finding("recognition.statement", one.stated, "", shown))
        found.append(Finding("recognition.way", one.met is True, "", shown))
    return no_fault("recognition.not_ready", found)


def carried(yes: int, members: int, majority: str) -> bool:
    """Whether so many votes of all members confirm. majority: half (more than half), two_thirds (or more), all."""
    return {"half": 2 * yes > members, "two_thirds": 3 * yes >= 2 * members, "all": yes == members}[majority]
