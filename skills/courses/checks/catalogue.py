"""Promises of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.courses.models import Course, CourseGram, CourseText
from skills.courses.rules.search import fold, grams
from skills.courses.states import CourseState
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
