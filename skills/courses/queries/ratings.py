"""What learners say of courses: averages from a number of answers on, comments without names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.courses.models import Course, CourseRating
from skills.courses.rules.ratings import MARKS, Score, score
from skills.kernel.clock import shanghai_day
from skills.standards import queries as standards

LEAST = "course.ratings_shown_from"
PAGE = 50


@dataclass(frozen=True)
class Comment:
    """A comment without its author. A hidden one has no words, only the reason. `month`: the first day of its month."""

    id: str
    course_id: str
    course: str
    overall: int
    words: str
    month: date
    answer: str
    hidden_reason: str


@dataclass(frozen=True)
class Voice:
    """What learners say of a course; `score` None while fewer than `least` have answered."""

    count: int
    least: int
    score: Score | None
    comments: tuple[Comment, ...]


def scores(db: Session, course_ids: Collection[str], day: date) -> dict[str, Score]:
    """The averages of those courses that enough learners have rated."""
    least = int(standards.value(db, LEAST, day))
    sums = [func.sum(getattr(CourseRating, name)) for name in MARKS]
    rows = db.execute(
        select(CourseRating.course_id, func.count(), *sums).where(CourseRating.course_id.in_(course_ids)).group_by(CourseRating.course_id)
    )
    found = {row[0]: score(row[1], [int(n) for n in row[2:]], least) for row in rows}
    return {course: told for course, told in found.items() if told}


def voice(db: Session, course_id: str, day: date, most: int = 50) -> Voice:
    """What learners say of a course; comments, too, are shown from so many answers on, so that nobody can be told apart."""
    least = int(standards.value(db, LEAST, day))
    count = db.scalar(select(func.count()).select_from(CourseRating).where(CourseRating.course_id == course_id)) or 0
    told = scores(db, [course_id], day).get(course_id)
    return Voice(count, least, told, tuple(_comments(db, [course_id], most)) if told else ())


def rated(db: Session, enrolment_id: str) -> bool:
    """Whether a place has rated its course."""
    return db.scalar(select(CourseRating.id).where(CourseRating.enrolment_id == enrolment_id)) is not None


def comments_of(db: Session, institutions: Collection[str] | None, day: date, after: str = "", most: int = PAGE) -> list[Comment]:
    """Comments on the courses of these institutions (None: of all), the newest first: to be answered, or hidden. Up to `most` behind one.

    An institution reads those of a course from so many answers on, as everybody does: nobody can be told apart.
    """
    chosen = select(Course.id)
    if institutions is not None:
        chosen = chosen.where(Course.institution_id.in_(institutions))
    ids = db.scalars(chosen).all()
    return _comments(db, ids if institutions is None else list(scores(db, ids, day)), most, after)


def _comments(db: Session, course_ids: Collection[str], most: int, after: str = "") -> list[Comment]:
    behind = [CourseRating.id < after] if after else []
    rows = db.execute(
        select(CourseRating, Course.title).join(Course, Course.id == CourseRating.course_id)
        .where(CourseRating.course_id.in_(course_ids), CourseRating.comment != "", *behind)
        .order_by(CourseRating.id.desc()).limit(most)
    )  # fmt: skip
    return [
        Comment(
            r.id, r.course_id, title, 2 * sum(getattr(r, name) for name in MARKS), "" if r.hidden_at else r.comment,
            shanghai_day(r.given_at).replace(day=1), "" if r.hidden_at else r.answer, r.hidden_reason,
        )
        for r, title in rows
    ]  # fmt: skip
