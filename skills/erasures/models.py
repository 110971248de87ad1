"""Requests to be erased. They name a person by id alone; the decision stays when the person is forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime

_OPEN = text("state IN ('asked', 'examined')")


class ErasureRequest(Base):
    """One request; one at a time for a person.

    form      number of the paper that was signed at a counter, empty if it was asked online
    proposal  what the first hand proposes, with a class of `reason` for a refusal
    verdict   the findings on which it was decided; `kept` how many of each kind of thing stayed
    """

    __tablename__ = "erasure_request"
    __table_args__ = (
        Index("uq_erasure_request_open", "person_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("state <> 'granted' OR examined_by <> decided_by", name="two_people"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    asked_by: Mapped[str] = mapped_column(String(26))
    asked_at: Mapped[UtcTime]
    form: Mapped[str] = mapped_column(String(40))
    due_on: Mapped[date]
    proposal: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(16))
    examined_by: Mapped[str | None] = mapped_column(String(26))
    examined_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    verdict: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    kept: Mapped[dict[str, Any]] = mapped_column(JSON())
