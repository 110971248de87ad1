"""Facts for the return of completions, read in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.courses.models import Course, CourseClass, Enrolment
from skills.courses.queries.attendance import counts
from skills.courses.rules.completion import Limits
from skills.courses.rules.filing import ClassFacts, Known, Place, document_of
from skills.people import queries as people
from skills.people.rules import normal_name
from skills.returns.queries import Desk
from skills.returns.rules import Line
from skills.standards import queries as standards

MANY = 500


def limits(db: Session, day: date) -> Limits:
    """The policy of completion on a day."""
    return Limits(
        hours_percent=standards.value(db, "course.completion_hours_percent", day),
        attendance_percent=standards.value(db, "course.completion_attendance_percent", day),
        score=standards.value(db, "course.completion_score", day),
        days_after_end=standards.value(db, "course.completion_days_after_end", day),
    )


def look(desk: Desk, lines: Sequence[Line]) -> Known:
    """Everything the rules of completions ask about these rows, for the institution that files."""
    documents = {d for line in lines if (d := document_of(line))}
    persons = people.by_documents(desk.db, desk.box, documents)
    ids = sorted(set(persons.values()))
    names = {i: normal_name(p.name) for i, p in people.persons(desk.db, ids).items()}
    numbers = sorted({line.values["class"] for line in lines if "class" in line.values})
    classes: dict[str, ClassFacts] = {}
    places: dict[tuple[str, str], Place] = {}
    for start in range(0, len(numbers), MANY):
        part = numbers[start : start + MANY]
        mine = CourseClass.institution_id == desk.organisation
        for found, hours in desk.db.execute(
            select(CourseClass, Course.hours)
            .join(Course, Course.id == CourseClass.course_id)
            .where(CourseClass.number.in_(part), mine)
        ):
            classes[found.number] = ClassFacts(found.state, found.starts_on, found.ends_on, hours)
        rows = desk.db.execute(
            select(Enrolment, CourseClass.number, CourseClass.id)
            .join(CourseClass, CourseClass.id == Enrolment.class_id)
            .where(CourseClass.number.in_(part), mine)
            .order_by(Enrolment.left_at.is_(None), Enrolment.enrolled_at)  # a live place comes last and counts
        ).all()
        ledger = counts(desk.db, {class_id for _, _, class_id in rows})
        for row, number, class_id in rows:
            kept = ledger.get((class_id, row.person_id))
            places[(row.person_id, number)] = Place(row.id, row.state, row.completed_on, row.voucher_cents, row.person_id, kept)
    forms = people.document_forms(desk.db, desk.today)
    return Known(desk.today, limits(desk.db, desk.today), persons, names, classes, places, forms)
