"""Misconduct in exam rooms: heard before it is decided, and decided by somebody else than who raised it (pure).

Source: desks D16 (违纪 voids that sitting only after the person was heard); policies `incident.codes`, `incident.answer_days`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.kernel.findings import Finding, Verdict, all_of


@dataclass(frozen=True)
class IncidentCode:
    """A kind of misconduct and what it makes void: `section` or `exam`."""

    code: str
    zh: str
    en: str
    voids: str


def may_decide(raiser: str, decider: str, heard: bool, answer_by: date, today: date) -> Verdict:
    """Whether somebody may decide now: not who raised it, and not before the candidate spoke or the days for it are over."""
    return all_of("incident.not_yet", [
        Finding("incident.second_person", decider != raiser),
        Finding("incident.heard", heard or today > answer_by, "", {"last": answer_by}),
    ])  # fmt: skip
