"""Facts for the return of completions, read in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.courses.models import ClassSession, Course, CourseClass, Enrolment, LeaveRequest
from skills.courses.queries import exams
from skills.courses.queries.attendance import counts
from skills.courses.queries.hours import ledgers
from skills.courses.rules.completion import Limits, completion_number
from skills.courses.rules.filed import ClassFacts, Known, Norms, Place
from skills.courses.rules.hours import NO_LEDGER
from skills.courses.rules.printing import Code, Unfit
from skills.credentials.characters import room_for_name, taken, unfit, unfit_among
from skills.kernel.clock import shanghai_day
from skills.kernel.db import among
from skills.people import queries as people
from skills.people.rules import normal_name
from skills.returns.queries import Desk
from skills.returns.rules import Line
from skills.standards import queries as standards

_POLICIES = (
    "course.completion_hours_percent", "course.completion_attendance_percent", "course.completion_score",
    "course.completion_days_after_end", "course.hours_per_day", "course.minutes_per_hour", "course.score_step", "course.filing_days",
    "completion_exam.kinds", "document.areas", "document.foreign_pr",
)  # fmt: skip


def limits(db: Session, day: date) -> Limits:
    """The policy of completion on a day."""
    return Limits(
        hours_percent=standards.value(db, "course.completion_hours_percent", day),
        attendance_percent=standards.value(db, "course.completion_attendance_percent", day),
        score=standards.value(db, "course.completion_score", day),
        days_after_end=standards.value(db, "course.completion_days_after_end", day),
    )


def norms(db: Session, day: date) -> Norms:
    """The policy of filing on a day."""
    return Norms(
        hours_per_day=standards.value(db, "course.hours_per_day", day),
        minutes_per_hour=standards.value(db, "course.minutes_per_hour", day),
        score_step=Decimal(standards.value(db, "course.score_step", day)),
        days_to_file=standards.value(db, "course.filing_days", day),
    )


def look(desk: Desk, lines: Sequence[Line]) -> Known:
    """Everything the rules of completions ask about these rows, for the institution that files."""
    db, day = desk.db, desk.today
    standards.read_together(db, _POLICIES)
    persons, called = people.holders(db, desk.box, {d for line in lines if (d := line.document)})
    ids = set(persons.values())
    written = people.names(db, ids)
    names = {i: normal_name(name) for i, name in written.items()}
    classes = _classes(db, desk.organisation, {line.values["class"] for line in lines if "class" in line.values}, desk.base)
    places = _places(db, {class_id: number for class_id, (number, _) in classes.items()}, ids)
    facts = dict(classes.values())
    forms = people.document_forms(db, day)
    unprintable, wide = unfit_among(written), _too_wide(written, facts.values())
    return Known(day, limits(db, day), persons, names, facts, places, forms, norms(db, day), unprintable, wide, called)


def _too_wide(names: Mapping[str, str], classes: Iterable[ClassFacts]) -> dict[str, int]:
    """Person id → bytes that the name takes in a code, of those for whom the code of one of these classes has no room."""
    least = min((c.code.room for c in classes if c.code is not None), default=None)
    if least is None:
        return {}
    # A character takes four bytes at most and its length two more: most names need no measuring.
    return {i: size for i, name in names.items() if 4 * len(name) + 2 > least and (size := taken(name)) > least}


def _classes(db: Session, organisation: str | None, numbers: Collection[str], base: str) -> dict[str, tuple[str, ClassFacts]]:
    """Class id → its number and facts, of the institution's own classes."""
    rows = db.execute(
        select(CourseClass, Course.hours, Course.title, Course.occupation)
        .join(Course, Course.id == CourseClass.course_id)
        .where(among(db, CourseClass.number, numbers), CourseClass.institution_id == organisation)
    ).all()
    if organisation is None or not rows:
        return {}
    taught = {(title, occupation) for *_, title, occupation in rows}
    issuer = accounts.organisation(db, organisation)
    texts, codes = _texts(db, issuer.name, taught), _codes(issuer.credit_code, taught, base)
    days: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    lessons = select(ClassSession.class_id, ClassSession.starts_at, ClassSession.ends_at)
    for class_id, starts, ends in db.execute(lessons.where(among(db, ClassSession.class_id, [c.id for c, *_ in rows]))):
        days[class_id][shanghai_day(starts)] += int((ends - starts).total_seconds()) // 60
    asked = exams.asked_of(db, {c.id for c, *_ in rows})
    return {
        c.id: (
            c.number,
            ClassFacts(
                c.state, c.starts_on, c.ends_on, hours, normal_name(c.lecturer), tuple(sorted(days[c.id].items())), c.id in asked,
                texts[title, occupation], codes.get((title, occupation)),
            ),
        )
        for c, hours, title, occupation in rows
    }


