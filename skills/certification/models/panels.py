"""Marks that each examiner of a panel gives alone, and alarms that somebody looked at."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class PanelMark(Base):
    """What one examiner gave a candidate in one section, in hundredths; None is absent. Changed by a new row."""

    __tablename__ = "panel_mark"
    __table_args__ = (
        Index("uq_panel_mark_live", "application_id", "section", "account_id", unique=True,
              sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL")),
        CheckConstraint("hundredths IS NULL OR (hundredths >= 0 AND hundredths <= 10000)", name="range"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    hundredths: Mapped[int | None]
    at: Mapped[UtcTime]
    replaced_at: Mapped[UtcTime | None]


class PanelSpread(Base):
    """Somebody who is not of the panel looked at marks that lie far apart and lets them stand: `spread` hundredths, and why."""

    __tablename__ = "panel_spread"
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    spread: Mapped[int]
    reason: Mapped[str] = mapped_column(String(400))
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]
