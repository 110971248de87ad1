"""Orders to put something right, what was said and done about them, and the pictures that show it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Rectification(Base):
    """Something a body is to put right by a day. `cause` is supervision or suspension; `filing_id` the filing it was ordered under.

    due_on  of the order, or of the last insisting
    """

    __tablename__ = "rectification"
    __table_args__ = (
        CheckConstraint("(cause = 'supervision') = (supervision_id IS NOT NULL)", name="cause"),
        CheckConstraint("rechecked_by IS NULL OR rechecked_by <> ordered_by", name="two_people"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("state <> 'closed' OR (rechecked_by IS NOT NULL AND answered_at IS NOT NULL)", name="rechecked"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(String(12), index=True)
    cause: Mapped[str] = mapped_column(String(16))
    supervision_id: Mapped[Id | None] = mapped_column(ForeignKey("supervision.id"), index=True)
    filing_id: Mapped[Id | None] = mapped_column(ForeignKey("filing.id"))
    text: Mapped[str] = mapped_column(String(1000))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), index=True)
    ordered_by: Mapped[str] = mapped_column(String(26))
    ordered_at: Mapped[UtcTime]
    answered_by: Mapped[str | None] = mapped_column(String(26))
    answered_at: Mapped[UtcTime | None]
    rechecked_by: Mapped[str | None] = mapped_column(String(26))
    closed_at: Mapped[UtcTime | None]


class RectificationStep(Base):
    """Something that happened to an order, and what was said; `serial` counts from 1, `due_on` the day that was set by it."""

    __tablename__ = "rectification_step"
    __table_args__ = (UniqueConstraint("rectification_id", "serial"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    rectification_id: Mapped[Id] = mapped_column(ForeignKey("rectification.id"))
    serial: Mapped[int]
    at: Mapped[UtcTime]
    move: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(26))
    text: Mapped[str] = mapped_column(String(1000))
    due_on: Mapped[date | None]


class RectificationPhoto(Base):
    """A picture with which a body shows what it did. Its bytes lie sealed under `files/rectifications/<id>`."""

    __tablename__ = "rectification_photo"
    __table_args__ = (CheckConstraint("size > 0", name="size"), UniqueConstraint("rectification_id", "digest"))
    id: Mapped[Id] = mapped_column(primary_key=True)
    rectification_id: Mapped[Id] = mapped_column(ForeignKey("rectification.id"))
    at: Mapped[UtcTime]
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
