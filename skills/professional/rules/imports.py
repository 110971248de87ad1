"""What is imported on the professional side, row by row: certificates of other issuers and hours taught (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from skills.people.rules import normal_name
from skills.professional.rules.hours import LONGEST_DAYS
from skills.records.rules.professional import HoursTaught, OutsideCertificate
from skills.returns.rules import (
    PERSON,
    CellFinding,
    Column,
    Line,
    Rule,
    Seen,
    Severity,
    as_date,
    as_decimal,
    as_text,
    one_of,
)

CERTIFICATE_KINDS = {
    "专项职业能力证书": "ability", "数字技术工程师培训合格证书": "engineer_completion", "数字技术工程师专业技术等级证书": "engineer_grade",
    "计算机技术与软件专业技术资格证书": "software_exam", "境外职业资格证书": "foreign", "软考": "software_exam",
    "software_exam": "software_exam", "foreign": "foreign",
    "ability": "ability", "engineer_completion": "engineer_completion", "engineer_grade": "engineer_grade",
}  # fmt: skip
NEEDS_GRADE = frozenset({"engineer_grade", "software_exam"})
OF_PROGRAMMES = frozenset({"engineer_completion", "engineer_grade"})  # given by bodies of programmes in force alone
GRADES = {"初级": "junior", "中级": "middle", "高级": "senior", "junior": "junior", "middle": "middle", "senior": "senior"}
SUBJECTS = {"公需": "public", "专业": "professional", "public": "public", "professional": "professional"}

CERTIFICATE_COLUMNS = (
    *PERSON,
    Column("kind", "证书种类", "Kind", one_of(CERTIFICATE_KINDS), choices=tuple(CERTIFICATE_KINDS)[:5]),
    Column("subject", "项目或方向", "Ability or direction", as_text),
    Column("grade", "等级", "Grade", one_of(GRADES), needed=False, choices=("初级", "中级", "高级")),
    Column("number", "证书编号", "Number", as_text),
    Column("issuer", "发证机构", "Issuer", as_text),
    Column("issued_on", "发证日期", "Issued on", as_date),
    Column("norm", "考核规范编号", "Norm", as_text, needed=False),
    Column("site", "考核站点编号", "Site", as_text, needed=False),
)
CERTIFICATE_RULES = (
    Rule("outside.unknown_person", Severity.ERROR, "document"),
    Rule("outside.name_differs", Severity.ERROR, "name"),
    Rule("outside.repeated", Severity.ERROR, "number", {"first": 2}),
    Rule("outside.known", Severity.ERROR, "number"),
    Rule("outside.level_number", Severity.ERROR, "number"),
    Rule("outside.in_future", Severity.ERROR, "issued_on"),
    Rule("outside.norm_unknown", Severity.ERROR, "norm"),
    Rule("outside.site_unknown", Severity.ERROR, "site"),
    Rule("outside.grade_needed", Severity.ERROR, "grade"),
    Rule("outside.issuer_unknown", Severity.ERROR, "issuer"),
)
HOURS_COLUMNS = (
    *PERSON,
    Column("title", "课程名称", "Course", as_text),
    Column("provider", "举办单位", "Provider", as_text),
    Column("number", "学时编号", "Number", as_text),
    Column("subject", "科目", "Subject", one_of(SUBJECTS), choices=("公需", "专业")),
    Column("hours", "学时", "Hours", as_decimal),
    Column("since", "开始日期", "Since", as_date),
    Column("until", "结束日期", "Until", as_date),
)
HOURS_RULES = (
    Rule("hours.unknown_person", Severity.ERROR, "document"),
    Rule("hours.name_differs", Severity.ERROR, "name"),
    Rule("hours.repeated", Severity.ERROR, "number", {"first": 2}),
    Rule("hours.known", Severity.ERROR, "number"),
    Rule("hours.provider_unknown", Severity.ERROR, "provider"),
    Rule("hours.not_whole", Severity.ERROR, "hours"),
    Rule("hours.too_many", Severity.ERROR, "hours", {"hours": "30", "days": 1, "most": 8}),
    Rule("hours.dates", Severity.ERROR, "until"),
    Rule("hours.in_future", Severity.ERROR, "until"),
)


@dataclass(frozen=True)
class Known:
    """What is known about the rows of a file.

    persons    (document kind, normal number) → person; `names` person → name for matching
    sources    sources that count already
    providers  who may have hours imported; `norms` and `sites` of special abilities
    written    document → the name that it bears for matching, if another than the record
    issuers    (kind of certificate of engineers, direction) → names of bodies of programmes in force
    """

    today: date
    persons: Mapping[tuple[str, str], str]
    names: Mapping[str, str]
    sources: Collection[str]
    providers: Collection[str]
    norms: Collection[str]
    sites: Collection[str]
    issuers: Mapping[tuple[str, str], Collection[str]]
    day_hours: int
    written: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def person_of(self, line: Line) -> str | None:
        """The person of a row, if the document is known."""
        return self.persons.get(line.document) if line.document else None


def certificate_source(line: Line) -> str:
    """Under what a certificate stands in the record, once: a digest, since sources go into the log and hold codes alone."""
    return f"outside:{_digest(str(line.values.get('kind', '')), line.values.get('number', ''))}"


def hours_source(line: Line) -> str:
    """Under what hours stand in the record, once."""
    return f"hours:{_digest(line.values.get('provider', ''), line.values.get('number', ''))}"


def _digest(whose: str, number: str) -> str:
    return hashlib.sha256(f"{whose}\n{_plain(number)}".encode()).hexdigest()[:32]


def _plain(text: str) -> str:
    return "".join(text.upper().split())


def judge_certificates(lines: Sequence[Line], known: Known, seen: Seen | None = None) -> Iterator[CellFinding]:
    """Every finding of every row of certificates."""
    seen = Seen() if seen is None else seen
    for line in lines:
        yield from _common(line, known, seen, certificate_source(line), "outside")
        v = line.values
        if v.get("issued_on") and v["issued_on"] > known.today:
            yield _at(line, "issued_on", "outside.in_future")
        if len(_plain(v.get("number", ""))) == 22:  # that is how a skill level's is made, and no other
            yield _at(line, "number", "outside.level_number")
        yield from _by_kind(line, known)


def _by_kind(line: Line, known: Known) -> Iterator[CellFinding]:
    v = line.values
    kind = v.get("kind")
    if kind == "ability":
        if v.get("norm", "") not in known.norms:
            yield _at(line, "norm", "outside.norm_unknown")
        if v.get("site", "") not in known.sites:
            yield _at(line, "site", "outside.site_unknown")
    elif kind in NEEDS_GRADE or kind in OF_PROGRAMMES:
        if kind in NEEDS_GRADE and not v.get("grade"):
            yield _at(line, "grade", "outside.grade_needed")
        if kind in OF_PROGRAMMES and "issuer" in v and v["issuer"] not in known.issuers.get((kind, v.get("subject", "")), ()):
            yield _at(line, "issuer", "outside.issuer_unknown")


def judge_hours(lines: Sequence[Line], known: Known, seen: Seen | None = None) -> Iterator[CellFinding]:
    """Every finding of every row of hours."""
    seen = Seen() if seen is None else seen
    for line in lines:
        yield from _common(line, known, seen, hours_source(line), "hours")
        v = line.values
        if "provider" in v and v["provider"] not in known.providers:
            yield _at(line, "provider", "hours.provider_unknown")
        hours: Decimal | None = v.get("hours")
        if hours is not None and (hours != int(hours) or hours < 1):
            yield _at(line, "hours", "hours.not_whole")
        since, until = v.get("since"), v.get("until")
        if not since or not until:
            continue
        days = (until - since).days + 1
        if not 1 <= days <= LONGEST_DAYS:
            yield _at(line, "until", "hours.dates")
        elif hours is not None and hours > days * known.day_hours:
            yield _at(line, "hours", "hours.too_many", hours=f"{hours:f}", days=days, most=days * known.day_hours)
        if until > known.today:
            yield _at(line, "until", "hours.in_future")


def _common(line: Line, known: Known, seen: Seen, source: str, room: str) -> Iterator[CellFinding]:
    """The person, and whether the row stands in the file or in the record already."""
    person, document = known.person_of(line), line.document
    if document:
        if person is None:
            yield _at(line, "document", f"{room}.unknown_person")
        elif "name" in line.values and normal_name(line.values["name"]) not in (known.names[person], known.written.get(document)):
            yield _at(line, "name", f"{room}.name_differs")
    if line.values.get("number"):
        if (first := seen.setdefault((source,), line.row)) != line.row:
            yield _at(line, "number", f"{room}.repeated", first=first)
        elif source in known.sources:
            yield _at(line, "number", f"{room}.known")


def _at(line: Line, column: str, code: str, **facts: object) -> CellFinding:
    return CellFinding(line.row, column, code, Severity.ERROR, facts)


def certificate_of(values: Mapping[str, Any]) -> OutsideCertificate:
    """The fact of a row without fault."""
    ability = values["kind"] == "ability"
    return OutsideCertificate(
        values["kind"], values["subject"], values.get("grade") or "", _plain(values["number"]), values["issuer"], values["issued_on"],
        values.get("norm", "") if ability else "", values.get("site", "") if ability else "",
    )  # fmt: skip


def hours_of(values: Mapping[str, Any]) -> HoursTaught:
    """The fact of a row without fault."""
    return HoursTaught(
        values["subject"], values["title"], values["provider"], int(values["hours"]), values["since"], values["until"]
    )
