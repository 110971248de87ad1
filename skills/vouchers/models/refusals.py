"""Noes on eligibility, with all that they were decided on: what a person contests years later."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class VoucherRefusal(Base):
    """A verdict of no on a person and a batch, as `VoucherVerdict` keeps a yes. The same no to the same question is kept once, on whatever days.

    voucher_id  the voucher that was asked about, if there was one
    digest      of question and answer, but for the day; once the person is forgotten, the row's own id
    last_at     when it was given again, the first time on the last day that it was; None: on no later day
    """

    __tablename__ = "voucher_refusal"
    __table_args__ = (
        UniqueConstraint("person_id", "batch_id", "moment", "digest"),
        CheckConstraint("last_at IS NULL OR last_at > at", name="last_at"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    voucher_id: Mapped[str | None] = mapped_column(ForeignKey("voucher.id"), index=True)
    moment: Mapped[str] = mapped_column(String(16))
    question: Mapped[dict[str, Any]] = mapped_column(JSON())
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[UtcTime]
    last_at: Mapped[UtcTime | None]
