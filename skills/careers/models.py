"""Posts of a firm's board of skills, and whom a firm nominated for an exam."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime

_LIVE = text("ended_at IS NULL")


class BoardPost(Base):
    """The post of somebody who works for a firm: the occupation, and the level that the post wants (its rank)."""

    __tablename__ = "board_post"
    __table_args__ = (
        Index("uq_board_post_live", "organisation_id", "person_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        CheckConstraint("wanted BETWEEN 2 AND 6", name="examined"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    wanted: Mapped[int]
    put_by: Mapped[str] = mapped_column(String(26))
    put_at: Mapped[UtcTime]
    ended_at: Mapped[UtcTime | None]


class BoardNomination(Base):
    """People whom a firm nominated together for an exam."""

    __tablename__ = "board_nomination"
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    ordered_by: Mapped[str] = mapped_column(String(26))
    ordered_at: Mapped[UtcTime]


class BoardNominee(Base):
    """One of them, answered alone.

    code, facts  of the refusal alone; empty otherwise. The conditions, with what is on record, stay with the person
    """

    __tablename__ = "board_nominee"
    __table_args__ = (
        CheckConstraint("(state = 'registered') = (application_id IS NOT NULL)", name="registered"),
        CheckConstraint("(state = 'refused') = (code <> '')", name="refused"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    nomination_id: Mapped[str] = mapped_column(ForeignKey("board_nomination.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    application_id: Mapped[str | None] = mapped_column(ForeignKey("application.id"))
    code: Mapped[str] = mapped_column(String(64), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON(), default=dict)
