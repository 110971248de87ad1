"""Facts of the professional side: certificates of other issuers, hours of continuing education, works (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class OutsideCertificate:
    """A certificate that another issuer gave, recorded and never minted here.

    kind   ability 专项职业能力证书 · engineer_completion 数字技术工程师培训合格证书 · engineer_grade 专业技术等级证书 ·
           software_exam 软考 · foreign 境外职业资格证书
    grade  junior, middle or senior of engineers and of 软考; empty for an ability and where a foreign one has none
    norm, site  the 考核规范 and the filed 考核站点 of an ability; empty for all others
    """

    kind: str
    name: str
    grade: str
    number: str
    issuer: str
    issued_on: date
    norm: str = ""
    site: str = ""
    source: str = ""
    strength: str = "compared"


@dataclass(frozen=True)
class HoursTaught:
    """Continuing education 继续教育 that somebody took part in. subject: public 公需 or professional 专业; whole hours."""

    subject: str
    title: str
    provider: str
    hours: int
    since: date
    until: date
    source: str = ""
    strength: str = "compared"


@dataclass(frozen=True)
class Achievement:
    """A work that counts for a title. kind: copyright 软件著作权 (with its registration number) or project 软件开发项目."""

    kind: str
    name: str
    number: str
    role: str
    on: date
    source: str = ""
    strength: str = "promised"


OUTSIDE_WORDS: dict[str, tuple[str, str]] = {
    "ability": ("专项职业能力证书", "certificate of a special ability"),
    "engineer_completion": ("数字技术工程师培训合格证书", "digital engineer: training completed"),
    "engineer_grade": ("数字技术工程师专业技术等级证书", "digital engineer: professional grade"),
    "software_exam": ("计算机技术与软件专业技术资格证书（软考）", "software qualification exam"),
    "foreign": ("境外职业资格证书", "foreign professional certificate"),
}
SUBJECT_WORDS: dict[str, tuple[str, str]] = {"public": ("公需科目", "public subjects"), "professional": ("专业科目", "professional subjects")}
ACHIEVEMENT_WORDS: dict[str, tuple[str, str]] = {"copyright": ("软件著作权", "software copyright"), "project": ("软件开发项目", "software project")}
# Grades as certificates of engineers and of 软考 name them.
ENGINEER_GRADE_WORDS: dict[str, tuple[str, str]] = {"junior": ("初级", "junior"), "middle": ("中级", "intermediate"), "senior": ("高级", "senior")}
