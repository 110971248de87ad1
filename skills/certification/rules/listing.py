"""A body's list of candidates 考生名单: its columns, its coded rules, its judgement row by row (pure).

Every no of a registration that can be known beforehand is said at its cell, with the clause that it rests on. What the list says
of how somebody belongs to the body is taken into account: it is declared with the registration.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from skills.certification.rules import eligibility
from skills.certification.rules.conditions import editions
from skills.certification.rules.eligibility import AGE, Terms
from skills.certification.rules.exams import Section, sections_of
from skills.certification.rules.filings import EMPLOYEE, TIES, first_day_apart
from skills.certification.rules.numbers import BodyKind
from skills.certification.rules.registration import belonging, old_enough
from skills.kernel.findings import Finding
from skills.people.rules import DocumentForms, age_on, check_document, normal_name, turns
from skills.records.rules import Facts, Standing, Work
from skills.returns.rules import PERSON, CellFinding, Column, Line, Rule, Seen, Severity, as_date, as_text, one_of
from skills.returns.rules.cells import CellFault
from skills.standards.rules import Level

TIE_OF: Mapping[str, str] = {word.lower(): tie for tie, (zh, en) in TIES.items() for word in (zh, en)}
CONDITIONS: Mapping[str, str] = {
    f"{one.level.wording}（{one.code.rpartition('_')[2]}）": one.code for edition in editions() for one in edition.conditions
}
_SECTIONS = {word: section for section in Section for word in section.words}
_NUMBER = re.compile(r"KS20[0-9]{2}-[0-9]{4,6}")


def as_condition(text: str) -> str:
    """The code of a condition of the official list, as the template offers it; brackets of either width."""
    code = CONDITIONS.get(text.replace("(", "（").replace(")", "）"))
    if code is None:
        raise CellFault("returns.not_a_choice", choices="、".join(CONDITIONS))
    return code


def as_sections(text: str) -> tuple[Section, ...]:
    """Sections that are sat again: 操作技能, or several with 、 between them."""
    found = {_SECTIONS.get(part.strip()) for part in re.split("[、,，;；]", text) if part.strip()}
    if not found or None in found:
        raise CellFault("returns.not_a_choice", choices="、".join(section.words[0] for section in Section))
    return tuple(section for section in Section if section in found)


COLUMNS = (
    *PERSON,
    Column("sitting", "考试编号", "Exam number", as_text, example="KS2026-0001", most=20),
    Column("condition", "申报条件", "Condition", as_condition, needed=False, choices=tuple(CONDITIONS)),
    Column("tie", "人员类别", "How they belong to you", one_of(TIE_OF), needed=False, choices=tuple(zh for zh, _ in TIES.values())),
    Column("since", "入职（入学）日期", "Employed or enrolled since", as_date, needed=False),
    Column("until", "预计毕业日期", "Expected to graduate on", as_date, needed=False),
    Column("retake", "补考科目", "Sections sat again", as_sections, needed=False, choices=tuple(s.words[0] for s in Section)),
)
RULES = (
    Rule("registrations.document_invalid", Severity.ERROR, "document"),
    Rule("registrations.unknown_person", Severity.ERROR, "document"),
    Rule("registrations.name_differs", Severity.ERROR, "name"),
    Rule("registrations.repeated", Severity.ERROR, "document", {"first": 2}),
    Rule("registrations.too_young", Severity.ERROR, "document",
         {"least": 16, "age": 15, "from_day": date(2026, 12, 1), "reference": "报名截止日", "reference_en": "the registration deadline"}),
    Rule("registrations.guardian_needed", Severity.ERROR, "document", {"age": 18}),
    Rule("registrations.photo_missing", Severity.ERROR, "document"),
    Rule("registrations.already", Severity.ERROR, "document", {"number": "KS2026-0001"}),
    Rule("registrations.same_day", Severity.ERROR, "document", {"day": date(2026, 12, 12)}),
    Rule("registrations.same_day_here", Severity.ERROR, "document", {"day": date(2026, 12, 12), "first": 2}),
    Rule("registrations.sitting_malformed", Severity.ERROR, "sitting", {"shown": "ks2026 - 1"}),
    Rule("registrations.sitting_unknown", Severity.ERROR, "sitting", {"number": "KS2026-0001"}),
    Rule("registrations.sitting_foreign", Severity.ERROR, "sitting", {"number": "KS2026-0001"}),
    Rule("registrations.window", Severity.ERROR, "sitting",
         {"number": "KS2026-0001", "since": date(2026, 11, 20), "until": date(2026, 11, 25)}),
    Rule("registrations.full", Severity.ERROR, "sitting", {"number": "KS2026-0001", "capacity": 30}),
    Rule("registrations.not_own_people", Severity.ERROR, "document",
         {"whom": "本单位职工", "whom_en": "its employees", "day": date(2026, 12, 12)}),
    Rule("registrations.tie_refused", Severity.ERROR, "tie", {"whom": "本单位职工", "whom_en": "its employees"}),
    Rule("registrations.since_in_future", Severity.ERROR, "since"),
    Rule("registrations.until_needed", Severity.ERROR, "until"),
    Rule("registrations.until_before", Severity.ERROR, "until"),
    Rule("registrations.condition_of_other_level", Severity.ERROR, "condition",
         {"level": Level.L4.wording, "level_en": Level.L4.english}),
    Rule("registrations.condition", Severity.ERROR, "condition",
         {"clause": "国家职业标准编制技术规程（2023年版） 四级/中级工（1）", "fact": "从事相关工作4年零364天",
          "fact_en": "related work: 4 years and 364 days", "todo": "继续工作到2026年12月1日满5年", "todo_en": "5 full years on 1 Dec 2026"}),
    Rule("registrations.no_condition", Severity.ERROR, "condition",
         {"clause": "国家职业标准编制技术规程（2023年版） 四级/中级工（1）", "fact": "没有从事相关工作的记录",
          "fact_en": "no related work on record", "todo": "补充从事相关工作满5年的证明",
          "todo_en": "add proof of 5 full years of related work", "ways": 3}),
    Rule("registrations.retake_differs", Severity.ERROR, "retake",
         {"sits": "理论知识、操作技能", "sits_en": "theory, practical"}),
    Rule("registrations.evidence_missing", Severity.WARNING, "condition",
         {"clause": "国家职业标准编制技术规程（2023年版） 四级/中级工（1）"}),
    Rule("registrations.tie_unused", Severity.WARNING, "since"),
)  # fmt: skip


@dataclass(frozen=True)
class Exam:
    """An exam that a list names. Of another body's nothing but that is known: `own` is false.

    body       who holds it
    opens      whether its state lets people in
    free       places that are not taken
    admitted   ties that policy allows for this body
    """

    id: str
    own: bool
    body: str = ""
    kind: BodyKind = BodyKind.PUBLIC
    occupation: str = ""
    level: Level = Level.L5
    opens: bool = False
    begins: date = date.min
    ends: date = date.min
    held_on: date = date.min
    capacity: int = 0
    free: int = 0
    admitted: tuple[str, ...] = ()
    terms: Terms | None = None


@dataclass(frozen=True)
class Known:
    """What is known about the rows of a file, read at once.

    persons   (document kind, normal number) → person; `names` person → name for matching; `written` document → the name that
              it bears for matching, if another than the record
    facts     person → everything that counts
    consented  for whom a guardian's word is on record
    lacking   who has no photograph, where policy wants one to apply
    days      person → exam day → exam for which they are registered
    kept      (exam, person) → sections passed before
    unproved  person → sources of promised facts of which no paper is on record
    """

    today: date
    forms: DocumentForms
    guardian_age: int
    persons: Mapping[tuple[str, str], str]
    names: Mapping[str, str]
    written: Mapping[tuple[str, str], str]
    facts: Mapping[str, Facts]
    consented: Collection[str]
    exams: Mapping[str, Exam]
    lacking: Collection[str] = ()
    days: Mapping[str, Mapping[date, str]] = field(default_factory=dict)
    kept: Mapping[tuple[str, str], Collection[Section]] = field(default_factory=dict)
    unproved: Mapping[str, Collection[str]] = field(default_factory=dict)


def judge_lines(lines: Sequence[Line], known: Known, seen: Seen | None = None) -> Iterator[CellFinding]:
    """Every finding of every row; a fault of the person or of the exam hides those that follow from it."""
    seen = Seen() if seen is None else seen
    for line in lines:
        if not line.values:
            continue
        found = list(_row(line, known, seen))
        yield from found
        if not any(one.severity is Severity.ERROR for one in found) and line.whole(COLUMNS):
            yield from _takes_a_place(line, known, seen)


def _row(line: Line, known: Known, seen: Seen) -> Iterator[CellFinding]:
    yield from _person(line, known)
    yield from _exam(line, known)
    person, exam = whose(line, known), open_exam(line, known)
    if person is None or exam is None:
        return
    if (first := seen.setdefault((person, exam.id), line.row)) != line.row:
        yield _at(line, "document", "registrations.repeated", first=first)
        return
    yield from _registered(line, known, person, exam)
    yield from _age(line, known, person, exam)
    if person in known.lacking:
        yield _at(line, "document", "registrations.photo_missing")
    faults = list(_tie(line, known, exam))
    yield from faults
    if faults and any(one.severity is Severity.ERROR for one in faults):
        return
    facts = with_declared(line, known.facts[person], exam)
    strange = list(_belongs(line, facts, exam))
    yield from strange
    if strange:  # a body reads nothing more of somebody who is not its own
        return
    yield from _condition(line, known, person, facts, exam)
    yield from _retake(line, known, person, exam)


def whose(line: Line, known: Known) -> str | None:
    """The person of a row: by the document, and by the name too."""
    person = known.persons.get(line.document) if line.document else None
    named = person is not None and "name" in line.values and normal_name(line.values["name"]) in (
        known.names[person], known.written.get(line.document) if line.document else None
    )  # fmt: skip
    return person if named else None


def open_exam(line: Line, known: Known) -> Exam | None:
    """The body's own exam that a row names, if it takes people today."""
    exam = known.exams.get(line.values.get("sitting", ""))
    return exam if exam is not None and exam.own and exam.opens and exam.begins <= known.today <= exam.ends else None