def _texts(db: Session, issuer: str, taught: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[Unfit, ...]]:
    """(course title, occupation code) → which of the texts that every certificate of such a class bears cannot be printed."""
    names = {code: standards.occupation(db, code).name for code in {code for _, code in taught}}
    return {
        (title, code): tuple(
            Unfit(words, lost)
            for words, text in (
                (("课程名称", "course title"), title), (("机构名称", "institution's name"), issuer),
                (("职业名称", "occupation's name"), names[code]),
            )
            if (lost := unfit(text))
        )
        for title, code in taught
    }  # fmt: skip


def _codes(credit_code: str, taught: Collection[tuple[str, str]], base: str) -> dict[tuple[str, str], Code]:
    """(course title, occupation code) → what the code of such a certificate leaves for a name; nothing without an address."""
    if not base:
        return {}
    number = completion_number(credit_code, 2026, 1)  # every number is as long
    return {(title, code): Code(room_for_name(base, number, code, title), title) for title, code in taught}


def place_of(desk: Desk, line: Line) -> tuple[str, str] | None:
    """Enrolment and person of one row, as `Known.place_of` finds them: all that applying a row that was judged has to know."""
    document, number = line.document, line.values.get("class")
    persons = people.by_documents(desk.db, desk.box, {document}) if document else {}
    own = select(CourseClass.id).where(CourseClass.number == number, CourseClass.institution_id == desk.organisation)
    rows = _enrolled(desk.db, desk.db.scalars(own).all(), persons.values()) if persons else ()
    return (rows[-1].id, rows[-1].person_id) if rows else None


def _enrolled(db: Session, classes: Collection[str], persons: Collection[str]) -> Sequence[Any]:
    """Places of these people in these classes: of one person in one class the one that counts comes last."""
    return db.execute(
        select(
            Enrolment.id, Enrolment.class_id, Enrolment.person_id, Enrolment.state, Enrolment.completed_on,
            Enrolment.voucher_cents, Enrolment.enrolled_at,
        )
        .where(among(db, Enrolment.person_id, persons), among(db, Enrolment.class_id, classes))
        .order_by(Enrolment.left_at.is_(None), Enrolment.enrolled_at)
    ).all()


def _places(db: Session, numbers: Mapping[str, str], persons: Collection[str]) -> dict[tuple[str, str], Place]:
    """(person, class number) → the latest place of these people in these classes; a live one counts before any other."""
    rows = _enrolled(db, numbers, persons)
    asked = select(LeaveRequest.enrolment_id).where(LeaveRequest.state == "opened")
    leaving = set(db.scalars(asked.where(among(db, LeaveRequest.person_id, persons))))
    classes = {row.class_id for row in rows}
    written = counts(db, classes, persons=persons)
    examined = exams.results_of_classes(db, classes)
    hours = ledgers(db, classes, persons)
    days: dict[datetime, date] = {}
    found = {}
    for enrolment_id, class_id, person_id, state, completed_on, cents, at in rows:
        own = class_id, person_id
        day = days.get(at) or days.setdefault(at, shanghai_day(at))
        found[person_id, numbers[class_id]] = Place(
            enrolment_id, state, completed_on, cents, person_id, written.get(own), day, enrolment_id in leaving,
            examined.get(enrolment_id), hours.get(own, NO_LEDGER),
        )  # fmt: skip
    return found
