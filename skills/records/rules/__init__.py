"""Facts about a person as frozen values, and their exact JSON (pure).

Every fact carries `source` (the writer's own word for it) and `strength`: compared with an authority's list, seen by a
clerk, or promised by the person (告知承诺).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from skills.kernel.canon import plain
from skills.records.rules.professional import Achievement, HoursTaught, OutsideCertificate
from skills.standards.rules import Level

STRENGTHS = ("compared", "seen", "promised")
STRENGTH_WORDS = {
    "compared": ("已与主管部门数据比对", "compared with an authority's list"),
    "seen": ("经办人已核验原件", "document seen by a clerk"),
    "promised": ("本人承诺", "promised by the person"),
}


# Kinds of schooling; 技师学院 stands for its 预备技师班 and 技师班.
SCHOOL_WORDS: dict[str, tuple[str, str]] = {
    "apprenticeship": ("学徒期满", "Finished apprenticeship"),
    "secondary": ("中等职业学校", "Secondary vocational school"),
    "technical": ("技工学校", "Technical school"),
    "senior_technical": ("高级技工学校（高级工班）", "Senior technical school"),
    "technician_college": ("技师学院（预备技师班、技师班）", "Technician college"),
    "college": ("高职（专科）", "Junior college"),
    "bachelor": ("本科", "Bachelor"),
    "master": ("硕士", "Master"),
    "doctor": ("博士", "Doctor"),
}


# Groups that a body names for its own people; those of vouchers stand in policy.
BELONGING_WORDS = {
    "dispatched_worker": ("劳务派遣人员", "Dispatched worker"),
    "apprentice": ("学徒", "Apprentice"),
    "own_student": ("在校学生", "Student"),
}

GRADES = ("junior", "middle", "senior")
GRADE_WORDS = {"junior": ("初级（助理级）", "junior"), "middle": ("中级", "intermediate"), "senior": ("高级", "senior")}


@dataclass(frozen=True)
class Work:
    """A job in an occupation. `until` None means it goes on; `related` that the occupation only stands near."""

    occupation: str
    related: bool
    since: date
    until: date | None
    employer: str
    employer_id: str | None = None
    source: str = ""
    strength: str = "promised"


@dataclass(frozen=True)
class Education:
    """A course of study. kind: one of SCHOOL_WORDS."""

    kind: str
    major: str
    occupations: tuple[str, ...]
    graduated_on: date | None
    expected_on: date | None
    school: str
    source: str = ""
    strength: str = "promised"


@dataclass(frozen=True)
class LevelHeld:
    """A skill level that was certified. `issuer` is empty for a certificate that was issued here: its number says by whom.

    number  empty for 学徒工 and 首席技师, which have none: the issuer is the firm
    """

    occupation: str
    level: Level
    issued_on: date
    number: str
    issuer: str = ""
    source: str = ""
    strength: str = "compared"


@dataclass(frozen=True)
class Title:
    """A professional title 职称. grade: junior, middle, senior; `occupations` that it matches."""

    grade: str
    occupations: tuple[str, ...]
    awarded_on: date
    name: str = ""
    source: str = ""
    strength: str = "promised"


@dataclass(frozen=True)
class Training:
    """A training that was completed; hours of 45 minutes."""

    occupation: str
    level: Level | None
    hours: int
    completed_on: date
    certificate_number: str
    institution_id: str
    subsidised: bool
    source: str = ""
    strength: str = "compared"


@dataclass(frozen=True)
class Placing:
    """A place in a competition event. `paper_level` is the level at which the task was set (命题层级)."""

    competition: str
    tier: str
    occupation: str
    rank: int
    of: int
    paper_level: Level
    on: date
    employee: bool
    source: str = ""
    strength: str = "compared"


@dataclass(frozen=True)
class Standing:
    """A group that a person belongs to for a time (重点群体): graduate_of_year, registered_unemployed, …"""

    group: str
    since: date
    until: date | None
    source: str = ""
    strength: str = "compared"


Fact = Work | Education | LevelHeld | Title | Training | Placing | Standing | OutsideCertificate | HoursTaught | Achievement

KINDS: dict[str, type[Fact]] = {
    "work": Work,
    "education": Education,
    "level": LevelHeld,
    "title": Title,
    "training": Training,
    "placing": Placing,
    "standing": Standing,
    "outside": OutsideCertificate,
    "hours": HoursTaught,
    "achievement": Achievement,
}
KIND_WORDS = {
    "work": ("工作经历", "Work"),
    "education": ("学历教育", "Education"),
    "level": ("职业技能等级", "Skill level"),
    "title": ("职称", "Professional title"),
    "training": ("培训", "Training"),
    "placing": ("竞赛", "Competition"),
    "standing": ("人群身份", "Standing"),
    "outside": ("其他机构证书", "Certificate of another issuer"),
    "hours": ("继续教育", "Continuing education"),
    "achievement": ("业绩", "Professional achievement"),
}


@dataclass(frozen=True)
class Facts:
    """Everything that eligibility is decided on, as it stood when it was read."""

    person_id: str
    birth: date
    works: tuple[Work, ...] = ()
    educations: tuple[Education, ...] = ()
    levels: tuple[LevelHeld, ...] = ()
    titles: tuple[Title, ...] = ()
    trainings: tuple[Training, ...] = ()
    placings: tuple[Placing, ...] = ()
    standings: tuple[Standing, ...] = ()


_LATER = ("issuer",)  # came later than entries on record, which go on reading as they were written: left out while it is empty


def to_json(fact: Fact) -> dict[str, Any]:
    """A fact without its source and strength, in JSON terms."""
    body = plain(replace(fact, source="", strength="compared"))
    assert isinstance(body, dict)  # noqa: S101
    return {name: value for name, value in body.items() if name not in ("source", "strength") and (value or name not in _LATER)}


def from_json(kind: str, body: dict[str, Any], source: str, strength: str) -> Fact:
    """The fact again, with its source and strength. Raises KeyError or ValueError for what is none."""
    return _reader(kind).validate_python({**body, "source": source, "strength": strength})


@cache
def _reader(kind: str) -> TypeAdapter[Fact]:
    """Made once: it takes longer to make than a hundred facts take to read."""
    return TypeAdapter(KINDS[kind])


def day_of(fact: Fact) -> date:
    """The day by which a fact stands in the passport's timeline."""
    match fact:
        case Work() | Standing():
            return fact.since
        case Education():
            return fact.graduated_on or fact.expected_on or date.max
        case LevelHeld():
            return fact.issued_on
        case Title():
            return fact.awarded_on
        case Training():
            return fact.completed_on
        case Placing() | Achievement():
            return fact.on
        case OutsideCertificate():
            return fact.issued_on
        case HoursTaught():
            return fact.until
