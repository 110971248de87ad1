"""The versions of a course: what is under review, and what was public when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from skills.courses.models import Course, CourseVersion
from skills.courses.queries.catalogue import LISTED, institution_names
from skills.courses.rules.catalogue import Change, changes
from skills.courses.states.catalogue import OPEN_VERSION, VersionState
from skills.kernel.errors import Missing

PUBLIC = (VersionState.PUBLISHED, VersionState.REPLACED)


@dataclass(frozen=True)
class VersionLine:
    """A version with what it changes against the one before; while it is open, against what is public.

    since  when it became public; until: when it was replaced
    """

    id: str
    course_id: str
    title: str
    institution: str
    number: int
    state: str
    reason: str
    said: dict[str, Any]
    changes: tuple[Change, ...]
    submitted_at: datetime | None
    since: datetime | None
    until: datetime | None


def history(db: Session, course_id: str) -> list[VersionLine]:
    """What was public, the newest first; empty while the first text is."""
    return [v for v in _of(db, course_id) if v.state in PUBLIC]


def open_version(db: Session, course_id: str) -> VersionLine | None:
    """The version that is being written or reviewed."""
    return next((v for v in _of(db, course_id) if v.state in OPEN_VERSION), None)


def to_review(db: Session, after: str = "", most: int = LISTED) -> list[VersionLine]:
    """Versions that wait for the authority, the oldest first: up to `most` behind one, which may be decided by now."""
    chosen = select(CourseVersion.id).where(CourseVersion.state == VersionState.SUBMITTED)
    last = db.get(CourseVersion, after) if after else None
    if last is not None and last.submitted_at is not None:
        chosen = chosen.where(tuple_(CourseVersion.submitted_at, CourseVersion.id) > (last.submitted_at, last.id))
    return [version(db, i) for i in db.scalars(chosen.order_by(CourseVersion.submitted_at, CourseVersion.id).limit(most)).all()]


def version(db: Session, version_id: str) -> VersionLine:
    """One version. Raises Missing("course_version.unknown")."""
    row = db.get(CourseVersion, version_id)
    if row is None:
        raise Missing("course_version.unknown")
    return next(v for v in _of(db, row.course_id) if v.id == version_id)


def _of(db: Session, course_id: str) -> list[VersionLine]:
    course = db.get(Course, course_id)
    if course is None:
        raise Missing("course.unknown")
    rows = db.scalars(select(CourseVersion).where(CourseVersion.course_id == course_id).order_by(CourseVersion.number)).all()
    school = institution_names(db, {course.institution_id}).get(course.institution_id, "")
    found: list[VersionLine] = []
    public: dict[str, Any] = {}
    for row in rows:
        held = {name: getattr(course, name) for name in row.said}
        before = held if row.state in OPEN_VERSION else public
        told = changes(before, row.said) if before and row.state != VersionState.DROPPED else ()
        found.append(VersionLine(
            row.id, course_id, course.title, school, row.number, row.state, row.reason, row.said, told, row.submitted_at,
            row.decided_at if row.state in PUBLIC else None, row.ended_at,
        ))  # fmt: skip
        if row.state in PUBLIC:
            public = row.said
    return found[::-1]
