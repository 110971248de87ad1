"""Who serves at an exam, and which candidates an examiner has said to be too near to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class SittingDuty(Base):
    """A duty of an exam and the account that was named for it; replaced by a new row.

    declared_at  when the examiner last said to whom of those registered so far they are too near, or to nobody
    """

    __tablename__ = "sitting_duty"
    __table_args__ = (
        Index("uq_sitting_duty_live", "sitting_id", "duty", "account_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("duty IN ('examiner', 'invigilator', 'supervisor', 'setter')", name="duty"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    duty: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    named_by: Mapped[str] = mapped_column(String(26))
    named_at: Mapped[UtcTime]
    declared_at: Mapped[UtcTime | None]
    ended_at: Mapped[UtcTime | None]
    ended_why: Mapped[str] = mapped_column(String(400), default="", server_default="")


class DutyTie(Base):
    """An examiner said to be too near to a candidate: kind one of rules.duties.TIE_WORDS. Ends when said otherwise."""

    __tablename__ = "duty_tie"
    __table_args__ = (
        Index("uq_duty_tie_live", "duty_id", "application_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    duty_id: Mapped[str] = mapped_column(ForeignKey("sitting_duty.id"), index=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    said_at: Mapped[UtcTime]
    ended_at: Mapped[UtcTime | None]
