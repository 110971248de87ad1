"""What lies on the screens of an exam, and the doors of its rooms."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class SittingPaper(Base):
    """Which form is sat under a letter of an exam: with all its letters bound, theory is sat on screens."""

    __tablename__ = "sitting_paper"
    __table_args__ = (UniqueConstraint("sitting_id", "form_id"),)
    sitting_id: Mapped[Id] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    paper: Mapped[str] = mapped_column(String(1), primary_key=True)
    form_id: Mapped[Id] = mapped_column(ForeignKey("paper_form.id"), index=True)
    bound_by: Mapped[str] = mapped_column(String(26))
    bound_at: Mapped[UtcTime]


class RoomDoor(Base):
    """The code of a room by which papers are begun there, as it was shown last."""

    __tablename__ = "room_door"
    room_id: Mapped[Id] = mapped_column(ForeignKey("sitting_room.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(12))
    opened_by: Mapped[str] = mapped_column(String(26))
    opened_at: Mapped[UtcTime]
