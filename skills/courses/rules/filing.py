"""The return of completions 结业报送: its columns, its coded rules, its judgement row by row (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from skills.courses.rules.attendance import Count, hours_of
from skills.courses.rules.completion import Limits, Result, judge
from skills.courses.states import CLASS, LIVE, ClassState, EnrolmentState
from skills.people.rules import DocumentForms, check_document, normal_document, normal_name
from skills.returns.rules import (
    DOCUMENT_KINDS,
    DOCUMENT_WORDS,
    CellFinding,
    Column,
    Line,
    Rule,
    Severity,
    as_date,
    as_decimal,
    as_percent,
    as_text,
    one_of,
)

OUTCOMES: dict[str, str] = {"合格": "pass", "不合格": "fail", "pass": "pass", "fail": "fail"}

COLUMNS = (
    Column("name", "姓名", "Name", as_text),
    Column("document_kind", "证件类型", "Document type", one_of(DOCUMENT_KINDS), choices=tuple(DOCUMENT_WORDS)),
    Column("document", "证件号码", "Document number", as_text),
    Column("class", "班级编号", "Class number", as_text),
    Column("hours", "完成学时", "Hours completed", as_decimal),
    Column("attendance", "出勤率%", "Attendance %", as_percent),
    Column("score", "结业成绩", "Final score", as_decimal),
    Column("completed_on", "结业日期", "Completion date", as_date),
    Column("outcome", "结果", "Outcome", one_of(OUTCOMES), choices=("合格", "不合格")),
)

RULES = (
    Rule("completions.document_invalid", Severity.ERROR, "document"),
    Rule("completions.unknown_person", Severity.ERROR, "document"),
    Rule("completions.name_differs", Severity.ERROR, "name"),
    Rule("completions.repeated", Severity.ERROR, "document", {"first": 2}),
    Rule("completions.class_unknown", Severity.ERROR, "class"),
    Rule("completions.class_not_running", Severity.ERROR, "class", {"state": "待审批", "state_en": "applied for"}),
    Rule("completions.not_in_class", Severity.ERROR, "class"),
    Rule("completions.left_class", Severity.ERROR, "class"),
    Rule("completions.already", Severity.ERROR, "class", {"on": date(2026, 11, 20)}),
    Rule("completions.hours_above", Severity.ERROR, "hours", {"hours": "130", "most": 120}),
    Rule("completions.hours_beyond", Severity.ERROR, "hours", {"hours": "120", "kept": "96.00"}),
    Rule("completions.hours_short", Severity.ERROR, "hours", {"hours": "60", "needed": "96"}),
    Rule("completions.attendance_differs", Severity.ERROR, "attendance", {"percent": "90", "kept": "80.0"}),
    Rule("completions.attendance_above", Severity.ERROR, "attendance"),
    Rule("completions.attendance_short", Severity.ERROR, "attendance", {"percent": "70", "needed": 80}),
    Rule("completions.score_above", Severity.ERROR, "score"),
    Rule("completions.score_short", Severity.ERROR, "score", {"score": "59.5", "needed": 60}),
    Rule("completions.before_start", Severity.ERROR, "completed_on", {"starts": date(2026, 9, 1)}),
    Rule("completions.in_future", Severity.ERROR, "completed_on"),
    Rule("completions.after_end", Severity.ERROR, "completed_on", {"ends": date(2026, 11, 20), "days": 30}),
    Rule("completions.outcome_doubtful", Severity.WARNING, "outcome"),
)


@dataclass(frozen=True)
class ClassFacts:
    """A class of the institution that files."""

    state: str
    starts_on: date
    ends_on: date
    hours: int


@dataclass(frozen=True)
class Place:
    """A person's place in a class. `cents` is what completing it makes payable, in 分; `kept` what they
    attended by what was written, none if nothing was ever written in the class."""

    enrolment_id: str
    state: str
    completed_on: date | None
    cents: int
    person_id: str | None = None
    kept: Count | None = None


@dataclass(frozen=True)
class Known:
    """What is known about the rows of a file.

    persons  (document kind, normal number) → person id
    names    person id → name for matching
    classes  class number → class, of this institution alone
    places   (person id, class number) → latest place
    forms    what documents look like by today's policy
    """

    today: date
    limits: Limits
    persons: Mapping[tuple[str, str], str]
    names: Mapping[str, str]
    classes: Mapping[str, ClassFacts]
    places: Mapping[tuple[str, str], Place]
    forms: DocumentForms

    def person_of(self, line: Line) -> str | None:
        """The person of a row, if the document is known."""
        document = document_of(line)
        return self.persons.get(document) if document else None

    def place_of(self, line: Line) -> Place | None:
        """The place of a row's person in the row's class."""
        person = self.person_of(line)
        return self.places.get((person, line.values.get("class", ""))) if person else None


def document_of(line: Line) -> tuple[str, str] | None:
    """Kind and normal number of a row's document, as far as both were read."""
    kind, number = line.values.get("document_kind"), line.values.get("document")
    return (kind.value, normal_document(kind, number)) if kind and number else None


def judge_lines(lines: Sequence[Line], known: Known) -> Iterator[CellFinding]:
    """Every finding of every row; a row's first fault about person or class hides those that follow from it."""
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        yield from _repeated(line, known, seen)
        yield from _person(line, known)
        yield from _class(line, known)
        yield from _bounds(line)
        yield from _dates(line, known)
        yield from _outcome(line, known)
        yield from _kept(line, known)


