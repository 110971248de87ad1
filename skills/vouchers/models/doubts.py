"""Payments whose ground has gone: the authority decides whether the money comes back."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Cents, Id, UtcTime, Words


class PaymentDoubt(Base):
    """Money was paid for a use whose completion was corrected or made void afterwards, or of which less counts. Never settled by silence.

    cents   what was paid, in 分
    source  what took the completion back: "change:<id>" of a return; or "overlap:<id>": the learner was elsewhere at the time
    answer  the claw-back's id, which stays when the training was completed after all; or the words with which the
            authority lets the payment stand
    """

    __tablename__ = "payment_doubt"
    __table_args__ = (
        Index("uq_payment_doubt_open", "redemption_id", unique=True, sqlite_where=text("state = 'opened'"),
              postgresql_where=text("state = 'opened'")),
        CheckConstraint("(state = 'opened') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("state <> 'kept' OR answer <> ''", name="kept"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    redemption_id: Mapped[str] = mapped_column(ForeignKey("redemption.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    cents: Mapped[Cents]
    source: Mapped[str] = mapped_column(String(80))
    reason: Mapped[Words]
    state: Mapped[str] = mapped_column(String(16), index=True)
    opened_at: Mapped[UtcTime]
    closed_at: Mapped[UtcTime | None]
    closed_by: Mapped[str | None] = mapped_column(String(26))
    answer: Mapped[Words] = mapped_column(default="")
