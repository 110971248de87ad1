"""Complaints; what anybody wrote is sealed, the word for following a case is kept as a hash."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Sealed, UtcTime


class Complaint(Base):
    """One complaint. `person_id` and `account_id` only if somebody signed in has written it under the own name.

    matter, matter_ref, matter_id  what it is about: a kind of `rules.MATTERS`, as written, and the row found by it
    district, level  the district concerned ("" for none) and who has the case: 1 the district's desk, 2 the city's
    accept_by        last day for being taken on; `due_on` the last day for the answer
    waiting_since    the day on which the clock was stopped
    hands_at         until when it is known who acted in the matter
    substance, statement  what the party complained of was told, without who wrote it, and what it said to that
    """

    __tablename__ = "complaint"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        CheckConstraint("level BETWEEN 1 AND 2", name="level"),
        CheckConstraint("(state = 'waiting') = (waiting_since IS NOT NULL)", name="clock"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    about_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    matter: Mapped[str] = mapped_column(String(16), default="", server_default="")
    matter_ref: Mapped[Sealed | None]
    matter_id: Mapped[str | None] = mapped_column(String(40))
    district: Mapped[str] = mapped_column(String(12), default="", server_default="", index=True)
    level: Mapped[int] = mapped_column(default=2, server_default="2")
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(String(26))
    text: Mapped[Sealed]
    contact: Mapped[Sealed]
    word: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    received_at: Mapped[UtcTime]
    accept_by: Mapped[date | None]
    accepted_at: Mapped[UtcTime | None]
    due_on: Mapped[date]
    waiting_since: Mapped[date | None]
    hands_at: Mapped[UtcTime | None]
    taken_by: Mapped[str | None] = mapped_column(String(26))
    substance: Mapped[Sealed | None]
    heard_at: Mapped[UtcTime | None]
    statement: Mapped[Sealed | None]
    stated_at: Mapped[UtcTime | None]
    escalated_at: Mapped[UtcTime | None]
    raised_at: Mapped[UtcTime | None]
    closed_by: Mapped[str | None] = mapped_column(String(26))
    closed_at: Mapped[UtcTime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    elsewhere: Mapped[str | None] = mapped_column(String(24))
    answer: Mapped[Sealed | None]


class ComplaintStep(Base):
    """Something that happened to a complaint; `serial` counts from 1.

    account  who did it at the desk, or wrote it down for its author at a counter; None for its author, the party, or the clock
    handler  whose the case was after it
    text     what was asked, replied or answered
    """

    __tablename__ = "complaint_step"
    __table_args__ = (UniqueConstraint("complaint_id", "serial"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    serial: Mapped[int]
    at: Mapped[UtcTime]
    move: Mapped[str] = mapped_column(String(16))
    level: Mapped[int]
    account: Mapped[str | None] = mapped_column(String(26))
    handler: Mapped[str | None] = mapped_column(String(26))
    outcome: Mapped[str | None] = mapped_column(String(16))
    text: Mapped[Sealed | None]


class ComplaintFile(Base):
    """A paper that was handed in. Its bytes lie sealed under `files/complaints/<id>`; `digest` is of the plain bytes, keyed."""

    __tablename__ = "complaint_file"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"), index=True)
    at: Mapped[UtcTime]
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class ComplaintHand(Base):
    """An account that acted in the matter complained of: it never owns the case."""

    __tablename__ = "complaint_hand"
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    account: Mapped[str] = mapped_column(String(26), primary_key=True)
