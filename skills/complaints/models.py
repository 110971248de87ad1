"""Complaints; text, contact and answer are sealed, the word for following a case is kept as a hash."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Sealed, UtcTime


class Complaint(Base):
    """One complaint. `person_id` and `account_id` only if somebody signed in has written it."""

    __tablename__ = "complaint"
    __table_args__ = (UniqueConstraint("year", "serial"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    about_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(String(26))
    text: Mapped[Sealed]
    contact: Mapped[Sealed]
    word: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    received_at: Mapped[UtcTime]
    due_on: Mapped[date]
    taken_by: Mapped[str | None] = mapped_column(String(26))
    closed_by: Mapped[str | None] = mapped_column(String(26))
    closed_at: Mapped[UtcTime | None]
    answer: Mapped[Sealed | None]
