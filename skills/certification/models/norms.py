"""Norms that bodies set themselves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


def _one(name: str, state: str) -> Index:
    where = text(f"state = '{state}'")
    return Index(name, "filing_id", "occupation", "branch", unique=True, sqlite_where=where, postgresql_where=where)


class Norm(Base):
    """A version of a body's own norm 评价规范 for an occupation and branch (empty: all of them) of its filing.

    cells  what stands in the grid: by the level's rank as text, then by the attribute's code
    asked  the attributes that were asked for when it was filed; empty before
    """

    __tablename__ = "norm"
    __table_args__ = (_one("uq_norm_draft", "draft"), _one("uq_norm_filed", "filed"))
    id: Mapped[Id] = mapped_column(primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    branch: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    cells: Mapped[dict[str, Any]] = mapped_column(JSON())
    asked: Mapped[list[str]] = mapped_column(JSON())
    written_by: Mapped[str] = mapped_column(String(26))
    written_at: Mapped[UtcTime]
    filed_at: Mapped[UtcTime | None]
