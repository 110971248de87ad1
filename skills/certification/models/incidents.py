"""Misconduct in exam rooms."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Incident(Base):
    """Misconduct 违纪 of one candidate in one section, as it was raised on the exam's day.

    code    of the list of policy `incident.codes` on that day; `voids`: what it makes void by that list, section or exam
    text, answer, decision  sealed under the candidate's own key; None before there is one, and after an erasure
    answer_by  the last day on which the candidate is heard
    notice_to  dropped after the exam was concluded: the last day of the pass's own notice
    """

    __tablename__ = "incident"
    __table_args__ = (
        Index("uq_incident_live", "application_id", "section", "code", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
        CheckConstraint("(state IN ('void', 'dropped')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by"),
        CheckConstraint("decided_by IS NULL OR decided_by <> raised_by", name="two_people"),
        CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="answered"),
        CheckConstraint("voids IN ('section', 'exam')", name="voids"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(24))
    voids: Mapped[str] = mapped_column(String(8))
    text: Mapped[bytes | None] = mapped_column(LargeBinary())
    state: Mapped[str] = mapped_column(String(16), index=True)
    raised_by: Mapped[str] = mapped_column(String(26))
    raised_at: Mapped[UtcTime]
    answer_by: Mapped[date]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary())
    answered_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    decision: Mapped[bytes | None] = mapped_column(LargeBinary())
    notice_to: Mapped[date | None]
