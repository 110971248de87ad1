"""Draws of supervisors, supervisions with their report and pictures, ties, excuses."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime
from skills.supervision.models.rectifications import Rectification, RectificationPhoto, RectificationStep
from skills.supervision.models.trust import Retest, RetestDraw, TrustDecision, TrustRestoration

__all__ = [
    "Rectification", "RectificationPhoto", "RectificationStep", "Retest", "RetestDraw", "Supervision", "SupervisionDraw",
    "SupervisionExcuse", "SupervisionPhoto", "SupervisorTie", "TrustDecision", "TrustRestoration",
]  # fmt: skip


class SupervisionDraw(Base):
    """A draw: what it is drawn from (committed by `digest`), and the seed that nobody could know.

    organisation_id  the body whose own supervisors are drawn; none for those of the authority
    sittings         [exam id, body id] of each exam that may be drawn; `supervisors` are account ids
    barred           [account, exam] of who is too near to it
    """

    __tablename__ = "supervision_draw"
    __table_args__ = (
        CheckConstraint("until >= since", name="days"),
        CheckConstraint("(state = 'drawn') = (drawn_at IS NOT NULL)", name="drawn"),
        CheckConstraint("(side = 'internal') = (organisation_id IS NOT NULL)", name="side"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(8))
    organisation_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(String(12), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    since: Mapped[date]
    until: Mapped[date]
    size: Mapped[int]
    sittings: Mapped[list[Any]] = mapped_column(JSON())
    supervisors: Mapped[list[Any]] = mapped_column(JSON())
    barred: Mapped[list[Any]] = mapped_column(JSON())
    digest: Mapped[str] = mapped_column(String(64))
    planned_by: Mapped[str] = mapped_column(String(26))
    planned_at: Mapped[UtcTime]
    seed: Mapped[str] = mapped_column(String(64), default="")
    checkpoint: Mapped[str] = mapped_column(Text(), default="")
    proof: Mapped[dict[str, Any]] = mapped_column(JSON())
    drawn_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")


class Supervision(Base):
    """An exam that is watched: by whom, and the report.

    place        1, 2, 3 … in the order of the draw
    first_drawn  whom the seed named; `passed` are those who stepped back since
    answers      item of the list → [answer, remark]; those answered with no are the findings
    """

    __tablename__ = "supervision"
    __table_args__ = (
        UniqueConstraint("draw_id", "place"),
        UniqueConstraint("sitting_id", "side"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    draw_id: Mapped[Id] = mapped_column(ForeignKey("supervision_draw.id"))
    place: Mapped[int]
    side: Mapped[str] = mapped_column(String(8))
    sitting_id: Mapped[Id] = mapped_column(ForeignKey("sitting.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(String(12), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    first_drawn: Mapped[str] = mapped_column(String(26))
    supervisor: Mapped[str] = mapped_column(String(26), index=True)
    passed: Mapped[list[Any]] = mapped_column(JSON())
    assigned_at: Mapped[UtcTime]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON())
    remark: Mapped[str] = mapped_column(String(1000), default="")
    signed_on: Mapped[date | None]
    signed_at: Mapped[UtcTime | None]


class SupervisionPhoto(Base):
    """A picture of a supervision. Its bytes lie sealed under `files/supervision/<id>`; `digest` is of the plain bytes.

    at                   when it came here: this counts
    said_at, said_place  what the picture itself says of time and place ("" for nothing): a statement, never trusted
    """

    __tablename__ = "supervision_photo"
    __table_args__ = (CheckConstraint("size > 0", name="size"), UniqueConstraint("supervision_id", "digest"))
    id: Mapped[Id] = mapped_column(primary_key=True)
    supervision_id: Mapped[Id] = mapped_column(ForeignKey("supervision.id"))
    at: Mapped[UtcTime]
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    said_at: Mapped[str] = mapped_column(String(20), default="")
    said_place: Mapped[str] = mapped_column(String(40), default="")


class SupervisorTie(Base):
    """A supervisor said that a body is too near: never drawn for its exams again."""

    __tablename__ = "supervisor_tie"
    __table_args__ = (UniqueConstraint("account_id", "organisation_id"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(String(26))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str] = mapped_column(String(400))
    said_at: Mapped[UtcTime]


class SupervisionExcuse(Base):
    """The authority said why an exam goes on without the report of an internal supervisor."""

    __tablename__ = "supervision_excuse"
    sitting_id: Mapped[Id] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(400))
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]
