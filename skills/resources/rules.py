"""What makes a lecturer, and what an entry of the register needs (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from skills.kernel.findings import Finding, Verdict, no_fault
from skills.records.rules import LevelHeld, Title

# 市“满天星”行动计划 12: 建立完善培训讲师库; 11: 基地、大师工作室、产业学院、培训联盟
POOL = "“满天星”行动计划第12条：建立完善培训讲师库"
REGISTER = "“满天星”行动计划第11条：建设技能人才培养平台"

QUALIFICATION_KINDS: Mapping[str, tuple[str, str]] = {
    "level": ("职业技能等级证书", "Skill level certificate"),
    "title": ("专业技术职称", "Professional title"),
    "teacher": ("教师资格证", "Teacher's certificate"),
    "expert": ("行业企业专家", "Expert of the trade"),
}
STRENGTH_WORDS: Mapping[str, tuple[str, str]] = {
    "promised": ("机构承诺，待确认", "on the institution's word"),
    "seen": ("已核验原件", "document seen"),
    "compared": ("已比对", "compared"),
}
PLATFORM_KINDS: Mapping[str, tuple[str, str]] = {
    "base": ("实习实训基地", "Practical training base"),
    "master_workshop": ("技能大师工作室", "Master workshop"),
    "industry_college": ("产业学院", "Industry college"),
    "alliance_member": ("“满天星”培训联盟成员", "Member of the training alliance"),
}


@dataclass(frozen=True)
class QualificationPlan:
    """A qualification as an institution states it. `level` a rank 1–8, `number` the paper's own."""

    kind: str
    name: str
    level: int | None = None
    occupation: str | None = None
    issuer: str = ""
    number: str = ""
    valid_until: date | None = None


def may_propose(plans: Sequence[QualificationPlan], occupations: Sequence[str], known: Collection[str], day: date) -> Verdict:
    """Whether somebody may be proposed: at least one qualification, each readable and in force. `lecturer.not_ready`."""
    named = all(p.kind in QUALIFICATION_KINDS and p.name.strip() and (p.level is None or 1 <= p.level <= 8) for p in plans)
    numbered = all(p.number.strip() for p in plans if p.kind != "expert")
    valid = all(p.valid_until is None or p.valid_until >= day for p in plans)
    known_occupations = bool(occupations) and all(code in known for code in [*occupations, *(p.occupation for p in plans if p.occupation)])
    return no_fault(
        "lecturer.not_ready",
        [
            Finding("lecturer.qualified", bool(plans) and named, POOL),
            Finding("lecturer.numbered", numbered, POOL),
            Finding("lecturer.in_force", valid, POOL, {"today": day}),
            Finding("lecturer.occupations", known_occupations, POOL),
        ],
    )


def proven_by_record(plan: QualificationPlan, levels: Sequence[LevelHeld], titles: Sequence[Title]) -> str:
    """By which fact of the person's own record a stated qualification is compared already; empty if by none.

    A level certificate by its number, occupation and level, each as the record has it; a title by its name, compared by the
    authority itself. The record does not say who issued a title: where an issuer is stated, the bureau compares it.
    """
    if plan.kind == "level":
        for held in levels:
            same = (
                held.number == plan.number.strip()
                and plan.level == int(held.level)
                and plan.occupation == held.occupation
            )
            if same and held.strength == "compared":
                return f"certificate:{held.number}"[:80]
    if plan.kind == "title":
        for title in titles:
            if title.strength == "compared" and title.name and title.name == plan.name.strip() and not plan.issuer.strip():
                return "record:title"
    return ""


def may_register(kind: str, name: str, organisation: str, address: str, by: str, on: date, until: date | None, day: date) -> Verdict:
    """Whether an entry may be proposed for the register. `platform.not_ready`."""
    return no_fault(
        "platform.not_ready",
        [
            Finding("platform.kind", kind in PLATFORM_KINDS, REGISTER),
            Finding("platform.named", all(x.strip() for x in (name, organisation, address, by)), REGISTER),
            Finding("platform.term", on <= day and (until is None or until >= on), REGISTER, {"on": on}),
        ],
    )
