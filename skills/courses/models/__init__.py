"""Courses, classes with their sessions, enrolments, and the number series of completion certificates."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.courses.models import exams as exams
from skills.courses.models.bookings import Booking
from skills.courses.models.catalogue import CourseGram, CourseRating, CourseText, CourseVersion, SavedCourse
from skills.courses.models.changes import OrderContract, OrderSeat, SessionChange
from skills.courses.models.delivery import ApprovedPlan, DeliveryReport, SessionRecord
from skills.kernel.db import Base, Cents, Id, UtcTime

__all__ = [
    "ApprovedPlan", "Attendance", "AttendanceCorrection", "Booking", "CardPin", "CardScan", "ClassSeries", "ClassSession",
    "CompletionSeries", "Course", "CourseClass", "CourseGram", "CourseRating", "CourseText", "CourseVersion", "DeliveryReport",
    "Enrolment", "LearnerCard", "LeaveRequest", "OrderContract", "OrderSeat", "Reservation", "RoomTerminal", "SavedCourse",
    "SessionChange", "SessionRecord",
]  # fmt: skip


class Course(Base):
    """What an institution teaches. `level` is a rank 1–8 or none; `zone` is mantianxing or empty; fee in 分.

    section   open, subsidised, ability, or empty for any other course (rules.catalogue.SECTIONS)
    mode      how it is taught: onsite, online or blended
    leads_to  the certificate it leads to: completion, level, special_ability or engineer
    standard  in words, where no published training standard is meant; else `standard_version` points at it
    ability   the specialised ability 专项职业能力 that it teaches, if it leads to that certificate
    """

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
    section: Mapped[str] = mapped_column(String(16), default="", server_default="")
    mode: Mapped[str] = mapped_column(String(16), default="onsite", server_default="onsite")
    leads_to: Mapped[str] = mapped_column(String(24), default="completion", server_default="completion")
    ability: Mapped[str] = mapped_column(String(60), default="", server_default="")
    standard_version: Mapped[Id | None] = mapped_column(ForeignKey("training_standard_version.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    submitted_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    published_at: Mapped[UtcTime | None]


class CourseClass(Base):
    """One run of a course. `taken` counts live and past places and seats that are kept; it can never pass `seats`.

    due           last working day for a decision on the application
    escalated_at  when it went up to the city because nobody had decided by then
    decided_by    "clock" if it was approved by lapse of time
    """

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
    admits: Mapped[str] = mapped_column(String(24), default="at_once", server_default="at_once")
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    submitted_at: Mapped[UtcTime | None]
    due: Mapped[date | None]
    escalated_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    started_at: Mapped[UtcTime | None]
    finished_at: Mapped[UtcTime | None]
    cancelled_at: Mapped[UtcTime | None]


class ClassSession(Base):
    """One lesson of a class: when and in which room. `makes_up_for` names the lesson it is held in place of.

    address  if it is held elsewhere than the class; empty: where the class is
    """

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
    address: Mapped[str] = mapped_column(String(120), default="", server_default="")
    makes_up_for: Mapped[Id | None] = mapped_column(ForeignKey("class_session.id"), default=None)


class Enrolment(Base):
    """A person's place in a class. Fee, price and voucher in 分; hours, attendance (%) and score as filed.

    payee  to whom what the voucher is worth goes; `price` is what the learner pays here (`vouchers.rules.own_share`)
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("uq_enrolment_live", "class_id", "person_id", unique=True, sqlite_where=text("left_at IS NULL"),
              postgresql_where=text("left_at IS NULL")),
        Index("uq_enrolment_redemption", "redemption_id", unique=True),
        CheckConstraint("(state = 'completed') = (certificate_number IS NOT NULL)", name="certificate"),
        CheckConstraint(
            "price >= 0 AND price = CASE payee WHEN 'firm' THEN 0 WHEN 'person' THEN fee ELSE fee - voucher_cents END", name="price"
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    enrolled_at: Mapped[UtcTime]
    fee: Mapped[Cents]
    voucher_cents: Mapped[Cents] = mapped_column(default=0)
    price: Mapped[Cents]
    payee: Mapped[str] = mapped_column(String(16), default="institution", server_default="institution")
    redemption_id: Mapped[Id | None] = mapped_column(ForeignKey("redemption.id"))
    left_at: Mapped[UtcTime | None]
    left_code: Mapped[str] = mapped_column(String(24), default="", server_default="")
    left_reason: Mapped[str] = mapped_column(String(400), default="")
    ended_at: Mapped[UtcTime | None]
    completed_on: Mapped[date | None]
    hours: Mapped[str] = mapped_column(String(12), default="")
    attendance: Mapped[str] = mapped_column(String(12), default="")
    score: Mapped[str] = mapped_column(String(12), default="")
    certificate_number: Mapped[str | None] = mapped_column(String(32), unique=True)


class Reservation(Base):
    """A person asked for a seat in a class: in the queue, offered one, or with one kept for the answer.

    number         1, 2, 3 … in the order in which they came to this class; the queue moves by it
    held_on        since when seat and voucher are kept (held)
    answer_by      last day for the institution's answer (held)
    offered_until  until when the person may take the offered seat (offered)
    life_left      days of life that the voucher had when it was kept (held, with a voucher)
    reason         the institution's, if it declined
    """

    __tablename__ = "reservation"
    __table_args__ = (
        Index("uq_reservation_live", "class_id", "person_id", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        Index("uq_reservation_voucher", "voucher_id", unique=True, sqlite_where=text("state = 'held'"),
              postgresql_where=text("state = 'held'")),
        UniqueConstraint("class_id", "number"),
        CheckConstraint("(state IN ('waiting', 'offered', 'held')) = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(state = 'confirmed') = (enrolment_id IS NOT NULL)", name="confirmed"),
        CheckConstraint("state <> 'held' OR answer_by IS NOT NULL", name="held"),
        CheckConstraint("state <> 'offered' OR offered_until IS NOT NULL", name="offered"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"))
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    voucher_id: Mapped[Id | None] = mapped_column(ForeignKey("voucher.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[UtcTime]
    held_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    offered_until: Mapped[UtcTime | None]
    life_left: Mapped[int | None]
    enrolment_id: Mapped[Id | None] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    closed_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")


class LeaveRequest(Base):
    """A person asks to leave a class after leaving is free no more. `code` is one of LEAVE_REASONS; `due` by working days."""

    __tablename__ = "leave_request"
    __table_args__ = (
        Index("uq_leave_request_open", "enrolment_id", unique=True, sqlite_where=text("state = 'opened'"),
              postgresql_where=text("state = 'opened'")),
        CheckConstraint("(state = 'opened') = (closed_at IS NULL)", name="closed"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    enrolment_id: Mapped[Id] = mapped_column(ForeignKey("enrolment.id"), index=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    code: Mapped[str] = mapped_column(String(24))
    said: Mapped[str] = mapped_column(String(400), default="")
    state: Mapped[str] = mapped_column(String(16), index=True)
    opened_at: Mapped[UtcTime]
    due: Mapped[date]
    closed_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    reason: Mapped[str] = mapped_column(String(400), default="")


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


class Attendance(Base):
    """One side of one session for one person, as it was written. A correction replaces a row, it never overwrites one.

    mark         on_time, late or absent (rules.attendance.Mark)
    way          scan, typed or correction
    replaced_at  when a correction took its place; none while it counts
    """

    __tablename__ = "attendance"
    __table_args__ = (
        Index("uq_attendance_live", "session_id", "person_id", "side", unique=True,
              sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL")),
        CheckConstraint("(way = 'correction') = (correction_id IS NOT NULL)", name="correction"),
        CheckConstraint("side IN ('in', 'out')", name="side"),
        CheckConstraint("mark IN ('on_time', 'late', 'absent')", name="mark"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    session_id: Mapped[Id] = mapped_column(ForeignKey("class_session.id"))
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    side: Mapped[str] = mapped_column(String(8))
    mark: Mapped[str] = mapped_column(String(16))
    way: Mapped[str] = mapped_column(String(16))
    at: Mapped[UtcTime]
    correction_id: Mapped[Id | None] = mapped_column(ForeignKey("attendance_correction.id"))
    replaced_at: Mapped[UtcTime | None]


class AttendanceCorrection(Base):
    """A wish to correct one side of one session: asked for by learner or institution, decided by the bureau."""

    __tablename__ = "attendance_correction"
    __table_args__ = (
        Index("uq_attendance_correction_open", "session_id", "person_id", "side", unique=True,
              sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'")),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    session_id: Mapped[Id] = mapped_column(ForeignKey("class_session.id"))
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    district: Mapped[str] = mapped_column(String(12), index=True)
    side: Mapped[str] = mapped_column(String(8))
    mark: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(16), index=True)
    asked_as: Mapped[str] = mapped_column(String(16))
    asked_by: Mapped[str] = mapped_column(String(26))
    asked_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    answer: Mapped[str] = mapped_column(String(400), default="")


class LearnerCard(Base):
    """A printed card 学员卡 of a person who attends without a phone. The newest alone counts; it is worth nothing without the PIN.

    printed_as, ended_as  whose hand it was: institution, counter or learner (ended_as also empty)
    """

    __tablename__ = "learner_card"
    __table_args__ = (
        Index("uq_learner_card_live", "person_id", unique=True, sqlite_where=text("state = 'live'"),
              postgresql_where=text("state = 'live'")),
        CheckConstraint("(state = 'live') = (ended_at IS NULL)", name="ended"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    printed_as: Mapped[str] = mapped_column(String(16))
    printed_at: Mapped[UtcTime]
    ended_as: Mapped[str] = mapped_column(String(16), default="")
    ended_at: Mapped[UtcTime | None]


class CardPin(Base):
    """The PIN that a person alone knows, as an argon2 hash: it outlives a card, so that a new card gives no new tries.

    misses     wrong PINs since the last right one
    locked_at  when there were too many; only a PIN that the person sets anew opens it
    """

    __tablename__ = "card_pin"
    __table_args__ = (CheckConstraint("misses >= 0", name="misses"),)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), primary_key=True)
    pin: Mapped[str] = mapped_column(String(160))
    misses: Mapped[int] = mapped_column(default=0)
    set_at: Mapped[UtcTime]
    locked_at: Mapped[UtcTime | None]


class RoomTerminal(Base):
    """A device in a room at which cards are read, opened by the institution for one session. One at a time for a session."""

    __tablename__ = "room_terminal"
    __table_args__ = (
        Index("uq_room_terminal_open", "session_id", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    session_id: Mapped[Id] = mapped_column(ForeignKey("class_session.id"))
    opened_by: Mapped[str] = mapped_column(String(26))
    opened_at: Mapped[UtcTime]
    closed_at: Mapped[UtcTime | None]


class CardScan(Base):
    """Where an attendance by card came from: one for each, the terminal and the card."""

    __tablename__ = "card_scan"
    attendance_id: Mapped[Id] = mapped_column(ForeignKey("attendance.id"), primary_key=True)
    terminal_id: Mapped[Id] = mapped_column(ForeignKey("room_terminal.id"), index=True)
    card_id: Mapped[Id] = mapped_column(ForeignKey("learner_card.id"), index=True)


from skills.courses.models.results import EarlierResult as EarlierResult  # noqa: E402 - a table of its own file
from skills.courses.models.statements import XapiStatement as XapiStatement  # noqa: E402 - a table of its own file
