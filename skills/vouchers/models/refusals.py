"""Noes on eligibility, with all that they were decided on: what a person contests years later."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class VoucherRefusal(Base):
    """A verdict of no on a person and a batch, as `VoucherVerdict` keeps a yes. The same no to the same question is kept once.

    voucher_id  the voucher that was asked about, if there was one
    digest      of question and answer; once the person is forgotten, the row's own id
    """

    __tablename__ = "voucher_refusal"
    __table_args__ = (UniqueConstraint("person_id", "batch_id", "moment", "digest"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    voucher_id: Mapped[str | None] = mapped_column(ForeignKey("voucher.id"), index=True)
    moment: Mapped[str] = mapped_column(String(16))
    question: Mapped[dict[str, Any]] = mapped_column(JSON())
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[UtcTime]
