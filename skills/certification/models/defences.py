"""The comprehensive review 综合评审: what a candidate hands in, and when and where it is defended."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class ReviewFile(Base):
    """A candidate's paper or summary of work. Its bytes lie sealed under the person's data key in `files/reviews/<id>`; `digest` is of
    the plain bytes, keyed.
    """

    __tablename__ = "review_file"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[UtcTime]


class DefenceSlot(Base):
    """When and where a candidate defends, and for how many minutes."""

    __tablename__ = "defence_slot"
    __table_args__ = (UniqueConstraint("room_id", "begins_at"), CheckConstraint("minutes BETWEEN 1 AND 720", name="minutes"))
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    room_id: Mapped[str] = mapped_column(ForeignKey("sitting_room.id"), index=True)
    begins_at: Mapped[UtcTime]
    minutes: Mapped[int]
    set_by: Mapped[str] = mapped_column(String(26))
    set_at: Mapped[UtcTime]
