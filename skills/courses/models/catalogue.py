"""What the catalogue keeps beside the courses: their text as it is searched, their versions, who saved them, what learners say."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Json, UtcTime

OPEN = "state IN ('draft', 'submitted', 'returned')"


class CourseText(Base):
    """A published course's title and description, folded (`rules.search.fold`)."""

    __tablename__ = "course_text"
    unwitnessed = "made again from the published courses: courses.search"
    course_id: Mapped[Id] = mapped_column(ForeignKey("course.id"), primary_key=True)
    title: Mapped[str] = mapped_column(Text())
    body: Mapped[str] = mapped_column(Text())


class CourseGram(Base):
    """A character or a pair of neighbours that a published course's text holds (`rules.search.grams`)."""

    __tablename__ = "course_gram"
    __table_args__ = (Index("ix_course_gram_course_id", "course_id"),)
    unwitnessed = "made again from the published courses: courses.search"
    gram: Mapped[str] = mapped_column(String(4), primary_key=True)
    course_id: Mapped[Id] = mapped_column(ForeignKey("course.id"), primary_key=True)


class CourseVersion(Base):
    """A later text of a public course on its way through review, or one that was public; the course's own row says what is now.

    number  2, 3 … as they were begun; 1 is what was first published, kept when the second takes its place
    said    every field as `actions.catalogue.written` keeps it
    ended_at  when it was replaced or dropped
    """

    __tablename__ = "course_version"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        Index("uq_course_version_open", "course_id", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("uq_course_version_public", "course_id", unique=True, sqlite_where=text("state = 'published'"),
              postgresql_where=text("state = 'published'")),
        CheckConstraint("(state IN ('replaced', 'dropped')) = (ended_at IS NOT NULL)", name="ended"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    course_id: Mapped[Id] = mapped_column(ForeignKey("course.id"), index=True)
    number: Mapped[int]
    said: Mapped[Json]
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    drafted_at: Mapped[UtcTime]
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    submitted_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    ended_at: Mapped[UtcTime | None]


class SavedCourse(Base):
    """A course that a person keeps an eye on, with what they were told of it last.

    seen_start  the next start; seen_full: whether every seat was taken
    """

    __tablename__ = "saved_course"
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), primary_key=True)
    course_id: Mapped[Id] = mapped_column(ForeignKey("course.id"), primary_key=True, index=True)
    saved_at: Mapped[UtcTime]
    seen_start: Mapped[date | None]
    seen_full: Mapped[bool]


class CourseRating(Base):
    """What somebody who completed a course thinks of it: five marks from 1 to 5, a comment if they like; once per place.

    answer  the institution's, once
    hidden_reason  why the authority hides the comment and its answer; the marks go on counting
    """

    __tablename__ = "course_rating"
    __table_args__ = (
        CheckConstraint("teaching BETWEEN 1 AND 5 AND content BETWEEN 1 AND 5 AND practice BETWEEN 1 AND 5"
                        " AND service BETWEEN 1 AND 5 AND usefulness BETWEEN 1 AND 5", name="marks"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_by IS NULL)", name="hidden"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    enrolment_id: Mapped[Id] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    course_id: Mapped[Id] = mapped_column(ForeignKey("course.id"), index=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    teaching: Mapped[int]
    content: Mapped[int]
    practice: Mapped[int]
    service: Mapped[int]
    usefulness: Mapped[int]
    comment: Mapped[str] = mapped_column(String(400), default="")
    given_at: Mapped[UtcTime]
    answer: Mapped[str] = mapped_column(String(400), default="")
    answered_by: Mapped[str | None] = mapped_column(String(26))
    answered_at: Mapped[UtcTime | None]
    hidden_reason: Mapped[str] = mapped_column(String(400), default="")
    hidden_by: Mapped[str | None] = mapped_column(String(26))
    hidden_at: Mapped[UtcTime | None]
