"""Who serves at an exam, and who is too near to a candidate to judge them (pure).

Sources: domain rulebook §3.1 (panels odd and at least three), §4 质量督导 (回避: relatives, teacher and student, colleagues),
features row 32 (a candidate's own superior).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skills.kernel.findings import Finding, Verdict, no_fault


class Duty(StrEnum):
    """What somebody does at an exam."""

    EXAMINER = "examiner"
    INVIGILATOR = "invigilator"
    SUPERVISOR = "supervisor"
    SETTER = "setter"

    @property
    def words(self) -> tuple[str, str]:
        """(Chinese, English)."""
        return _DUTY_WORDS[self]


_DUTY_WORDS = {
    Duty.EXAMINER: ("考评人员", "examiner"),
    Duty.INVIGILATOR: ("监考人员", "invigilator"),
    Duty.SUPERVISOR: ("内部督导员", "supervisor"),
    Duty.SETTER: ("命题人员", "setter of papers"),
}
# What an examiner can say of a candidate.
TIE_WORDS: Mapping[str, tuple[str, str]] = {
    "kin": ("亲属", "kin"),
    "superior": ("上下级", "superior and subordinate"),
    "teacher": ("师生", "teacher and student"),
    "employer": ("同一单位", "the same employer"),
}


def at_once(names: Mapping[Duty, Iterable[str]]) -> tuple[str, ...]:
    """Who has two duties that stay apart: who judges neither watches nor supervises; who set the papers does nothing else."""
    held = {duty: set(names.get(duty, ())) for duty in Duty}
    judges, setters = held[Duty.EXAMINER], held[Duty.SETTER]
    watch = held[Duty.INVIGILATOR] | held[Duty.SUPERVISOR]
    return tuple(sorted((judges & watch) | (setters & (judges | watch))))


@dataclass(frozen=True)
class Stay:
    """A time at a body, as employee, member of staff or lecturer; `until` None means it goes on."""

    body: str
    since: date
    until: date | None

    def touches(self, begins: date, ends: date) -> bool:
        """Whether any of its days lies between these."""
        return self.since <= ends and (self.until is None or self.until >= begins)


@dataclass(frozen=True)
class Examiner:
    """An examiner as ties are judged: where they were, and whose own account it is (None: not known)."""

    account: str
    name: str
    person: str | None
    stays: tuple[Stay, ...]


@dataclass(frozen=True)
class Candidate:
    """A candidate as ties are judged: employers, and (institution, day) of each completed training."""

    application: str
    name: str
    person: str
    jobs: tuple[Stay, ...]
    trained: tuple[tuple[str, date], ...]


@dataclass(frozen=True)
class TieRules:
    """Policy: since which day a common employer or a training counts, and the body whose being common is no tie (None: none)."""

    employer_since: date
    teacher_since: date
    day: date
    own_body: str | None = None


def ties(examiner: Examiner, candidate: Candidate, said: Iterable[str], rules: TieRules) -> tuple[str, ...]:
    """Why somebody may not judge somebody: self and codes of TIE_WORDS, by what is on record and what was said."""
    found = dict.fromkeys(said)
    if examiner.person is not None and examiner.person == candidate.person:
        found["self"] = None
    lately = {s.body for s in examiner.stays if s.touches(rules.employer_since, rules.day)} - {rules.own_body}
    if any(job.body in lately and job.touches(rules.employer_since, rules.day) for job in candidate.jobs):
        found["employer"] = None
    taught = {s.body for s in examiner.stays if s.touches(rules.teacher_since, rules.day)} - {rules.own_body}
    if any(body in taught and on >= rules.teacher_since for body, on in candidate.trained):
        found["teacher"] = None
    return tuple(found)


def free_of_ties(
    examiners: Iterable[Examiner], candidates: Iterable[Candidate], said: Mapping[tuple[str, str], Iterable[str]], rules: TieRules
) -> Verdict:
    """Whether nobody on a panel is too near to a candidate. Each pair is a finding: both names and the kind of tie, no more.

    said  (account, application) → what the examiner has declared
    """
    judges = tuple(examiners)
    found = [
        Finding(f"duty.tie_{kind}", False, "", {"examiner": judge.name, "candidate": one.name})
        for one in candidates
        for judge in judges
        for kind in ties(judge, one, said.get((judge.account, one.application), ()), rules)
    ]
    return no_fault("duty.ties", found)
