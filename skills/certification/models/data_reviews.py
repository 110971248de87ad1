"""Before the number: the result file that the authority reviews, and numbers that came with its answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class DataReview(Base):
    """A result file sent to the authority after the notice 数据审核, and its answer.

    rows    application → digest of the marks with which it was sent; a result that changed since was not reviewed
    total   control total: the sum of all marks in hundredths
    digest  of the file's rows
    """

    __tablename__ = "data_review"
    __table_args__ = (
        Index("uq_data_review_live", "sitting_id", unique=True,
              sqlite_where=text("state = 'sent'"), postgresql_where=text("state = 'sent'")),
        CheckConstraint("(state = 'sent') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("answered_by IS NULL OR answered_by <> sent_by", name="two_people"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    rows: Mapped[dict[str, Any]] = mapped_column(JSON())
    total: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    sent_by: Mapped[str] = mapped_column(String(26))
    sent_at: Mapped[UtcTime]
    answered_by: Mapped[str | None] = mapped_column(String(26))
    answered_at: Mapped[UtcTime | None]
    document: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(400), default="")


class ImportedNumber(Base):
    """A certificate number that the authority gave to a pass. Used once, and kept whatever becomes of the certificate.

    `replaced_at`: it was of a year that was over before the certificate was made, and another came in its place.
    """

    __tablename__ = "imported_number"
    __table_args__ = (
        Index(
            "uq_imported_number_live", "application_id", unique=True, sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"))
    number: Mapped[str] = mapped_column(String(22), unique=True)
    brought_by: Mapped[str] = mapped_column(String(26))
    brought_at: Mapped[UtcTime]
    replaced_at: Mapped[UtcTime | None]
