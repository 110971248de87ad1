"""A firm's list of its staff, row by row: who, in which occupation, since when, and the level that the post wants (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from skills.people.rules import normal_name
from skills.returns.rules import PERSON, CellFinding, Column, Line, Rule, Seen, Severity, as_date, as_text, one_of
from skills.standards.rules import Level

WANTED: Mapping[str, Level] = {
    said: level for level in Level if level.examined for said in (level.wording, level.word, *level.wording.split("/")[:1])
}
COLUMNS = (
    *PERSON,
    Column("occupation", "岗位职业编码", "Occupation code", as_text, example="4-04-05-01", most=16),
    Column("since", "入职日期", "Employed since", as_date, needed=False),
    Column("wanted", "岗位要求等级", "Level wanted", one_of(WANTED), choices=tuple(level.wording for level in Level if level.examined)),
)
RULES = (
    Rule("staff.unknown_person", Severity.ERROR, "document"),
    Rule("staff.name_differs", Severity.ERROR, "name"),
    Rule("staff.repeated", Severity.ERROR, "document", {"first": 2}),
    Rule("staff.occupation", Severity.ERROR, "occupation", {"code": "9-99-99-99"}),
    Rule("staff.since_needed", Severity.ERROR, "since"),
    Rule("staff.in_future", Severity.ERROR, "since"),
)


@dataclass(frozen=True)
class Known:
    """What is known about the rows of a file.

    persons   (document kind, normal number) → person; `names` person → name for matching; `written` document → the name that
              it bears for matching, if another than the record
    skills    code as typed → today's code, of skill occupations
    employed  (person, occupation) of who works for the firm today
    """

    today: date
    persons: Mapping[tuple[str, str], str]
    names: Mapping[str, str]
    skills: Mapping[str, str]
    employed: Collection[tuple[str, str]]
    written: Mapping[tuple[str, str], str] = field(default_factory=dict)


def judge(lines: Sequence[Line], known: Known, seen: Seen | None = None) -> Iterator[CellFinding]:
    """Every finding of every row."""
    seen = Seen() if seen is None else seen
    for line in lines:
        v, document = line.values, line.document
        person = known.persons.get(document) if document else None
        if document and person is None:
            yield _at(line, "document", "staff.unknown_person")
        elif document and person is not None:
            if "name" in v and normal_name(v["name"]) not in (known.names[person], known.written.get(document)):
                yield _at(line, "name", "staff.name_differs")
            if (first := seen.setdefault((person,), line.row)) != line.row:
                yield _at(line, "document", "staff.repeated", first=first)
        code = known.skills.get(v.get("occupation", ""))
        if "occupation" in v and code is None:
            yield _at(line, "occupation", "staff.occupation", code=v["occupation"][:16])
        since = v.get("since")
        if since is not None and since > known.today:
            yield _at(line, "since", "staff.in_future")
        elif since is None and person is not None and code is not None and (person, code) not in known.employed:
            yield _at(line, "since", "staff.since_needed")


def _at(line: Line, column: str, code: str, /, **facts: Any) -> CellFinding:
    return CellFinding(line.row, column, code, Severity.ERROR, facts)
