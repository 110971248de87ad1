"""What happens to candidates between their seats and the end of the exam's day."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
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
