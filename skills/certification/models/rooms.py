"""Rooms of an exam, and who sits where in them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id


class SittingRoom(Base):
    """A room of an exam's site, in the order in which rooms fill: rows from the front, columns from the door."""

    __tablename__ = "sitting_room"
    __table_args__ = (
        UniqueConstraint("sitting_id", "position"),
        UniqueConstraint("sitting_id", "name"),
        CheckConstraint("row_count BETWEEN 1 AND 30 AND column_count BETWEEN 1 AND 30", name="grid"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    row_count: Mapped[int]
    column_count: Mapped[int]
    step_free: Mapped[bool]


class ExamSeat(Base):
    """Where a candidate sits and which paper lies there. It stays when the candidate does not come."""

    __tablename__ = "exam_seat"
    __table_args__ = (UniqueConstraint("room_id", "row_no", "column_no"),)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    room_id: Mapped[str] = mapped_column(ForeignKey("sitting_room.id"), index=True)
    row_no: Mapped[int]
    column_no: Mapped[int]
    paper: Mapped[str] = mapped_column(String(1))
