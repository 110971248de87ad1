"""The bureau's list of level certificates that older times and other bodies gave, row by row (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from skills.kernel.errors import Refusal
from skills.people.rules import normal_name
from skills.records.rules import levels
from skills.returns.rules import PERSON, CellFinding, Column, Line, Rule, Seen, Severity, as_date, as_text, one_of
from skills.standards.rules import Level

LEVELS: Mapping[str, Level] = {
    said: level for level in levels.LEVELS for said in (level.wording, level.word, *level.wording.split("/")[:1])
}

COLUMNS = (
    *PERSON,
    Column("occupation", "职业编码", "Occupation code", as_text, example="4-04-05-01", most=16),
    Column("level", "职业技能等级", "Level", one_of(LEVELS), choices=tuple(level.wording for level in levels.LEVELS)),
    Column("number", "证书编号", "Number", as_text, most=40),
    Column("issuer", "发证机构", "Issuer", as_text, most=80),
    Column("issued_on", "发证日期", "Issued on", as_date),
)
RULES = (
    Rule("previous_levels.unknown_person", Severity.ERROR, "document"),
    Rule("previous_levels.name_differs", Severity.ERROR, "name"),
    Rule("previous_levels.occupation", Severity.ERROR, "occupation", {"code": "9-99-99-99"}),
    Rule("previous_level.shape", Severity.ERROR, "number", {"text": "12345"}),
    Rule("previous_level.level_differs", Severity.ERROR, "level",
         {"read": Level.L3.wording, "read_en": Level.L3.english, "said": Level.L2.wording, "said_en": Level.L2.english}),
    Rule("previous_level.year_differs", Severity.ERROR, "issued_on", {"read": "24", "said": 2023}),
    Rule("previous_level.in_future", Severity.ERROR, "issued_on", {"day": date(2099, 1, 1)}),
    Rule("previous_level.ours", Severity.ERROR, "number"),
    Rule("previous_level.on_record", Severity.ERROR, "number"),
    Rule("previous_levels.repeated", Severity.ERROR, "number", {"first": 2}),
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What is known about the rows of a file.

    persons  (document kind, normal number) → person; `names` person → name for matching; `written` document → the name
             that it bears for matching, if another than the record
    skills   code as typed → today's code, of skill occupations
    ours     numbers that were issued here
    proved   sources of certificates that stand there already, seen or compared: a promise is no hindrance
    """

    today: date
    persons: Mapping[tuple[str, str], str]
    names: Mapping[str, str]
    skills: Mapping[str, str]
    ours: Collection[str]
    proved: Collection[str]
    written: Mapping[tuple[str, str], str] = field(default_factory=dict)


def number_of(line: Line) -> str | None:
    """The number of a row as it would stand on record, None where it cannot be read."""
    try:
        return levels.plain_number(line.values.get("number", ""))
    except Refusal:
        return None


def judge_lines(lines: Sequence[Line], known: Known, seen: Seen | None = None) -> Iterator[CellFinding]:
    """Every finding of every row."""
    seen = Seen() if seen is None else seen
    for line in lines:
        yield from _person(line, known)
        v = line.values
        if "occupation" in v and v["occupation"] not in known.skills:
            yield _at(line, "occupation", "previous_levels.occupation", code=v["occupation"][:16])
        if "number" not in v:
            continue
        for fault in levels.faults(v["number"], v.get("level"), v.get("issued_on"), known.today):
            yield _at(line, fault.field, fault.code, **fault.facts)
        number = number_of(line)
        if number is None:
            continue
        if (first := seen.setdefault((number,), line.row)) != line.row:
            yield _at(line, "number", "previous_levels.repeated", first=first)
        elif number in known.ours:
            yield _at(line, "number", "previous_level.ours")
        elif levels.source_of(number) in known.proved:
            yield _at(line, "number", "previous_level.on_record")


def _person(line: Line, known: Known) -> Iterator[CellFinding]:
    document = line.document
    if document is None:
        return
    person = known.persons.get(document)
    if person is None:
        yield _at(line, "document", "previous_levels.unknown_person")
    elif "name" in line.values and normal_name(line.values["name"]) not in (known.names[person], known.written.get(document)):
        yield _at(line, "name", "previous_levels.name_differs")


def _at(line: Line, column: str, code: str, /, **facts: Any) -> CellFinding:
    return CellFinding(line.row, column, code, Severity.ERROR, facts)
