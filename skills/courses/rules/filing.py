"""The return of completions 结业报送: its columns, its coded rules, its judgement row by row (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from skills.courses.rules import exams
from skills.courses.rules.attendance import hours_of
from skills.courses.rules.completion import Result, judge, reached
from skills.courses.rules.filed import ClassFacts, Known, Norms, Place
from skills.courses.rules.hours import Ledger
from skills.courses.rules.printing import PRINT_RULES, against_print
from skills.courses.states import CLASS, LIVE, ClassState, EnrolmentState
from skills.people.rules import (
    DocumentKind,
    check_digit,
    check_document,
    check_name,
    normal_name,
)
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
    as_percent,
    as_text,
    one_of,
)

OUTCOMES: dict[str, str] = {"合格": "pass", "不合格": "fail", "pass": "pass", "fail": "fail"}

COLUMNS = (
    *PERSON,
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
    Rule("completions.beyond_ledger", Severity.ERROR, "hours", {"hours": "120", "kept": "96.00"}),
    Rule("completions.overlap_open", Severity.ERROR, "hours", {"n": 1}),
    Rule("completions.hours_short", Severity.ERROR, "hours", {"hours": "60", "needed": "96"}),
    Rule("completions.attendance_differs", Severity.ERROR, "attendance", {"percent": "90", "kept": "80.0"}),
    Rule("completions.attendance_above", Severity.ERROR, "attendance"),
    Rule("completions.attendance_short", Severity.ERROR, "attendance", {"percent": "70", "needed": 80}),
    Rule("completions.score_above", Severity.ERROR, "score"),
    Rule("completions.score_short", Severity.ERROR, "score", {"score": "59.5", "needed": 60}),
    Rule("completions.before_start", Severity.ERROR, "completed_on", {"starts": date(2026, 9, 1)}),
    Rule("completions.in_future", Severity.ERROR, "completed_on"),
    Rule("completions.after_end", Severity.ERROR, "completed_on", {"ends": date(2026, 11, 20), "days": 30}),
    Rule("completions.document_masked", Severity.ERROR, "document"),
    Rule("completions.document_old", Severity.ERROR, "document"),
    Rule("completions.kind_differs", Severity.ERROR, "document_kind", {"kind": "护照", "kind_en": "Passport"}),
    Rule("completions.name_invalid", Severity.ERROR, "name"),
    Rule("completions.class_malformed", Severity.ERROR, "class"),
    Rule("completions.before_enrolment", Severity.ERROR, "completed_on", {"since": date(2026, 9, 20)}),
    Rule("completions.hours_per_day", Severity.ERROR, "hours", {"hours": "30", "days": 1, "most": 8}),
    Rule("completions.hours_not_held", Severity.ERROR, "hours", {"hours": "120", "held": "40", "on": date(2026, 10, 9)}),
    Rule("completions.hours_without_attendance", Severity.ERROR, "attendance"),
    Rule("completions.score_step", Severity.ERROR, "score", {"score": "88.25", "step": "0.5"}),
    *exams.EXAM_RULES,
    *PRINT_RULES,
    Rule("completions.outcome_doubtful", Severity.WARNING, "outcome"),
    Rule("completions.same_name", Severity.WARNING, "name", {"first": 2}),
    Rule("completions.is_lecturer", Severity.WARNING, "name"),
    Rule("completions.leave_asked", Severity.WARNING, "class"),
    Rule("completions.before_end", Severity.WARNING, "completed_on", {"ends": date(2026, 11, 20)}),
    Rule("completions.filed_late", Severity.WARNING, "completed_on", {"days": 60}),
)
_WARNINGS = frozenset(rule.code for rule in RULES if rule.severity is Severity.WARNING)
_CLASS = re.compile(r"B\d{4}-\d{5}")
_OLD_RESIDENT = re.compile(r"\d{15}")
_RESIDENT = re.compile(r"\d{17}[\dX]")
_PASSPORT = re.compile(r"[A-Z]{1,2}\d{7,8}")


@dataclass(slots=True)
class _Case:
    """One row with what is known about it: its values, None where one was not read, and its person, class and place.

    own   whether the name is the person's, as on the record or as the row's document bears it
    live  the place, if it has no result and was not given back
    """

    row: int
    document: tuple[str, str] | None
    kind: DocumentKind | None
    name: str | None
    number: str | None
    hours: Decimal | None
    attendance: Decimal | None
    score: Decimal | None
    day: date | None
    outcome: str | None
    person: str | None
    own: bool
    held: ClassFacts | None
    place: Place | None
    live: Place | None
    found: list[CellFinding]

    def alike(self, known: Known) -> tuple[object, ...] | None:
        """All that `_in_class` reads of an ordinary row: where it said nothing of one, it has nothing to say of another that is equal
        in this. None of a row of which it reads more: what the person attended, their exam, their name.
        """
        live = self.live
        if live is None or live.kept is not None or live.exam is not None or self.person in known.unfit or self.person in known.wide:
            return None
        return self.number, self.day, self.hours, self.outcome, live.enrolled_on, live.leaving, id(live.ledger)

    def at(self, column: str, code: str, **facts: object) -> None:
        """Note a finding."""
        severity = Severity.WARNING if code in _WARNINGS else Severity.ERROR
        self.found.append(CellFinding(self.row, column, code, severity, facts))

    def by(self, ledger: Ledger, code: str, **facts: object) -> None:
        """Note a finding about the ledger: refused or only marked, as policy says."""
        severity = Severity.ERROR if ledger.strict else Severity.WARNING
        self.found.append(CellFinding(self.row, "hours", code, severity, facts))


def judge_lines(lines: Sequence[Line], known: Known, seen: Seen | None = None) -> list[CellFinding]:
    """Every finding of every row; a row's first fault about person or class hides those that follow from it."""
    seen = Seen() if seen is None else seen
    found: list[CellFinding] = []
    taught: dict[tuple[str, date], tuple[int, Decimal]] = {}
    quiet: set[tuple[object, ...]] = set()
    for line in lines:
        values, document = line.values, line.document
        if not values:
            continue
        get = values.get
        person, name, number = known.persons.get(document) if document else None, get("name"), get("class")
        held = known.classes.get(number) if number else None
        place = known.places.get((person, number)) if person and number else None
        case = _Case(
            line.row, document, get("document_kind"), name, number, get("hours"), get("attendance"), get("score"), get("completed_on"),
            get("outcome"), person, person is not None and _called(name or "", person, document, known), held, place,
            place if place is not None and place.state in LIVE else None, found,
        )  # fmt: skip
        _repeated(case, known, seen)
        _person(case, known)
        _bounds(case, known.norms)
        if held is not None:
            _outcome(case, held, known)
        if (alike := case.alike(known)) not in quiet:
            said = len(found)
            _in_class(case, known, taught)
            if alike and len(found) == said:
                quiet.add(alike)
    return found


