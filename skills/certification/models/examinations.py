"""The examination of applications by the body, where policy wants one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Examination(Base):
    """Whether an application meets what it says 资格审核; what is missing is told once, and then it is a yes or a no.

    due_on         by when the body looks at it; none while the candidate has to answer
    faults         what is missing, by document or fact: {subject, text}
    supplement_by  by when the candidate answers
    clause         with a no: what it rests on
    """

    __tablename__ = "examination"
    __table_args__ = (
        CheckConstraint("(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("state NOT IN ('supplement', 'answered') OR supplement_by IS NOT NULL", name="told"),
        CheckConstraint("(asked_by IS NULL OR asked_by <> entered_by) AND (decided_by IS NULL OR decided_by <> entered_by)", name="other_hands"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    entered_by: Mapped[str] = mapped_column(String(26))
    due_on: Mapped[date | None]
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    supplement_by: Mapped[date | None]
    asked_by: Mapped[str | None] = mapped_column(String(26))
    asked_at: Mapped[UtcTime | None]
    answer: Mapped[str] = mapped_column(String(1000), default="")
    answered_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    clause: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(400), default="")