def declared(line: Line, facts: Facts, exam: Exam) -> tuple[str, date, date | None] | None:
    """(tie, since, until) that a row states anew of somebody whom a body can take in for that; None if it stands already."""
    since = line.values.get("since")
    if since is None or exam.kind is not BodyKind.EMPLOYER or not exam.admitted:
        return None
    tie, until = line.values.get("tie", exam.admitted[0]), line.values.get("until")
    if tie == EMPLOYEE:
        until = None
        held = [w.until for w in facts.works if w.employer_id == exam.body and w.source.startswith("employment:")]
    else:
        held = [s.until for s in facts.standings if s.source.startswith(f"member:{exam.body}:")]
    return None if any(end is None or end >= since for end in held) else (tie, since, until)


def with_declared(line: Line, facts: Facts, exam: Exam) -> Facts:
    """Somebody's facts with what the row states beside them."""
    said = declared(line, facts, exam)
    if said is None:
        return facts
    tie, since, until = said
    if tie == EMPLOYEE:
        work = Work(exam.occupation, False, since, until, "", exam.body, source=f"employment:{exam.body}:")
        return replace(facts, works=(*facts.works, work))
    standing = Standing(tie, since, until, source=f"member:{exam.body}:", strength="promised")
    return replace(facts, standings=(*facts.standings, standing))


