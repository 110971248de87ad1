"""Online lessons, who sat in front of them, the ledger of class hours, and one person in two places."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Lesson(Base):
    """An online lesson of a course. It never changes once it was handed in and published; a new one takes its place.

    place    order within the course
    body     Markdown of a text; files lie under `files/lessons/<digest>`
    length   seconds of a video, pages of a PDF, parts of a text
    minutes  the most that counts
    """

    __tablename__ = "lesson"
    __table_args__ = (
        CheckConstraint("kind IN ('text', 'video', 'pdf')", name="kind"),
        CheckConstraint("(kind = 'text') = (digest = '')", name="file"),
        CheckConstraint("minutes > 0 AND length > 0", name="length"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    course_id: Mapped[Id] = mapped_column(ForeignKey("course.id"), index=True)
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(8))
    body: Mapped[str] = mapped_column(Text(), default="")
    digest: Mapped[str] = mapped_column(String(64), default="", index=True)
    size: Mapped[int] = mapped_column(default=0)
    length: Mapped[int]
    minutes: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    drafted_by: Mapped[str] = mapped_column(String(26))
    drafted_at: Mapped[UtcTime]
    submitted_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    withdrawn_at: Mapped[UtcTime | None]


class Study(Base):
    """Somebody in front of a lesson, from opening it to leaving it. One at a time for a person, on whatever device.

    beats     number of the last sign of life, `last_at` its moment, `position` where it was
    device    keyed digest of browser and network, empty when its time is over
    """

    __tablename__ = "study"
    __table_args__ = (
        Index("uq_study_open", "person_id", unique=True, sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[Id] = mapped_column(ForeignKey("enrolment.id"), index=True)
    lesson_id: Mapped[Id] = mapped_column(ForeignKey("lesson.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[UtcTime] = mapped_column(index=True)
    last_at: Mapped[UtcTime]
    beats: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    device: Mapped[str] = mapped_column(String(64), default="")
    ended_at: Mapped[UtcTime | None]


class StudyBeat(Base):
    """One sign of life, at the server's own time. Written once, never changed."""

    __tablename__ = "study_beat"
    __table_args__ = (UniqueConstraint("study_id", "number"), CheckConstraint("number >= 0 AND position >= 0 AND rate >= 0", name="plain"))
    id: Mapped[Id] = mapped_column(primary_key=True)
    study_id: Mapped[Id] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    at: Mapped[UtcTime]
    way: Mapped[str] = mapped_column(String(8))
    position: Mapped[int]
    rate: Mapped[int]


class StudyQuestion(Base):
    """Whether somebody is there, asked at random. One open at a time; answered late it still ends the unproved time."""

    __tablename__ = "study_question"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    study_id: Mapped[Id] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    asked_at: Mapped[UtcTime]
    answer_by: Mapped[UtcTime]
    answered_at: Mapped[UtcTime | None]


class ClassHour(Base):
    """A line of the ledger 学时台账: minutes won or, negative, taken back. Written once, never changed.

    number   1, 2, 3 … within the place; balance: the sum of minutes up to this line
    kind     room (source: a session) or online (source: a lesson)
    day      when it was learned, in Shanghai
    """

    __tablename__ = "class_hour"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "number"),
        CheckConstraint("minutes <> 0 AND balance >= 0", name="minutes"),
        CheckConstraint("kind IN ('room', 'online')", name="kind"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    enrolment_id: Mapped[Id] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    source: Mapped[Id]
    day: Mapped[date]
    minutes: Mapped[int]
    balance: Mapped[int]
    at: Mapped[UtcTime]


class Overlap(Base):
    """One person in two places at once, by what was written. Until the bureau says which one counts, neither does.

    first, second    the places: kind, source (a session or a study), class, institution, district
    after            whether one of the places had its result already
    counts           first, second or neither, once decided
    """

    __tablename__ = "overlap"
    __table_args__ = (
        Index("uq_overlap_live", "first_source", "second_source", "person_id", unique=True,
              sqlite_where=text("state <> 'lifted'"), postgresql_where=text("state <> 'lifted'")),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(state = 'decided') = (counts <> '')", name="counts"),
        CheckConstraint("ends_at > starts_at AND minutes >= 0", name="span"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    first_kind: Mapped[str] = mapped_column(String(8))
    first_source: Mapped[Id]
    first_class: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    second_kind: Mapped[str] = mapped_column(String(8))
    second_source: Mapped[Id]
    second_class: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    starts_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    minutes: Mapped[int]
    after: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16), index=True)
    opened_at: Mapped[UtcTime]
    closed_at: Mapped[UtcTime | None]
    counts: Mapped[str] = mapped_column(String(8), default="")
    decided_by: Mapped[str | None] = mapped_column(String(26))
    reason: Mapped[str] = mapped_column(String(400), default="")
