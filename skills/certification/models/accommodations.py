"""What candidates need to sit an exam like everybody else."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Accommodation(Base):
    """A request for accommodations 合理便利 with an application; the row goes with an erasure.

    needs    what was asked for: extra_percent, large_print, screen_reader, interpreter, step_free
    granted  what of it was given, in the same form; None before a decision or with a no
    proof    PDF, JPEG or PNG, sealed under the person's own data key; proof_kind says which
    """

    __tablename__ = "accommodation"
    __table_args__ = (
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(proof IS NULL) = (proof_kind IS NULL)", name="proof"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    needs: Mapped[dict[str, Any]] = mapped_column(JSON())
    proof: Mapped[bytes | None] = mapped_column(LargeBinary())
    proof_kind: Mapped[str | None] = mapped_column(String(8))
    asked_at: Mapped[UtcTime]
    due_on: Mapped[date]
    granted: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