def _in_class(case: _Case, known: Known, taught: dict[tuple[str, date], tuple[int, Decimal]]) -> None:
    """What holds of the class, of the days and hours there, of its exam and its certificates. Reads what `_Case.alike` names."""
    held, live = case.held, case.live
    _class(case)
    _dates(case, known)
    if held is None:
        return
    _hours(case, held, known, taught)
    if live is not None:
        if held.taught:
            _by_ledger(case, held, live)
        _examined(case, held, live)
        _printed(case, held, known)


def worth(line: Line, known: Known) -> int:
    """What the row makes payable, in 分: the voucher of a place that is completed."""
    place = known.place_of(line)
    return place.cents if place and place.state in LIVE and line.values.get("outcome", "pass") == "pass" else 0


def result_of(values: Mapping[str, Any]) -> Result | None:
    """The reported result, if all of it was read."""
    parts = [values.get(name) for name in ("hours", "attendance", "score", "completed_on")]
    return None if any(p is None for p in parts) else Result(*parts)  # type: ignore[arg-type]


def _repeated(case: _Case, known: Known, seen: Seen) -> None:
    """The same person in the same class twice, by whichever of their documents; or two of one name."""
    if not case.number or not case.person:
        return
    if (first := seen.setdefault((case.person, case.number), case.row)) != case.row:
        case.at("document", "completions.repeated", first=first)
        return
    if case.own:
        first = seen.setdefault(("name", known.names[case.person], case.number), case.row)
        if first != case.row:
            case.at("name", "completions.same_name", first=first)


