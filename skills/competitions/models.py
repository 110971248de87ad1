"""Competitions, events, entries, marks by two judges, results."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Competition(Base):
    """One edition. `serial` counts within the year and stands in the numbers of its certificates."""

    __tablename__ = "competition"
    __table_args__ = (UniqueConstraint("year", "serial"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    series: Mapped[str] = mapped_column(String(80))
    tier: Mapped[str] = mapped_column(String(16))
    organiser_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    venue: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    serial: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), index=True)
    seed: Mapped[str] = mapped_column(String(64))
    planned_by: Mapped[str] = mapped_column(String(26))
    planned_at: Mapped[UtcTime]
    approved_by: Mapped[str | None] = mapped_column(String(26))
    closed_by: Mapped[str | None] = mapped_column(String(26))
    ratified_by: Mapped[str | None] = mapped_column(String(26))
    published_at: Mapped[UtcTime | None]


class Event(Base):
    """A 赛项: the skill, the level at which its task is set (命题层级), the weight of the practical part in percent."""

    __tablename__ = "competition_event"
    __table_args__ = (UniqueConstraint("competition_id", "serial"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    competition_id: Mapped[str] = mapped_column(ForeignKey("competition.id"), index=True)
    serial: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    paper_level: Mapped[int]
    practical_weight: Mapped[int]


class Entry(Base):
    """A competitor in an event. Judges know the bench number alone.

    entered_by  whose hand it was: the competitor's own account or a clerk's at the counter
    """

    __tablename__ = "competition_entry"
    __table_args__ = (
        Index(
            "uq_competition_entry_live",
            "event_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'entered'"),
            postgresql_where=text("state = 'entered'"),
        ),
        UniqueConstraint("event_id", "bench"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("competition_event.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    delegation: Mapped[str] = mapped_column(String(80))
    employee: Mapped[bool] = mapped_column(Boolean())
    state: Mapped[str] = mapped_column(String(16))
    bench: Mapped[int | None]
    entered_at: Mapped[UtcTime]
    entered_by: Mapped[str | None] = mapped_column(String(26))


class Mark(Base):
    """One judge's mark for one section of one entry; absent is a mark of its own and never zero."""

    __tablename__ = "competition_mark"
    __table_args__ = (UniqueConstraint("entry_id", "section", "judge"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("competition_entry.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    judge: Mapped[str] = mapped_column(String(26))
    value: Mapped[str | None] = mapped_column(String(8))
    minutes: Mapped[int | None]
    at: Mapped[UtcTime]


class Result(Base):
    """A published place. `total` in hundredths; none for somebody who was absent."""

    __tablename__ = "competition_result"
    entry_id: Mapped[str] = mapped_column(ForeignKey("competition_entry.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("competition_event.id"), index=True)
    total: Mapped[int | None]
    rank: Mapped[int | None]
    prize: Mapped[int | None]
    certificate_number: Mapped[str | None] = mapped_column(String(40), unique=True)
