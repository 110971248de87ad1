"""What happens to candidates between their seats and the end of the exam's day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Rescheduling(Base):
    """A candidate moved from one exam to another 改期: the application that was given up, and the one in its place."""

    __tablename__ = "exam_rescheduling"
    __table_args__ = (CheckConstraint("application_id <> new_id", name="another"),)
    application_id: Mapped[Id] = mapped_column(ForeignKey("application.id"), primary_key=True)
    new_id: Mapped[str] = mapped_column(ForeignKey("application.id"), unique=True)
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]


class LateAddition(Base):
    """Somebody who was added after the seats were given, with the reason."""

    __tablename__ = "late_addition"
    application_id: Mapped[Id] = mapped_column(ForeignKey("application.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(400))
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]


class Presence(Base):
    """What an invigilator found of one candidate in one section; noted otherwise later, a new row stands for the old one.

    found  present (the document was seen), late, no_document, wrong_document, away
    way    scan (of the ticket), typed (its number), record (not noted when the record of the room was written), screen (a paper was
           begun)
    """

    __tablename__ = "exam_presence"
    __table_args__ = (
        Index("uq_exam_presence_live", "application_id", "section", unique=True,
              sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL")),
        CheckConstraint("found IN ('present', 'late', 'no_document', 'wrong_document', 'away')", name="found"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    found: Mapped[str] = mapped_column(String(16))
    way: Mapped[str] = mapped_column(String(8))
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]
    replaced_at: Mapped[UtcTime | None]


class RoomRecord(Base):
    """The record of a room 考场记录, under the signatures of two invigilators.

    counts  of each section how many were found how: {section: {found: count}}
    """

    __tablename__ = "room_record"
    __table_args__ = (
        Index("uq_room_record_live", "room_id", unique=True,
              sqlite_where=text("state <> 'sent_back'"), postgresql_where=text("state <> 'sent_back'")),
        CheckConstraint("(state = 'written') = (second_by IS NULL)", name="signed"),
        CheckConstraint("second_by IS NULL OR second_by <> first_by", name="two_people"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    room_id: Mapped[str] = mapped_column(ForeignKey("sitting_room.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON())
    remarks: Mapped[str] = mapped_column(String(1000))
    first_by: Mapped[str] = mapped_column(String(26))
    first_at: Mapped[UtcTime]
    second_by: Mapped[str | None] = mapped_column(String(26))
    second_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
