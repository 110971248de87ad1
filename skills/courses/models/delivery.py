"""A class as it was approved, every session as it was held, and what the comparison of the two came to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Json, UtcTime, Words


class ApprovedPlan(Base):
    """What was approved, frozen. Version 1 is the approval; each change that took effect and the roster at the start add one.

    body    rules.delivery.Approved in JSON terms: ids, moments and places, no names
    by      the account, or "clock"
    """

    __tablename__ = "approved_plan"
    __table_args__ = (UniqueConstraint("class_id", "version"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"))
    version: Mapped[int]
    why: Mapped[str] = mapped_column(String(16))
    body: Mapped[Json]
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]


class SessionRecord(Base):
    """How a session was held, as the institution recorded it. A correction replaces a row, it never overwrites one.

    lecturers  ids of the pool; other: the name of whoever taught without being in it
    starts_at, ends_at  when it really began and ended; none if it was not held
    """

    __tablename__ = "session_record"
    __table_args__ = (
        Index("uq_session_record_live", "session_id", unique=True, sqlite_where=text("replaced_at IS NULL"),
              postgresql_where=text("replaced_at IS NULL")),
        CheckConstraint("held = (starts_at IS NOT NULL) AND held = (ends_at IS NOT NULL)", name="held"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="times"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    session_id: Mapped[Id] = mapped_column(ForeignKey("class_session.id"))
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    held: Mapped[bool]
    starts_at: Mapped[UtcTime | None]
    ends_at: Mapped[UtcTime | None]
    lecturers: Mapped[list[str]] = mapped_column(JSON())
    other: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(120), default="")
    room: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[Words] = mapped_column(default="")
    recorded_by: Mapped[str] = mapped_column(String(26))
    recorded_at: Mapped[UtcTime]
    replaced_at: Mapped[UtcTime | None]


class DeliveryReport(Base):
    """Approved against delivered, drawn once at the end of a class. Minutes; `deviations` are {code, facts}.

    version      the approved plan that it was compared with
    planned_minutes, delivered_minutes  with the course's lessons online; planned never less than the hours of the course
    rows         the sessions one by one, as they were compared
    held_uses    how many uses of vouchers it froze; late: how many had been ordered or paid before
    """

    __tablename__ = "delivery_report"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR proposed_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state IN ('accepted', 'released')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("delivered_minutes >= 0 AND delivered_minutes <= planned_minutes", name="minutes"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), unique=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    version: Mapped[int]
    planned_minutes: Mapped[int]
    delivered_minutes: Mapped[int]
    deviations: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    held_uses: Mapped[int] = mapped_column(default=0)
    late_uses: Mapped[int] = mapped_column(default=0)
    drawn_at: Mapped[UtcTime]
    explanation: Mapped[str] = mapped_column(String(1000), default="")
    explained_by: Mapped[str | None] = mapped_column(String(26))
    explained_at: Mapped[UtcTime | None]
    proposal: Mapped[Words] = mapped_column(default="")
    proposed_by: Mapped[str | None] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    decision: Mapped[Words] = mapped_column(default="")
