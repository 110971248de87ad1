"""Completion exams: the exam, its candidates, its markers, what each of the two entered, and results."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class CompletionExam(Base):
    """One sitting of a class's completion exam: 1 for the first, then resits. Marks in hundredths of a point.

    weights  section → per cent of the score; with `pass_mark` and `step` as the policy stood when it was planned
    paper    which paper, and where it was drawn from; `setter` the account that drew or wrote it
    """

    __tablename__ = "completion_exam"
    __table_args__ = (
        Index("uq_completion_exam_live", "class_id", "sitting", unique=True, sqlite_where=text("state <> 'cancelled'"),
              postgresql_where=text("state <> 'cancelled'")),
        CheckConstraint("sitting >= 1", name="sitting"),
        CheckConstraint("(state = 'signed') = (signed_by IS NOT NULL)", name="signed"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"))
    district: Mapped[str] = mapped_column(String(12), index=True)
    sitting: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    held_at: Mapped[UtcTime]
    room: Mapped[str] = mapped_column(String(60))
    weights: Mapped[dict[str, Any]] = mapped_column(JSON())
    pass_mark: Mapped[int]
    step: Mapped[int]
    planned_by: Mapped[str] = mapped_column(String(26))
    planned_at: Mapped[UtcTime]
    paper: Mapped[str] = mapped_column(String(200), default="")
    setter: Mapped[str | None] = mapped_column(String(26))
    named_by: Mapped[str | None] = mapped_column(String(26))
    signed_by: Mapped[str | None] = mapped_column(String(26))
    signed_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")


class CompletionCandidate(Base):
    """A learner who sits an exam, under a seat number that markers see in place of a name. Results after the sign-off.

    total  hundredths of a point; none for who was absent in a section: an absence is never zero
    """

    __tablename__ = "completion_candidate"
    __table_args__ = (
        UniqueConstraint("exam_id", "seat"),
        CheckConstraint("outcome IN ('', 'passed', 'failed', 'absent')", name="outcome"),
        CheckConstraint("(outcome IN ('passed', 'failed')) = (total IS NOT NULL)", name="total"),
    )
    exam_id: Mapped[Id] = mapped_column(ForeignKey("completion_exam.id"), primary_key=True)
    enrolment_id: Mapped[Id] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    seat: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(8), default="")
    total: Mapped[int | None]


class CompletionMarker(Base):
    """An account named to mark an exam: of another institution or the bureau, never the trainer's."""

    __tablename__ = "completion_marker"
    exam_id: Mapped[Id] = mapped_column(ForeignKey("completion_exam.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(26), primary_key=True)


class CompletionSheet(Base):
    """Who enters the marks of one section: two different markers, each blind to the other."""

    __tablename__ = "completion_sheet"
    __table_args__ = (CheckConstraint("first_by IS NULL OR second_by IS NULL OR first_by <> second_by", name="two_markers"),)
    exam_id: Mapped[Id] = mapped_column(ForeignKey("completion_exam.id"), primary_key=True)
    section: Mapped[str] = mapped_column(String(16), primary_key=True)
    first_by: Mapped[str | None] = mapped_column(String(26))
    second_by: Mapped[str | None] = mapped_column(String(26))


class CompletionEntry(Base):
    """What one marker gave one candidate in one section; none is absent. Corrected by a new row."""

    __tablename__ = "completion_entry"
    __table_args__ = (
        Index("uq_completion_entry_live", "exam_id", "enrolment_id", "section", "turn", unique=True,
              sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL")),
        CheckConstraint("hundredths IS NULL OR (hundredths >= 0 AND hundredths <= 10000)", name="range"),
        CheckConstraint("turn IN (1, 2)", name="turn"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    exam_id: Mapped[Id] = mapped_column(ForeignKey("completion_exam.id"))
    enrolment_id: Mapped[Id] = mapped_column(ForeignKey("enrolment.id"))
    section: Mapped[str] = mapped_column(String(16))
    turn: Mapped[int]
    hundredths: Mapped[int | None]
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]
    replaced_at: Mapped[UtcTime | None]
