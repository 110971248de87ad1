"""A person's saved courses, and which of them have news."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from skills.courses.models import Course, SavedCourse
from skills.courses.queries.catalogue import CourseLine, lines
from skills.courses.queries.facets import upcoming
from skills.people.queries import here


@dataclass(frozen=True)
class Ahead:
    """What lies ahead of a course: its next start, and whether every seat of the classes to come is taken."""

    start: date | None
    full: bool


def ahead(db: Session, course_id: str, day: date) -> Ahead:
    """What lies ahead of a course on a day."""
    table = upcoming(day).table
    row = db.execute(select(table.c.next_start, table.c.places).where(table.c.course_id == course_id)).first()
    return Ahead(None, False) if row is None else Ahead(row.next_start, row.places < 1)


def saved(db: Session, person_id: str, day: date) -> list[CourseLine]:
    """What a person saved, the latest first; courses that were withdrawn meanwhile say so by their state."""
    rows = db.scalars(
        select(Course).join(SavedCourse, SavedCourse.course_id == Course.id).where(SavedCourse.person_id == person_id)
        .order_by(SavedCourse.saved_at.desc(), Course.id)
    ).all()  # fmt: skip
    return lines(db, rows, day)


def saved_of(db: Session, person_id: str, course_ids: Collection[str]) -> frozenset[str]:
    """Which of these courses a person saved."""
    return frozenset(db.scalars(
        select(SavedCourse.course_id).where(SavedCourse.person_id == person_id, SavedCourse.course_id.in_(course_ids))
    ))  # fmt: skip


def with_news(db: Session, day: date) -> list[str]:
    """Courses of which somebody was told something else than what is true on a day."""
    table = upcoming(day).table
    full = case((table.c.places < 1, True), else_=False)
    differs = or_(
        SavedCourse.seen_start.is_distinct_from(table.c.next_start), SavedCourse.seen_full != func.coalesce(full, False)
    )
    chosen = select(SavedCourse.course_id).outerjoin(table, table.c.course_id == SavedCourse.course_id).where(differs, here(SavedCourse.person_id))
    return sorted(set(db.scalars(chosen)))
