"""Draws, inspections with what was seen, their pictures and steps, and ties that bar an inspector."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class InspectionDraw(Base):
    """A draw: what it is drawn from (committed by `digest`), and the seed that nobody could know.

    classes     [class id, number, weight, institution, [reasons]] of each class, as they stood
    inspectors  account ids; `barred` are [account, institution] pairs
    """

    __tablename__ = "inspection_draw"
    __table_args__ = (
        CheckConstraint("until >= since", name="days"),
        CheckConstraint("(state = 'drawn') = (drawn_at IS NOT NULL)", name="drawn"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    district: Mapped[str] = mapped_column(String(12), index=True)
    way: Mapped[str] = mapped_column(String(8))
    purpose: Mapped[str] = mapped_column(String(200))
    since: Mapped[date]
    until: Mapped[date]
    size: Mapped[int]
    classes: Mapped[list[Any]] = mapped_column(JSON())
    inspectors: Mapped[list[Any]] = mapped_column(JSON())
    barred: Mapped[list[Any]] = mapped_column(JSON())
    digest: Mapped[str] = mapped_column(String(64))
    planned_by: Mapped[str] = mapped_column(String(26))
    planned_at: Mapped[UtcTime]
    seed: Mapped[str] = mapped_column(String(64), default="")
    checkpoint: Mapped[str] = mapped_column(Text(), default="")
    proof: Mapped[dict[str, Any]] = mapped_column(JSON())
    drawn_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")


class Inspection(Base):
    """A visit to a class: who, when, what was seen, both signatures, and how it ended.

    place           1, 2, 3 … in the order of the draw
    first_drawn     the inspector whom the seed named; `passed` are those who stepped back since
    written         how many were present by what had been written at `counted_at`
    answers         item of the list → [answer, remark]; `list_day` the day whose list was asked
    countersigned_by, refused  the institution's account, or why its signature is not there
    """

    __tablename__ = "inspection"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        UniqueConstraint("draw_id", "place"),
        UniqueConstraint("draw_id", "class_id"),
        CheckConstraint("closed_by IS NULL OR (closed_by <> proposed_by AND closed_by <> inspector)", name="two_people"),
        CheckConstraint("state IN ('assigned', 'called_off') OR (counted_at IS NOT NULL AND heads >= 0)", name="counted"),
        CheckConstraint("(state IN ('assigned', 'counted', 'called_off')) = (signed_at IS NULL)", name="signed"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    draw_id: Mapped[Id] = mapped_column(ForeignKey("inspection_draw.id"))
    place: Mapped[int]
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    institution_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(String(12), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    first_drawn: Mapped[str] = mapped_column(String(26))
    inspector: Mapped[str] = mapped_column(String(26), index=True)
    passed: Mapped[list[Any]] = mapped_column(JSON())
    since: Mapped[date]
    until: Mapped[date]
    assigned_at: Mapped[UtcTime]
    session_id: Mapped[Id | None] = mapped_column(ForeignKey("class_session.id"))
    counted_at: Mapped[UtcTime | None]
    held: Mapped[bool | None]
    heads: Mapped[int | None]
    written: Mapped[int | None]
    same_room: Mapped[bool | None]
    same_lecturer: Mapped[bool | None]
    seen: Mapped[str] = mapped_column(String(400), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON())
    list_day: Mapped[date | None]
    remark: Mapped[str] = mapped_column(String(1000), default="")
    signed_at: Mapped[UtcTime | None]
    countersigned_by: Mapped[str | None] = mapped_column(String(26))
    countersigned_at: Mapped[UtcTime | None]
    refused: Mapped[str] = mapped_column(String(400), default="")
    due_on: Mapped[date | None]
    proposed_by: Mapped[str | None] = mapped_column(String(26))
    outcome: Mapped[str] = mapped_column(String(16), default="")
    closed_by: Mapped[str | None] = mapped_column(String(26))
    closed_at: Mapped[UtcTime | None]


class InspectionPresence(Base):
    """An attendance that stood written when heads were counted: frozen with the visit."""

    __tablename__ = "inspection_presence"
    inspection_id: Mapped[Id] = mapped_column(ForeignKey("inspection.id"), primary_key=True)
    attendance_id: Mapped[Id] = mapped_column(ForeignKey("attendance.id"), primary_key=True)


class InspectionFinding(Base):
    """One thing that was not as it has to be; `facts` are figures as text."""

    __tablename__ = "inspection_finding"
    __table_args__ = (UniqueConstraint("inspection_id", "code"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    inspection_id: Mapped[Id] = mapped_column(ForeignKey("inspection.id"))
    code: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON())


class InspectionPhoto(Base):
    """A picture of a visit. Its bytes lie sealed under `files/inspections/<id>`; `digest` is of the plain bytes.

    at                   when it came here: this counts
    said_at, said_place  what the picture itself says of time and place ("" for nothing): a statement, never trusted
    """

    __tablename__ = "inspection_photo"
    __table_args__ = (CheckConstraint("size > 0", name="size"), UniqueConstraint("inspection_id", "digest"))
    id: Mapped[Id] = mapped_column(primary_key=True)
    inspection_id: Mapped[Id] = mapped_column(ForeignKey("inspection.id"))
    at: Mapped[UtcTime]
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    said_at: Mapped[str] = mapped_column(String(20), default="")
    said_place: Mapped[str] = mapped_column(String(40), default="")


class InspectionStep(Base):
    """Something that happened to an inspection, or that somebody said in it; `serial` counts from 1."""

    __tablename__ = "inspection_step"
    __table_args__ = (UniqueConstraint("inspection_id", "serial"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    inspection_id: Mapped[Id] = mapped_column(ForeignKey("inspection.id"))
    serial: Mapped[int]
    at: Mapped[UtcTime]
    move: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(26))
    side: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(1000), default="")


class InspectorTie(Base):
    """An inspector said that an institution is too near: never drawn for it again while this stands."""

    __tablename__ = "inspector_tie"
    __table_args__ = (
        Index("uq_inspector_tie_live", "account_id", "institution_id", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(String(26))
    institution_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str] = mapped_column(String(400))
    said_at: Mapped[UtcTime]
    ended_at: Mapped[UtcTime | None]
