"""Entries of the passport: never overwritten, withdrawn by their source."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class RecordEntry(Base):
    """One fact about a person. Once at a time per kind and source."""

    __tablename__ = "record_entry"
    __table_args__ = (
        Index(
            "uq_record_entry_live",
            "kind",
            "source",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(
            "ix_record_entry_withdrawn",
            "kind",
            "source",
            sqlite_where=text("withdrawn_at IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NOT NULL"),
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(80))
    body: Mapped[dict[str, Any]] = mapped_column(JSON())
    on: Mapped[date] = mapped_column("on_day")
    strength: Mapped[str] = mapped_column(String(12))
    added_by: Mapped[str] = mapped_column(String(26))
    added_at: Mapped[UtcTime]
    withdrawn_at: Mapped[UtcTime | None]
    withdrawn_why: Mapped[str | None] = mapped_column(String(200))


class RecordEvidence(Base):
    """A paper that shows a fact. Its bytes lie sealed under the person's data key in `files/evidence/<id>`; `digest` is of the plain
    bytes, keyed. It belongs to whatever entry of the same person counts under that kind and source, so that a stronger one keeps it.
    """

    __tablename__ = "record_evidence"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("record_entry.id"), index=True)
    at: Mapped[UtcTime]
    added_by: Mapped[str] = mapped_column(String(26))
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
