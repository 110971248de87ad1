"""What bodies ask for their filings in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class FilingChange(Base):
    """A renewal, an addition to the scope or a body's own withdrawal: asked by the body, decided by the authority or by promise.

    scope       what is to be added: [occupation, branch, level rank] each; empty for the others
    statement   grounds of a withdrawal; of a renewal the explanation for few batches
    incentives  of a renewal: how an employer carried out what it promised for certificates
    verdict     the conditions of a renewal as they stood when it was asked, and again when it was granted
    due_on      by when the authority answers; none while the body has to mend it, and when it was decided
    term_from, term_to  the term that a renewal gave
    """

    __tablename__ = "filing_change"
    __table_args__ = (
        Index(
            "uq_filing_change_open", "filing_id", unique=True,
            sqlite_where=text("state IN ('asked', 'sent_back')"), postgresql_where=text("state IN ('asked', 'sent_back')"),
        ),
        CheckConstraint("path = 'promise' OR decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("(term_from IS NULL) = (term_to IS NULL)", name="term"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    path: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), index=True)
    scope: Mapped[list[Any]] = mapped_column(JSON())
    statement: Mapped[str] = mapped_column(String(2000))
    incentives: Mapped[str] = mapped_column(String(2000))
    verdict: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    channel: Mapped[str] = mapped_column(String(16))
    asked_by: Mapped[str] = mapped_column(String(26))
    asked_on: Mapped[date]
    asked_at: Mapped[UtcTime]
    due_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    term_from: Mapped[date | None]
    term_to: Mapped[date | None]
