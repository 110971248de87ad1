"""The register of eligible people 名单: its columns, its coded rules, its judgement row by row (pure).

An authority's list (学籍, 失业登记, 残联 …) puts people on record and says which target group they belong to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from skills.people.rules import (
    DocumentForms,
    DocumentKind,
    birth_of,
    check_document,
    check_name,
    check_phone,
    normal_name,
    sex_of,
)
from skills.records.rules import SCHOOL_WORDS, Education, Standing
from skills.returns.rules import (
    PERSON,
    CellFinding,
    Column,
    Line,
    Rule,
    Seen,
    Severity,
    as_date,
    as_text,
    one_of,
)
from skills.vouchers.rules import Group, Window

SEXES = {"男": "M", "女": "F", "m": "M", "f": "F", "male": "M", "female": "F"}
SCHOOLS = {zh: code for code, (zh, _) in SCHOOL_WORDS.items()} | {code: code for code in SCHOOL_WORDS}
NUMBERED = (DocumentKind.RESIDENT, DocumentKind.HMT_RESIDENT)  # whose numbers tell birth and sex

COLUMNS = (
    *PERSON,
    Column("district", "区县", "District", as_text),
    Column("phone", "手机号码", "Mobile number", as_text, needed=False),
    Column("sex", "性别", "Sex", one_of(SEXES), needed=False, choices=("男", "女")),
    Column("birth", "出生日期", "Birth date", as_date, needed=False),
    Column("group", "群体", "Target group", as_text, needed=False),
    Column("since", "起始日期", "Since", as_date, needed=False),
    Column("until", "截止日期", "Until", as_date, needed=False),
    Column("schooling", "学历", "Schooling", one_of(SCHOOLS), needed=False,
           choices=tuple(zh for zh, _ in SCHOOL_WORDS.values())),
    Column("major", "专业", "Major", as_text, needed=False),
    Column("school", "毕业院校", "School", as_text, needed=False),
    Column("graduated_on", "毕业日期", "Graduation date", as_date, needed=False),
)  # fmt: skip

RULES = (
    Rule("register.name_invalid", Severity.ERROR, "name"),
    Rule("register.document_invalid", Severity.ERROR, "document"),
    Rule("register.repeated", Severity.ERROR, "document", {"first": 2}),
    Rule("register.other_name", Severity.ERROR, "name"),
    Rule("register.taken_off", Severity.ERROR, "document"),
    Rule("register.district_unknown", Severity.ERROR, "district"),
    Rule("register.phone_invalid", Severity.ERROR, "phone"),
    Rule("register.birth_needed", Severity.ERROR, "birth"),
    Rule("register.birth_in_future", Severity.ERROR, "birth"),
    Rule("register.birth_differs", Severity.ERROR, "birth"),
    Rule("register.sex_needed", Severity.ERROR, "sex"),
    Rule("register.sex_differs", Severity.ERROR, "sex"),
    Rule("register.group_unknown", Severity.ERROR, "group", {"groups": "毕业年度高校毕业生、残疾人"}),
    Rule("register.since_needed", Severity.ERROR, "since", {"group": "残疾人", "group_en": "people with disabilities"}),
    Rule("register.until_before_since", Severity.ERROR, "until"),
    Rule("register.graduation_needed", Severity.ERROR, "graduated_on"),
    Rule("register.already_on_record", Severity.WARNING, "document"),
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What is known about the rows of a list.

    persons    (document kind, normal number) → person id
    names      person id → name for matching
    districts  name or code → code
    groups     Chinese or English words or code → target group
    mobile     shape of a mobile number (policy `person.mobile`)
    taken_off  documents that were taken off a record: only the desk puts somebody on record by one
    written    document → the name that it bears for matching, if another than the record
    """

    today: date
    persons: Mapping[tuple[str, str], str]
    names: Mapping[str, str]
    districts: Mapping[str, str]
    groups: Mapping[str, Group]
    forms: DocumentForms
    mobile: str
    taken_off: Collection[tuple[str, str]] = ()
    written: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A row that can be written: the person, and what the list says of them."""

    name: str
    document_kind: str
    document: str
    district: str
    phone: str
    sex: str
    birth: date
    facts: tuple[Education | Standing, ...]


def judge_lines(lines: Sequence[Line], known: Known, seen: Seen | None = None) -> Iterator[CellFinding]:
    """Every finding of every row."""
    seen = Seen() if seen is None else seen
    for line in lines:
        yield from _repeated(line, seen)
        yield from _person(line, known)
        yield from _numbered(line, known)
        yield from _group(line, known)


def entry_of(line: Line, known: Known) -> Entry:
    """The row as it is written. Raises KeyError if the row has an error."""
    values, document = line.values, line.document
    if document is None:
        raise KeyError("document")
    kind, number = document
    numbered = kind in NUMBERED
    birth = birth_of(number) if numbered else values["birth"]
    if birth is None:
        raise KeyError("birth")
    return Entry(
        values["name"], kind, number, known.districts[values["district"]], values.get("phone", ""),
        sex_of(number) if numbered else values["sex"], birth, tuple(_facts(line, known)),
    )  # fmt: skip


def _facts(line: Line, known: Known) -> Iterator[Education | Standing]:
    values, group = line.values, known.groups.get(line.values.get("group", ""))
    if "schooling" in values and "graduated_on" in values:
        yield Education(values["schooling"], values.get("major", ""), (), values["graduated_on"], None,
                        values.get("school", ""))  # fmt: skip
    if group is not None and "since" in values:
        yield Standing(group.code, values["since"], values.get("until"))


def _at(line: Line, column: str, code: str, **facts: object) -> CellFinding:
    severity = Severity.WARNING if code == "register.already_on_record" else Severity.ERROR
    return CellFinding(line.row, column, code, severity, facts)


def _repeated(line: Line, seen: Seen) -> Iterator[CellFinding]:
    """One person may stand in several rows, once for each group."""
    if document := line.document:
        first = seen.setdefault((*document, line.values.get("group", "")), line.row)
        if first != line.row:
            yield _at(line, "document", "register.repeated", first=first)


def _person(line: Line, known: Known) -> Iterator[CellFinding]:
    values, document = line.values, line.document
    if "name" in values and not check_name(values["name"]):
        yield _at(line, "name", "register.name_invalid")
    if "district" in values and values["district"] not in known.districts:
        yield _at(line, "district", "register.district_unknown")
    if "phone" in values and not check_phone(values["phone"], known.mobile):
        yield _at(line, "phone", "register.phone_invalid")
    if document is None:
        return
    kind, number = document
    if not check_document(kind, number, None, None, known.today, known.forms):
        yield _at(line, "document", "register.document_invalid")
    elif person := known.persons.get(document):
        if "name" in values and normal_name(values["name"]) not in (known.names[person], known.written.get(document)):
            yield _at(line, "name", "register.other_name")
        else:
            yield _at(line, "document", "register.already_on_record")
    elif document in known.taken_off:
        yield _at(line, "document", "register.taken_off")


def _numbered(line: Line, known: Known) -> Iterator[CellFinding]:
    """Birth and sex: a resident's number tells both, and a cell may only say the same; others must say them."""
    values, document = line.values, line.document
    if document is None:
        return
    kind, number = document
    if kind not in NUMBERED:
        if "birth" not in values:
            yield _at(line, "birth", "register.birth_needed")
        elif values["birth"] > known.today:
            yield _at(line, "birth", "register.birth_in_future")
        if "sex" not in values:
            yield _at(line, "sex", "register.sex_needed")
    elif check_document(kind, number, None, None, known.today, known.forms):
        if "birth" in values and values["birth"] != birth_of(number):
            yield _at(line, "birth", "register.birth_differs")
        if "sex" in values and values["sex"] != sex_of(number):
            yield _at(line, "sex", "register.sex_differs")


def _group(line: Line, known: Known) -> Iterator[CellFinding]:
    values = line.values
    if ("schooling" in values) != ("graduated_on" in values):
        yield _at(line, "graduated_on" if "schooling" in values else "schooling", "register.graduation_needed")
    if "since" in values and "until" in values and values["until"] < values["since"]:
        yield _at(line, "until", "register.until_before_since")
    if "group" not in values:
        return
    group = known.groups.get(values["group"])
    if group is None:
        words = "、".join(dict.fromkeys(g.zh for g in known.groups.values()))
        yield _at(line, "group", "register.group_unknown", groups=words)
    elif group.window is Window.GRADUATION_YEAR:
        if "graduated_on" not in values and "schooling" not in values:
            yield _at(line, "graduated_on", "register.graduation_needed")
    elif "since" not in values:
        yield _at(line, "since", "register.since_needed", group=group.zh, group_en=group.en)
