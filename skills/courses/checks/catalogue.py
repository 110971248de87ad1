"""Promises of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.courses.actions.versions import said_by
from skills.courses.models import Course, CourseClass, CourseGram, CourseRating, CourseText, CourseVersion, Enrolment
from skills.courses.queries.results import earlier_of
from skills.courses.rules.search import fold, grams
from skills.courses.states import CourseState, EnrolmentState
from skills.courses.states.catalogue import VersionState
from skills.kernel.checks import Bookkeeper, check


@check("courses.search", "公开的课程都能按字查到，其他的查不到 every public course is found by its words, and no other")
def search(books: Bookkeeper) -> Iterator[str]:
    texts = {row.course_id: row for row in books.db.scalars(select(CourseText))}
    held: dict[str, set[str]] = {}
    for gram, course_id in books.db.execute(select(CourseGram.gram, CourseGram.course_id)):
        held.setdefault(course_id, set()).add(gram)
    for row in books.db.scalars(select(Course).where(Course.state == CourseState.PUBLISHED)):
        text, found = texts.pop(row.id, None), held.pop(row.id, set())
        title, body = fold(row.title), fold(row.description)
        if text is None or (text.title, text.body) != (title, body) or found != grams(title, body):
            yield f"course {row.id} is not found by what it says"
    for course_id in sorted({*texts, *held}):
        yield f"course {course_id} is not public, yet it is found"


@check("courses.course_versions", "课程就是现行版本，每版都有另一人审核 a course is what its public version says, reviewed by another hand")
def versions(books: Bookkeeper) -> Iterator[str]:
    courses = {c.id: c for c in books.db.scalars(select(Course))}
    numbers: dict[str, list[int]] = {}
    for row in books.db.scalars(select(CourseVersion).order_by(CourseVersion.course_id, CourseVersion.number)):
        numbers.setdefault(row.course_id, []).append(row.number)
        if row.state == VersionState.PUBLISHED and row.said != said_by(courses[row.course_id]):
            yield f"course {row.course_id} does not say what its version {row.number} says"
        if row.state in (VersionState.PUBLISHED, VersionState.REPLACED) and row.decided_by in (None, row.submitted_by) and row.number > 1:
            yield f"version {row.number} of course {row.course_id} was reviewed by nobody else"
    for course_id, held in numbers.items():
        if held not in (list(range(1, len(held) + 1)), list(range(2, len(held) + 2))):
            yield f"course {course_id}: versions {held} have a gap"


@check("courses.ratings", "评价只来自结业学员，一人一次 ratings come from learners who completed the course, once each")
def ratings(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.execute(
        select(CourseRating, Enrolment, CourseClass.course_id)
        .join(Enrolment, Enrolment.id == CourseRating.enrolment_id)
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
    )
    earlier = earlier_of(books.db)  # who had completed when rating: the completion may have been taken back since
    for row, place, course_id in rows:
        completed = place.state == EnrolmentState.COMPLETED or EnrolmentState.COMPLETED in earlier.get(place.id, ())
        if not completed or place.person_id != row.person_id or course_id != row.course_id:
            yield f"rating {row.id} is of somebody who did not complete this course"
        if row.hidden_at is not None and not row.hidden_reason:
            yield f"rating {row.id} is hidden for no reason"