def worth(line: Line, known: Known) -> int:
    """What the row makes payable, in 分: the voucher of a place that is completed."""
    place = known.place_of(line)
    return place.cents if place and place.state in LIVE and line.values.get("outcome", "pass") == "pass" else 0


def result_of(values: Mapping[str, Any]) -> Result | None:
    """The reported result, if all of it was read."""
    parts = [values.get(name) for name in ("hours", "attendance", "score", "completed_on")]
    return None if any(p is None for p in parts) else Result(*parts)  # type: ignore[arg-type]


def _at(line: Line, column: str, code: str, **facts: object) -> CellFinding:
    severity = Severity.WARNING if code == "completions.outcome_doubtful" else Severity.ERROR
    return CellFinding(line.row, column, code, severity, facts)


def _repeated(line: Line, known: Known, seen: dict[tuple[str, str], int]) -> Iterator[CellFinding]:
    """The same person in the same class twice, by whichever of their documents."""
    person, number = known.person_of(line), line.values.get("class")
    if person and number and (first := seen.setdefault((person, number), line.row)) != line.row:
        yield _at(line, "document", "completions.repeated", first=first)


def _person(line: Line, known: Known) -> Iterator[CellFinding]:
    document = document_of(line)
    if document is None:
        return
    kind = line.values["document_kind"]
    if not check_document(kind, line.values["document"], None, None, known.today, known.forms):
        yield _at(line, "document", "completions.document_invalid")
        return
    person = known.persons.get(document)
    if person is None:
        yield _at(line, "document", "completions.unknown_person")
    elif "name" in line.values and normal_name(line.values["name"]) != known.names[person]:
        yield _at(line, "name", "completions.name_differs")


def _class(line: Line, known: Known) -> Iterator[CellFinding]:
    number = line.values.get("class")
    if number is None:
        return
    held = known.classes.get(number)
    if held is None:
        yield _at(line, "class", "completions.class_unknown")
        return
    if held.state not in (ClassState.RUNNING, ClassState.FINISHED):
        zh, en = CLASS.words[ClassState(held.state)]
        yield _at(line, "class", "completions.class_not_running", state=zh, state_en=en)
        return
    if known.person_of(line) is None:
        return
    place = known.place_of(line)
    if place is None:
        yield _at(line, "class", "completions.not_in_class")
    elif place.state == EnrolmentState.WITHDRAWN:
        yield _at(line, "class", "completions.left_class")
    elif place.state not in LIVE:
        yield _at(line, "class", "completions.already", on=place.completed_on)


def _bounds(line: Line) -> Iterator[CellFinding]:
    for column in ("attendance", "score"):
        if line.values.get(column, Decimal(0)) > 100:
            yield _at(line, column, f"completions.{column}_above")


def _dates(line: Line, known: Known) -> Iterator[CellFinding]:
    day: date | None = line.values.get("completed_on")
    if day is None:
        return
    held = known.classes.get(line.values.get("class", ""))
    if held and held.state not in (ClassState.RUNNING, ClassState.FINISHED):
        held = None  # said already of the class
    if day > known.today:
        yield _at(line, "completed_on", "completions.in_future")
    elif held and day < held.starts_on:
        yield _at(line, "completed_on", "completions.before_start", starts=held.starts_on)
    elif held and day > held.ends_on + timedelta(days=known.limits.days_after_end):
        yield _at(line, "completed_on", "completions.after_end", ends=held.ends_on, days=known.limits.days_after_end)


def _kept(line: Line, known: Known) -> Iterator[CellFinding]:
    """A share other than what the learners' own scans come to, or more hours than that."""
    place, held = known.place_of(line), known.classes.get(line.values.get("class", ""))
    if place is None or held is None or place.state not in LIVE or place.kept is None:
        return
    percent, hours = line.values.get("attendance"), line.values.get("hours")
    if percent is not None and percent != place.kept.percent:
        yield _at(line, "attendance", "completions.attendance_differs", percent=percent, kept=place.kept.percent)
    most = hours_of(place.kept, held.hours)
    if hours is not None and most < hours <= held.hours:  # beyond the course is said already
        yield _at(line, "hours", "completions.hours_beyond", hours=hours, kept=most)


def _outcome(line: Line, known: Known) -> Iterator[CellFinding]:
    """Hours against the course, and a result that its own figures contradict."""
    held, hours = known.classes.get(line.values.get("class", "")), line.values.get("hours")
    if held is None or hours is None:
        return
    if hours > held.hours:
        yield _at(line, "hours", "completions.hours_above", hours=hours, most=held.hours)
        return
    result, outcome = result_of(line.values), line.values.get("outcome")
    if result is None or outcome is None or result.score > 100 or result.attendance > 100:
        return
    verdict = judge(result, held.hours, known.limits)
    if outcome == "fail" and verdict:
        yield _at(line, "outcome", "completions.outcome_doubtful")
    if outcome == "pass":
        for finding in verdict.findings:
            if not finding.met:
                column = finding.code.removeprefix("completions.").removesuffix("_short")
                yield _at(line, column, finding.code, **finding.facts)
