"""Courses, classes with their sessions, enrolments, and the number series of completion certificates."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Cents, Id, UtcTime


class Course(Base):
    """What an institution teaches. `level` is a rank 1–8 or none; `zone` is mantianxing or empty; fee in 分."""

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("hours > 0", name="hours"),
        CheckConstraint("fee >= 0", name="fee"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    institution_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(24))
    zone: Mapped[str] = mapped_column(String(24), default="")
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"), index=True)
    level: Mapped[int | None]
    hours: Mapped[int]
    fee: Mapped[Cents]
    standard: Mapped[str] = mapped_column(String(120), default="")
    description: Mapped[str] = mapped_column(Text(), default="")
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    submitted_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    published_at: Mapped[UtcTime | None]


class CourseClass(Base):
    """One run of a course. `taken` counts live and past places; it can never pass `seats`."""

    __tablename__ = "course_class"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= seats", name="seats"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    course_id: Mapped[Id] = mapped_column(ForeignKey("course.id"), index=True)
    institution_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    address: Mapped[str] = mapped_column(String(120))
    lecturer: Mapped[str] = mapped_column(String(60))
    lecturer_proof: Mapped[str] = mapped_column(String(120))
    assessment_plan: Mapped[str] = mapped_column(String(1000))
    promised: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    submitted_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    started_at: Mapped[UtcTime | None]
    finished_at: Mapped[UtcTime | None]
    cancelled_at: Mapped[UtcTime | None]


class ClassSession(Base):
    """One lesson of a class: when and in which room."""

    __tablename__ = "class_session"
    __table_args__ = (
        Index("uq_class_session_start", "class_id", "starts_at", unique=True),
        CheckConstraint("ends_at > starts_at", name="times"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"))
    starts_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    room: Mapped[str] = mapped_column(String(60))
    topic: Mapped[str] = mapped_column(String(120), default="")


class Enrolment(Base):
    """A person's place in a class. Fee, price and voucher in 分; hours, attendance (%) and score as filed."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("uq_enrolment_live", "class_id", "person_id", unique=True, sqlite_where=text("left_at IS NULL"),
              postgresql_where=text("left_at IS NULL")),
        Index("uq_enrolment_redemption", "redemption_id", unique=True),
        CheckConstraint("(state = 'completed') = (certificate_number IS NOT NULL)", name="certificate"),
        CheckConstraint("price >= 0 AND price = fee - voucher_cents", name="price"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    enrolled_at: Mapped[UtcTime]
    fee: Mapped[Cents]
    voucher_cents: Mapped[Cents] = mapped_column(default=0)
    price: Mapped[Cents]
    redemption_id: Mapped[Id | None] = mapped_column(ForeignKey("redemption.id"))
    left_at: Mapped[UtcTime | None]
    left_reason: Mapped[str] = mapped_column(String(400), default="")
    ended_at: Mapped[UtcTime | None]
    completed_on: Mapped[date | None]
    hours: Mapped[str] = mapped_column(String(12), default="")
    attendance: Mapped[str] = mapped_column(String(12), default="")
    score: Mapped[str] = mapped_column(String(12), default="")
    certificate_number: Mapped[str | None] = mapped_column(String(32), unique=True)


class CompletionSeries(Base):
    """The last serial given to a completion certificate of an institution in a year."""

    __tablename__ = "completion_series"
    institution_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class ClassSeries(Base):
    """The last serial given to a class in a year."""

    __tablename__ = "class_series"
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
