"""Results of places as they stood before they were corrected or made void."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Cents, Id, UtcTime, Words


class EarlierResult(Base):
    """What a place's result was until something newer took its place; 1, 2, 3 … within the place. Never overwritten.

    state               completed or failed; hours, attendance (%) and score as they were reported
    certificate_number  the certificate that stood for it, if it was completed; the number stays used
    cents               what its completion had made payable, in 分
    how                 corrected, void or revoked
    by                  who wanted it (an account)
    """

    __tablename__ = "earlier_result"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "number"),
        CheckConstraint("state IN ('completed', 'failed')", name="state"),
        CheckConstraint("(state = 'completed') = (certificate_number IS NOT NULL)", name="certificate"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    enrolment_id: Mapped[Id] = mapped_column(ForeignKey("enrolment.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    hours: Mapped[str] = mapped_column(String(12))
    attendance: Mapped[str] = mapped_column(String(12))
    score: Mapped[str] = mapped_column(String(12))
    completed_on: Mapped[date | None]
    certificate_number: Mapped[str | None] = mapped_column(String(32), index=True)
    cents: Mapped[Cents] = mapped_column(default=0)
    ended_at: Mapped[UtcTime | None]
    how: Mapped[str] = mapped_column(String(16))
    why: Mapped[Words] = mapped_column(default="")
    by: Mapped[str] = mapped_column(String(26))
    replaced_at: Mapped[UtcTime]
