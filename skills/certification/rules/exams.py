"""Sections, scores, outcomes, and when a plan is complete (pure).

Sources: domain rulebook §3.1 (each section out of 100, each must reach 60, 60 included, no averaging; at least two
invigilators and one for 15 candidates; panels odd and at least three), desks D16 (order of affairs), D19 (score step).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding, Verdict, all_of
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level

HUNDRED = 10_000
PASS_MARK = 6_000
_SCORE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")


class Section(StrEnum):
    """The parts of an exam."""

    THEORY = "theory"
    PRACTICAL = "practical"
    COMPREHENSIVE = "comprehensive"

    @property
    def words(self) -> tuple[str, str]:
        """(Chinese, English)."""
        return _SECTION_WORDS[self]


_SECTION_WORDS = {
    Section.THEORY: ("理论知识", "theory"),
    Section.PRACTICAL: ("操作技能", "practical"),
    Section.COMPREHENSIVE: ("综合评审", "comprehensive review"),
}


def sections_of(level: Level) -> tuple[Section, ...]:
    """The sections of a level: theory and practical, and the comprehensive review for 技师 and above."""
    if level >= Level.L2:
        return (Section.THEORY, Section.PRACTICAL, Section.COMPREHENSIVE)
    return (Section.THEORY, Section.PRACTICAL)


@dataclass(frozen=True)
class Mark:
    """What one candidate got in one section: hundredths of a point, or None for absent 缺考 (never zero)."""

    hundredths: int | None

    @property
    def absent(self) -> bool:
        """Whether the candidate did not come."""
        return self.hundredths is None

    @property
    def text(self) -> str:
        """59.5, 60, or an empty text for absent."""
        return "" if self.hundredths is None else points(self.hundredths)


ABSENT = Mark(None)


def points(hundredths: int) -> str:
    """5950 → "59.5", 6000 → "60"."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def read_score(text: str, step: int) -> Mark:
    """A score as typed, kept exactly: never rounded. `step` in hundredths of a point (50 = half points).

    Raises Refusal("score.not_a_number") for anything but plain digits (full-width, NaN, signs, blanks inside),
    ("score.out_of_range") above 100, ("score.step") between the steps.
    """
    plain = text.strip(" ")
    if _SCORE.fullmatch(plain) is None:
        raise Refusal("score.not_a_number", text=text[:12])
    whole, _, rest = plain.partition(".")
    ten_thousandths = int(whole) * 10_000 + int(rest.ljust(4, "0") or "0")
    if ten_thousandths > HUNDRED * 100:
        raise Refusal("score.out_of_range", text=plain)
    if ten_thousandths % (step * 100):
        raise Refusal("score.step", text=plain, step=points(step))
    return Mark(ten_thousandths // 100)


class Outcome(StrEnum):
    """How an exam ended for one candidate."""

    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


def outcome(
    level: Level, marks: Mapping[Section, Mark], pass_mark: int = PASS_MARK, kept: Collection[Section] = ()
) -> Outcome:
    """Passed only if each section of the level reached the pass mark by itself, now or earlier (`kept`).

    A section that is missing or absent makes it incomplete, whatever the others are; no section makes up for another.
    """
    needed = [marks.get(section, ABSENT) for section in sections_of(level) if section not in kept]
    if any(mark.hundredths is None for mark in needed):
        return Outcome.INCOMPLETE
    reached = all(mark.hundredths is not None and mark.hundredths >= pass_mark for mark in needed)
    return Outcome.PASSED if reached else Outcome.FAILED


@dataclass(frozen=True)
class PlanRules:
    """The numbers of the rules for plans (policy rows)."""

    working_days_ahead: int
    least_examiners: int
    least_invigilators: int
    candidates_per_invigilator: int


@dataclass(frozen=True)
class Plan:
    """A plan as its rules see it."""

    level: Level
    site: str
    registration_from: date | None
    registration_to: date | None
    held_on: date | None
    capacity: int
    examiners: tuple[str, ...]
    invigilators: tuple[str, ...]
    supervisors: tuple[str, ...]


def plan_faults(plan: Plan, rules: PlanRules, today: date) -> Verdict:
    """What a plan still lacks before it can be filed: every point, met or not."""
    examiners, invigilators = len(set(plan.examiners)), len(set(plan.invigilators))
    needed = max(rules.least_invigilators, -(-plan.capacity // rules.candidates_per_invigilator))
    begins, ends, held = plan.registration_from, plan.registration_to, plan.held_on
    ordered = begins is not None and ends is not None and held is not None and begins <= ends < held
    earliest = add_working_days(today, rules.working_days_ahead)
    both = sorted(set(plan.examiners) & set(plan.invigilators) | set(plan.supervisors) & set(plan.examiners))
    return all_of(
        "plan.incomplete",
        [
            Finding("plan.site", bool(plan.site.strip())),
            Finding("plan.dates", ordered),
            Finding("plan.ahead", held is not None and held >= earliest, "",
                    {"days": rules.working_days_ahead, "earliest": earliest}),
            Finding("plan.capacity", plan.capacity >= 1, "", {"capacity": plan.capacity}),
            Finding("plan.examiners", examiners >= rules.least_examiners and examiners % 2 == 1, "",
                    {"count": examiners, "least": rules.least_examiners}),
            Finding("plan.invigilators", invigilators >= needed, "", {"count": invigilators, "needed": needed}),
            Finding("plan.supervisor", len(plan.supervisors) >= 1),
            Finding("plan.one_duty", not both, "", {"names": both}),
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two independent entries of one section for one candidate; None where nothing was entered yet."""

    candidate: str
    section: Section
    first: Mark | None
    second: Mark | None

    @property
    def agrees(self) -> bool:
        """Whether both are there and equal."""
        return self.first is not None and self.first == self.second


def may_sign(pairs: Sequence[Pair], typists: Mapping[Section, tuple[str | None, str | None]], signer: str) -> Verdict:
    """Whether the scores of a sitting may be signed off: all entered twice by two, all equal, signed by a third."""
    missing = sum(p.first is None or p.second is None for p in pairs)
    differing = sum(p.first is not None and p.second is not None and p.first != p.second for p in pairs)
    involved = {who for pair in typists.values() for who in pair if who}
    two = all(first and second and first != second for first, second in typists.values())
    return all_of(
        "score.cannot_sign",
        [
            Finding("score.all_entered", missing == 0 and bool(pairs), "", {"count": missing}),
            Finding("score.all_equal", differing == 0, "", {"count": differing}),
            Finding("score.two_typists", two and bool(typists)),
            Finding("score.third_person", signer not in involved),
        ],
    )


def window_over(started: date, working_days: int, today: date, code: str) -> Verdict:
    """Whether a window of working days after `started` is over: only after its last day."""
    last = add_working_days(started, working_days)
    return Verdict(today > last, code, facts={"last": last, "days": working_days})
