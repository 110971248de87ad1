"""Sections, scores, outcomes, and when a plan is complete (pure).

Sources: domain rulebook §3.1 (each section out of 100, each must reach 60, 60 included, no averaging; at least two
invigilators and one for 15 candidates; panels odd and at least three), desks D16 (order of affairs), D19 (score step).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from skills.certification.rules.duties import Duty, at_once
from skills.certification.rules.rooms import Hour, PlannedRoom, short_hours
from skills.kernel.findings import Finding, Verdict, all_of
from skills.kernel.money import Amount
from skills.records.rules.marks import ABSENT, Mark
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level

PASS_MARK = 6_000
FEE = Amount(1_000_000, zero=True)  # 分; an exam may be free


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


def usual_hours(level: Level) -> tuple[Hour, ...]:
    """A day's hours as they are usual: what a new plan begins with."""
    return tuple(hour for hour in _USUAL if hour.section in sections_of(level))


_USUAL = (Hour(Section.THEORY, "09:00", 90), Hour(Section.PRACTICAL, "10:50", 60), Hour(Section.COMPREHENSIVE, "14:00", 30))


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
    least_minutes: Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    """A plan as its rules see it; staff as they are told apart: by account."""

    level: Level
    site: str
    registration_from: date | None
    registration_to: date | None
    held_on: date | None
    capacity: int
    examiners: tuple[str, ...]
    invigilators: tuple[str, ...]
    supervisors: tuple[str, ...]
    rooms: tuple[PlannedRoom, ...]
    papers: int
    hours: tuple[Hour, ...]
    setters: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def plan_faults(plan: Plan, rules: PlanRules, today: date) -> Verdict:
    """What a plan still lacks before it can be filed: every point, met or not."""
    examiners, invigilators = len(set(plan.examiners)), len(set(plan.invigilators))
    in_rooms = rules.least_invigilators * max(1, len(plan.rooms))
    needed = max(in_rooms, -(-plan.capacity // rules.candidates_per_invigilator))
    places = sum(room.grid.places for room in plan.rooms)
    wanted = {section.value: rules.least_minutes.get(section, 1) for section in sections_of(plan.level)}
    short = [f"{Section(section).words[0]} {wanted[section]}" for section in short_hours(plan.hours, wanted)]
    begins, ends, held = plan.registration_from, plan.registration_to, plan.held_on
    ordered = begins is not None and ends is not None and held is not None and begins <= ends < held
    earliest = add_working_days(today, rules.working_days_ahead)
    both = at_once({
        Duty.EXAMINER: plan.examiners, Duty.INVIGILATOR: plan.invigilators, Duty.SUPERVISOR: plan.supervisors, Duty.SETTER: plan.setters,
    })  # fmt: skip
    return all_of(
        "plan.incomplete",
        [
            Finding("plan.site", bool(plan.site.strip())),
            Finding("plan.dates", ordered),
            Finding("plan.ahead", held is not None and held >= earliest, "",
                    {"days": rules.working_days_ahead, "earliest": earliest}),
            Finding("plan.capacity", plan.capacity >= 1, "", {"capacity": plan.capacity}),
            Finding("plan.rooms", bool(plan.rooms) and places >= plan.capacity, "", {"places": places, "capacity": plan.capacity}),
            Finding("plan.hours", not short, "", {"short": short}),
            Finding("plan.examiners", examiners >= rules.least_examiners and examiners % 2 == 1, "",
                    {"count": examiners, "least": rules.least_examiners}),
            Finding("plan.invigilators", invigilators >= needed, "", {"count": invigilators, "needed": needed}),
            Finding("plan.supervisor", len(plan.supervisors) >= 1),
            Finding("plan.one_duty", not both, "", {"names": [plan.names.get(one, one) for one in both]}),
        ],
    )  # fmt: skip


def window_over(started: date, working_days: int, today: date, code: str) -> Verdict:
    """Whether a window of working days after `started` is over: only after its last day."""
    last = add_working_days(started, working_days)
    return Verdict(today > last, code, facts={"last": last, "days": working_days})
