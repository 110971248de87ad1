"""The completion exam 结业考核: what it comes to, who may mark it, and what a return may say after it (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from skills.kernel.findings import Finding, Verdict, all_of
from skills.records.rules.marks import Mark
from skills.returns.rules import Rule, Severity

SECTION_WORDS: Mapping[str, tuple[str, str]] = {"theory": ("理论", "theory"), "practice": ("实操", "practice")}
OUTCOME_WORDS: Mapping[str, tuple[str, str]] = {
    "passed": ("合格", "passed"), "failed": ("不合格", "not passed"), "absent": ("缺考", "absent"),
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """Policy of the day for a kind of course.

    asked      whether nobody completes without an exam
    weights    section → per cent; they add up to 100
    pass_mark  hundredths of a point that each section has to reach
    step       hundredths between two marks
    resits     how many times somebody who did not pass may sit again, within `resit_days`
    """

    asked: bool
    weights: Mapping[str, int]
    pass_mark: int
    step: int
    resits: int
    resit_days: int
    least_markers: int


@dataclass(frozen=True)
class Result:
    """What an exam came to: "passed", "failed" or "absent"; `total` in hundredths, none for who was absent."""

    outcome: str
    total: int | None

    @property
    def score(self) -> Decimal | None:
        """The score as a return says it."""
        return None if self.total is None else Decimal(self.total) / 100


def result(marks: Mapping[str, Mark], weights: Mapping[str, int], pass_mark: int) -> Result:
    """Passed if every section reaches the pass mark by itself. An absence in one is an absence, never zero."""
    given = {section: marks.get(section, Mark(None)).hundredths for section in weights}
    known = {section: value for section, value in given.items() if value is not None}
    if len(known) < len(given):
        return Result("absent", None)
    total = sum(known[section] * weight for section, weight in weights.items()) // 100
    return Result("passed" if all(value >= pass_mark for value in known.values()) else "failed", total)


def seats(exam_id: str, enrolments: Collection[str]) -> dict[str, int]:
    """Seat numbers 1, 2, 3 … in an order that nobody chose: markers see them in place of names."""
    order = sorted(enrolments, key=lambda e: hashlib.sha256(f"{exam_id}\n{e}".encode()).hexdigest())
    return {enrolment: seat for seat, enrolment in enumerate(order, start=1)}


FARTHEST = timedelta(days=366)  # what lies farther ahead is a slip of the year


def may_plan(
    running: bool, open_now: bool, sitting: int, terms: Terms, failed: int, days_since: int | None, ahead: bool, near: bool = True
) -> Verdict:
    """Whether a class may sit an exam, or sit it again.

    sitting     1 for the first
    failed      who would sit a resit: not passed or absent so far
    days_since  days from the last sitting to this one, none for the first
    ahead       whether it lies in the future; near: and no farther than FARTHEST
    """
    found = [
        Finding("completion_exam.class_runs", running), Finding("completion_exam.none_open", not open_now),
        Finding("completion_exam.ahead", ahead), Finding("completion_exam.near", near, facts={"days": FARTHEST.days}),
    ]  # fmt: skip
    if sitting > 1:
        found += [
            Finding("completion_exam.resits_left", sitting - 1 <= terms.resits, facts={"most": terms.resits}),
            Finding("completion_exam.somebody_failed", failed > 0),
            Finding("completion_exam.in_time", days_since is not None and days_since <= terms.resit_days, facts={"days": terms.resit_days}),
        ]
    return all_of("completion_exam.cannot_plan", found)


def may_mark(markers: Collection[str], known: Collection[str], near: Collection[str], setter: str, least: int) -> Verdict:
    """Whether these people may set and mark: enough of them, on record as markers, nobody who belongs to the trainer 教考分离."""
    return all_of(
        "completion_exam.markers_refused",
        [
            Finding("completion_exam.enough_markers", len(set(markers)) >= least, facts={"least": least}),
            Finding("completion_exam.known_markers", set(markers) | {setter} <= set(known)),
            Finding("completion_exam.not_near", not (set(markers) | {setter}) & set(near)),
        ],
    )


# What a return may say ---------------------------------------------------------------------------------------------

EXAM_RULES = (
    Rule("completions.exam_missing", Severity.ERROR, "outcome"),
    Rule("completions.exam_not_passed", Severity.ERROR, "outcome", {"outcome": "缺考", "outcome_en": "absent"}),
    Rule("completions.score_differs", Severity.ERROR, "score", {"score": "88", "exam": "58.5"}),
)
COLUMN_OF = {rule.code: rule.column for rule in EXAM_RULES}


def against_exam(asked: bool, found: Result | None, score: Decimal | None, passed: bool) -> tuple[str, dict[str, Any]] | None:
    """What the exam says against a reported result, as code and facts; None if nothing.

    asked   whether an exam is needed: by policy, or because one was planned for the class
    """
    if found is None:
        return ("completions.exam_missing", {}) if asked and passed else None
    if passed and found.outcome != "passed":
        zh, en = OUTCOME_WORDS[found.outcome]
        return "completions.exam_not_passed", {"outcome": zh, "outcome_en": en}
    if found.score is not None and score is not None and score != found.score:
        return "completions.score_differs", {"score": f"{score:f}", "exam": f"{found.score.normalize():f}"}
    return None