def _person(line: Line, known: Known) -> Iterator[CellFinding]:
    document, kind = line.document, line.values.get("document_kind")
    if document is None or kind is None:
        return
    if document not in known.persons:
        fits = check_document(kind, document[1], None, None, known.today, known.forms)
        yield _at(line, "document", "registrations.unknown_person" if fits else "registrations.document_invalid")
    elif "name" in line.values and whose(line, known) is None:
        yield _at(line, "name", "registrations.name_differs")


def _exam(line: Line, known: Known) -> Iterator[CellFinding]:
    number = line.values.get("sitting")
    if number is None:
        return
    exam = known.exams.get(number)
    if not _NUMBER.fullmatch(number):
        yield _at(line, "sitting", "registrations.sitting_malformed", shown=unicodedata.normalize("NFKC", number)[:20])
    elif exam is None:
        yield _at(line, "sitting", "registrations.sitting_unknown", number=number)
    elif not exam.own:
        yield _at(line, "sitting", "registrations.sitting_foreign", number=number)
    elif open_exam(line, known) is None:
        yield _at(line, "sitting", "registrations.window", number=number, since=exam.begins, until=exam.ends)


def _registered(line: Line, known: Known, person: str, exam: Exam) -> Iterator[CellFinding]:
    held = known.days.get(person, {}).get(exam.held_on)
    if held == exam.id:
        yield _at(line, "document", "registrations.already", number=line.values["sitting"])
    elif held is not None:
        yield _at(line, "document", "registrations.same_day", day=exam.held_on)


def _age(line: Line, known: Known, person: str, exam: Exam) -> Iterator[CellFinding]:
    assert exam.terms is not None  # noqa: S101 - of own exams they are read
    birth = known.facts[person].birth
    old = old_enough(birth, exam.terms.day(exam.ends, exam.held_on), exam.terms)
    if not old:
        yield _at(line, "document", "registrations.too_young", **{k: v for k, v in old.facts.items() if k != "day"})
    elif age_on(birth, known.today) < known.guardian_age and person not in known.consented:
        yield _at(line, "document", "registrations.guardian_needed", age=known.guardian_age, day=turns(birth, known.guardian_age))


