"""Who sits on a committee, what has to be there for each person, and when a vote confirms (pure).

Sources: measure 9 (自主运用评价方式, recognised by the firm within its filing); desks D14 (own people only); row 38 (no evidence,
no confirmation). The rule by which a committee counts was not found: policy `recognition.majority`. 特级 and 首席 are appointments
(domain §1.2: a post filled by a filed employer, 首席 only where 特级 are appointed); years, quota and term are the authority's to set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from skills.kernel.findings import Finding, Verdict, no_fault
from skills.people.rules import turns
from skills.records.rules import LevelHeld
from skills.standards.rules import Level

FEWEST = 3
WAYS = {
    "condition": ("符合国家职业标准申报条件", "meets a condition of the national standard"),
    "norm": ("符合本单位备案的评价规范", "meets the firm's own norm that is filed"),
    "post": ("符合评聘条件，经业绩评审和现场答辩", "meets what the post asks for, by work and defence"),
}
DIRECT, APPOINTMENT = "direct", "appointment"
METHODS = {DIRECT: ("直接认定", "direct recognition"), APPOINTMENT: ("评聘（特级技师、首席技师）", "appointment (special-grade, chief)")}
WAYS_OF = {DIRECT: ("condition", "norm"), APPOINTMENT: ("post",)}


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


@dataclass(frozen=True)
class Post:
    """What policy asks of an appointment 评聘 to a level.

    needs, years  the level that somebody holds in the occupation, and for how many full years
    most          how many one firm may have at a time
    term_years    for how long; 0: without end
    """

    level: Level
    needs: Level
    years: int
    most: int
    term_years: int

    def until(self, since: date) -> date | None:
        """The last day of a term that begins so."""
        return turns(since, self.term_years) - timedelta(days=1) if self.term_years else None


def post_of(level: Level, said: Mapping[str, Any]) -> Post | None:
    """The policy row of a level as it is kept; None while the authority lets nobody be appointed (most is 0)."""
    if not said["most"]:
        return None
    return Post(level, Level(said["needs"]), said["years"], said["most"], said["term_years"])


def may_open(post: Post, taken: int, more: int, specials: int) -> Verdict:
    """Whether a firm may appoint so many more. taken: who is appointed or proposed already; specials: its 特级技师 in office."""
    shown = {"level": post.level.wording, "level_en": post.level.english, "most": post.most, "taken": taken, "more": more}
    return no_fault(
        "appointment.not_open",
        [
            Finding("appointment.quota", taken + more <= post.most, "", shown),
            Finding("appointment.special_first", post.level is not Level.CHIEF or specials > 0, "", shown),
        ],
    )


def may_hold(post: Post, levels: Iterable[LevelHeld], occupation: str, day: date) -> Verdict:
    """Whether somebody meets what the post asks for: the level below it in the occupation, for so many full years."""
    held = [x for x in levels if x.occupation == occupation and x.level == post.needs and x.strength != "promised"]
    met = any(turns(x.issued_on, post.years) <= day for x in held)
    shown = {"needs": post.needs.wording, "needs_en": post.needs.english, "years": post.years}
    return no_fault("appointment.not_met", [Finding("appointment.holds", met, "", shown)])