def _person(case: _Case, known: Known) -> None:
    if case.document is None:
        return
    if case.person is None:
        _document(case, known)
    elif case.name is None:
        return
    elif not case.own:
        fits = bool(check_name(case.name))
        case.at("name", "completions.name_differs" if fits else "completions.name_invalid")
    elif case.held and known.names[case.person] == case.held.lecturer:
        case.at("name", "completions.is_lecturer")


def _called(name: str, person: str, document: tuple[str, str] | None, known: Known) -> bool:
    """Whether a name is the person's: as on the record, or as the row's document bears it."""
    return normal_name(name) in (known.names[person], known.written.get(document) if document else None)


def _document(case: _Case, known: Known) -> None:
    """What stands against a document that is not on the register; what is there was checked when it was put there."""
    kind, number = case.kind, case.document[1] if case.document else ""
    if kind is None:
        return
    resident = _RESIDENT.fullmatch(number) is not None and check_digit(number[:17]) == number[17]
    numbered = kind in (DocumentKind.RESIDENT, DocumentKind.HMT_RESIDENT, DocumentKind.FOREIGN_PR)
    if "*" in number:
        case.at("document", "completions.document_masked")
    elif kind is DocumentKind.RESIDENT and _OLD_RESIDENT.fullmatch(number):
        case.at("document", "completions.document_old")
    elif (resident and not numbered) or (kind is DocumentKind.RESIDENT and _PASSPORT.fullmatch(number)):
        zh, en = kind.words
        case.at("document_kind", "completions.kind_differs", kind=zh, kind_en=en)
    elif not check_document(kind, number, None, None, known.today, known.forms):
        case.at("document", "completions.document_invalid")
    else:
        case.at("document", "completions.unknown_person")


def _class(case: _Case) -> None:
    number, held, place = case.number, case.held, case.place
    if number is None:
        return
    if held is None:
        known_form = _CLASS.fullmatch(number) is not None
        case.at("class", "completions.class_unknown" if known_form else "completions.class_malformed")
    elif not held.taught:
        zh, en = CLASS.words[ClassState(held.state)]
        case.at("class", "completions.class_not_running", state=zh, state_en=en)
    elif case.person is None:
        return
    elif place is None:
        case.at("class", "completions.not_in_class")
    elif place.state == EnrolmentState.WITHDRAWN:
        case.at("class", "completions.left_class")
    elif case.live is None:
        case.at("class", "completions.already", on=place.completed_on)
    elif place.leaving:
        case.at("class", "completions.leave_asked")


def _bounds(case: _Case, norms: Norms) -> None:
    hours, attendance, score = case.hours, case.attendance, case.score
    if attendance is not None and attendance > 100:
        case.at("attendance", "completions.attendance_above")
    if score is not None and score > 100:
        case.at("score", "completions.score_above")
    elif score is not None and norms.score_step and score % norms.score_step and (case.place is None or case.place.exam is None):
        case.at("score", "completions.score_step", score=score, step=norms.score_step)  # an exam's score is what its sections come to
    if hours is not None and attendance is not None and (not hours) != (not attendance):
        case.at("attendance", "completions.hours_without_attendance")


def _examined(case: _Case, held: ClassFacts, place: Place) -> None:
    """Another score than the completion exam's, or none where one is asked."""
    if case.outcome is None:
        return
    said = exams.against_exam(held.exam_asked, place.exam, case.score, case.outcome == "pass")
    if said is not None:
        case.at(exams.COLUMN_OF[said[0]], said[0], **said[1])


def _printed(case: _Case, held: ClassFacts, known: Known) -> None:
    """A pass whose certificate would be refused. A name that is not the person's is said as such, and nothing more of it."""
    if case.person is None or case.outcome != "pass" or not held.taught:
        return
    name, taken = (known.unfit.get(case.person, ()), known.wide.get(case.person, 0)) if case.own else ((), 0)
    for column, code, facts in against_print(name, held.unfit, held.code, taken):
        case.at(column, code, **facts)