def _tie(line: Line, known: Known, exam: Exam) -> Iterator[CellFinding]:
    """What a row says of how somebody belongs to the body."""
    v = line.values
    if not {"tie", "since", "until"} & v.keys():
        return
    if exam.kind is not BodyKind.EMPLOYER:
        yield CellFinding(line.row, "since", "registrations.tie_unused", Severity.WARNING)
        return
    tie, since, until = v.get("tie", exam.admitted[0] if exam.admitted else ""), v.get("since"), v.get("until")
    if tie not in exam.admitted:
        yield _at(line, "tie", "registrations.tie_refused", **_whom(exam))
    if since is None or tie not in exam.admitted:
        return
    if since > known.today:
        yield _at(line, "since", "registrations.since_in_future")
    if until is None and tie == "own_student":
        yield _at(line, "until", "registrations.until_needed")
    elif until is not None and until < since:
        yield _at(line, "until", "registrations.until_before")


def _belongs(line: Line, facts: Facts, exam: Exam) -> Iterator[CellFinding]:
    day = first_day_apart(exam.kind, exam.body, belonging(facts), exam.admitted, (exam.ends, exam.held_on))
    if day is not None:
        yield _at(line, "document", "registrations.not_own_people", day=day, **_whom(exam))


def _condition(line: Line, known: Known, person: str, facts: Facts, exam: Exam) -> Iterator[CellFinding]:
    assert exam.terms is not None  # noqa: S101 - of own exams they are read
    day, chosen = exam.terms.day(exam.ends, exam.held_on), line.values.get("condition")
    sentence = f"eligibility.{exam.terms.edition.edition}.{chosen}" if chosen else ""
    ways = _ways(facts, exam, day)
    if chosen:
        ways = [way for way in ways if way.code == sentence]
    if not ways:
        yield _at(line, "condition", "registrations.condition_of_other_level", level=exam.level.wording, level_en=exam.level.english)
        return
    met = next((way for way in ways if way.met), None)
    if met is None:
        near = min(ways, key=lambda way: str(way.facts["todo"]).count("；"))
        shown = {name: near.facts[name] for name in ("fact", "fact_en", "todo", "todo_en")}
        if chosen:
            yield _at(line, "condition", "registrations.condition", clause=near.clause, **shown)
        else:
            yield _at(line, "condition", "registrations.no_condition", clause=near.clause, ways=len(ways), **shown)
        return
    proved = {way.code for way in _ways(_without(facts, known.unproved.get(person, ())), exam, day) if way.met}
    if not any(way.code in proved for way in ways):
        yield CellFinding(line.row, "condition", "registrations.evidence_missing", Severity.WARNING, {"clause": met.clause})


def _ways(facts: Facts, exam: Exam, day: date) -> list[Finding]:
    assert exam.terms is not None  # noqa: S101 - of own exams they are read
    return [f for f in eligibility.judge(exam.level, exam.occupation, facts, day, exam.terms).findings if f.code != AGE]


def _without(facts: Facts, sources: Collection[str]) -> Facts:
    """The facts but for those of these sources."""
    return replace(
        facts, works=tuple(w for w in facts.works if w.source not in sources),
        educations=tuple(e for e in facts.educations if e.source not in sources),
        levels=tuple(x for x in facts.levels if x.source not in sources),
        titles=tuple(t for t in facts.titles if t.source not in sources),
    )  # fmt: skip


def _retake(line: Line, known: Known, person: str, exam: Exam) -> Iterator[CellFinding]:
    marked = line.values.get("retake")
    if marked is None:
        return
    kept = known.kept.get((exam.id, person), ())
    sits = [section for section in sections_of(exam.level) if section not in kept]
    if not kept or set(marked) != set(sits):
        words = [section.words for section in sits]
        yield _at(line, "retake", "registrations.retake_differs", sits="、".join(z for z, _ in words), sits_en=", ".join(e for _, e in words))


def _takes_a_place(line: Line, known: Known, seen: Seen) -> Iterator[CellFinding]:
    """A row without fault takes a place and a day; a row behind it may find them taken."""
    person, exam = whose(line, known), open_exam(line, known)
    if person is None or exam is None:
        return
    if (first := seen.setdefault((person, "day", exam.held_on.isoformat()), line.row)) != line.row:
        yield _at(line, "document", "registrations.same_day_here", day=exam.held_on, first=first)
    elif not any(seen.setdefault((exam.id, "place", str(place)), line.row) == line.row for place in range(exam.free)):
        yield _at(line, "sitting", "registrations.full", number=line.values["sitting"], capacity=exam.capacity)


def _whom(exam: Exam) -> dict[str, str]:
    words = [TIES[tie] for tie in exam.admitted]
    return {"whom": "、".join(zh for zh, _ in words) or "—", "whom_en": ", ".join(en for _, en in words) or "—"}


def _at(line: Line, column: str, code: str, /, **facts: Any) -> CellFinding:
    return CellFinding(line.row, column, code, Severity.ERROR, facts)
