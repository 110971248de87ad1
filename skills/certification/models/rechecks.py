"""What became of each certificate that was issued on a promise which was found untrue."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class FilingRecheck(Base):
    """A certificate issued while its filing rested on a false promise: looked at by itself, once (desks D15)."""

    __tablename__ = "filing_recheck"
    __table_args__ = (CheckConstraint("(state = 'open') = (decided_by IS NULL)", name="decided"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    opened_by: Mapped[str] = mapped_column(String(26))
    opened_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
