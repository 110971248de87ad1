"""Seminars with their rosters, programmes of digital engineers, statements of hours."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Seminar(Base):
    """An advanced seminar 高级研修项目. `hours` are credited to whoever took part; `field` is what it is about."""

    __tablename__ = "seminar"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("seats > 0 AND hours > 0", name="size"),
        CheckConstraint("decided_by IS NULL OR decided_by <> applied_by", name="two_people"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    organiser_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(60))
    plan: Mapped[str] = mapped_column(String(2000))
    venue: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    seats: Mapped[int]
    hours: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    applied_by: Mapped[str] = mapped_column(String(26))
    applied_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    held_at: Mapped[UtcTime | None]


class SeminarSeat(Base):
    """Somebody on the roster of a seminar; `came` once it was held."""

    __tablename__ = "seminar_seat"
    seminar_id: Mapped[Id] = mapped_column(ForeignKey("seminar.id"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    added_by: Mapped[str] = mapped_column(String(26))
    added_at: Mapped[UtcTime]
    came: Mapped[bool | None]


class EngineerProgramme(Base):
    """A programme of digital engineers 数字技术工程师培育: one body trains, another assesses."""

    __tablename__ = "engineer_programme"
    __table_args__ = (
        Index("uq_engineer_programme_live", "direction", "training_id", unique=True, sqlite_where=text("state IN ('proposed', 'approved')"),
              postgresql_where=text("state IN ('proposed', 'approved')")),
        CheckConstraint("training_id <> assessment_id", name="apart"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    direction: Mapped[str] = mapped_column(String(60))
    training_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    assessment_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    document: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(16), index=True)
    proposed_by: Mapped[str] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")


class HoursStatement(Base):
    """A certificate of hours 学时证明 of one year, by its number; the figures as they stood. Names nobody but by id.

    figures  subject → hours; empty once the person was erased
    digest   SHA-256 of number, year and figures
    """

    __tablename__ = "hours_statement"
    __table_args__ = (UniqueConstraint("issued_year", "serial"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    issued_year: Mapped[int]
    serial: Mapped[int]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    year: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON())
    digest: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[UtcTime]