def _dates(case: _Case, known: Known) -> None:
    day = case.day
    if day is None:
        return
    held = case.held if case.held and case.held.taught else None  # of any other the class itself is said
    since = case.live.enrolled_on if case.live else None
    if day > known.today:
        case.at("completed_on", "completions.in_future")
    elif held is None:
        return
    elif day < held.starts_on:
        case.at("completed_on", "completions.before_start", starts=held.starts_on)
    elif day > held.ends_on + timedelta(days=known.limits.days_after_end):
        case.at("completed_on", "completions.after_end", ends=held.ends_on, days=known.limits.days_after_end)
    elif since and day < since:
        case.at("completed_on", "completions.before_enrolment", since=since)
    elif day < held.ends_on:
        case.at("completed_on", "completions.before_end", ends=held.ends_on)
    elif known.norms.days_to_file is not None and day < known.today - timedelta(days=known.norms.days_to_file):
        case.at("completed_on", "completions.filed_late", days=known.norms.days_to_file)


def _hours(case: _Case, held: ClassFacts, known: Known, taught: dict[tuple[str, date], tuple[int, Decimal]]) -> None:
    """Hours beyond the course, the timetable, the days, or what the learners' own scans come to."""
    place, hours, percent, day = case.place, case.hours, case.attendance, case.day
    kept = case.live.kept if case.live and held.taught else None
    if kept is not None and percent is not None and percent != kept.percent:
        case.at("attendance", "completions.attendance_differs", percent=percent, kept=kept.percent)
    if hours is None:
        return
    if hours > held.hours:
        case.at("hours", "completions.hours_above", hours=hours, most=held.hours)
        return
    if not held.taught or (place is not None and place.ledger.online):
        return  # with lessons online neither the timetable nor the room's attendance is the measure: `_by_ledger`
    if kept is not None and hours > (most := hours_of(kept, held.hours)):
        case.at("hours", "completions.hours_beyond", hours=hours, kept=most)
        return
    if day is not None and case.number is not None and held.starts_on <= day <= known.today:
        at = case.number, day
        _hours_by(case, held, hours, day, known.norms, taught.get(at) or taught.setdefault(at, _taught_by(held, day, known.norms)))


def _by_ledger(case: _Case, held: ClassFacts, place: Place) -> None:
    """More hours than the ledger holds where lessons are online; somebody in two places at once, which is not decided yet."""
    ledger, hours = place.ledger, case.hours
    if ledger.open:
        case.by(ledger, "completions.overlap_open", n=ledger.open)
    if ledger.online and hours is not None and ledger.hours(held.hours) < hours <= held.hours:
        case.by(ledger, "completions.beyond_ledger", hours=hours, kept=ledger.hours(held.hours))


def _taught_by(held: ClassFacts, day: date, norms: Norms) -> tuple[int, Decimal]:
    """On how many days there were lessons until a day, and how many class hours they came to."""
    if not held.days:
        return (min(day, held.ends_on) - held.starts_on).days + 1, Decimal(held.hours)
    lessons = [minutes for on, minutes in held.days if on <= day]
    return len(lessons), Decimal(sum(lessons)) / norms.minutes_per_hour


def _hours_by(
    case: _Case, held: ClassFacts, hours: Decimal, day: date, norms: Norms, taught: tuple[int, Decimal]
) -> None:
    """More hours than could be taught by a day."""
    days, most = taught
    if norms.hours_per_day is not None and hours > days * norms.hours_per_day:
        case.at("hours", "completions.hours_per_day", hours=hours, days=days, most=norms.hours_per_day)
    elif hours > most:
        case.at("hours", "completions.hours_not_held", hours=hours, held=f"{most:.2f}", on=day)


def _outcome(case: _Case, held: ClassFacts, known: Known) -> None:
    """A result that its own figures contradict."""
    hours, attendance, score, day = case.hours, case.attendance, case.score, case.day
    if case.outcome is None or hours is None or attendance is None or score is None or day is None:
        return
    if hours > held.hours or score > 100 or attendance > 100:
        return
    if reached(hours, attendance, score, held.hours, known.limits):
        if case.outcome == "fail":
            case.at("outcome", "completions.outcome_doubtful")
    elif case.outcome == "pass":
        for finding in judge(Result(hours, attendance, score, day), held.hours, known.limits).findings:
            if not finding.met:
                column = finding.code.removeprefix("completions.").removesuffix("_short")
                case.at(column, finding.code, **finding.facts)
