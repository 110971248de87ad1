"""Lecturers with their qualifications, and the register of training platforms."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Sealed, UtcTime, Words


class Lecturer(Base):
    """A person in the lecturer pool, once for all institutions. `occupations` are codes of what the person teaches.

    proposed_for  the institution that proposed the person last
    """

    __tablename__ = "lecturer"
    __table_args__ = (CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), unique=True)
    occupations: Mapped[list[str]] = mapped_column(JSON())
    state: Mapped[str] = mapped_column(String(16), index=True)
    proposed_for: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    proposed_by: Mapped[str] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reason: Mapped[Words] = mapped_column(default="")


class Qualification(Base):
    """What entitles a lecturer to teach. The paper's number is sealed; once at a time over all lecturers by its digest.

    strength  promised (as the institution stated it), seen (by the bureau) or compared (with the source that issued it)
    source    what it was compared with: "certificate" for the record here, else the bureau's own word
    blind     empty without a number, and once the person was erased
    """

    __tablename__ = "lecturer_qualification"
    __table_args__ = (
        Index("uq_lecturer_qualification_live", "blind", unique=True, sqlite_where=text("ended_at IS NULL AND blind <> ''"),
              postgresql_where=text("ended_at IS NULL AND blind <> ''")),
        CheckConstraint("strength IN ('promised', 'seen', 'compared')", name="strength"),
        CheckConstraint("(strength = 'promised') = (confirmed_at IS NULL)", name="confirmed"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    lecturer_id: Mapped[Id] = mapped_column(ForeignKey("lecturer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[int | None]
    occupation: Mapped[str | None] = mapped_column(ForeignKey("occupation.code"))
    issuer: Mapped[str] = mapped_column(String(60), default="")
    number: Mapped[Sealed | None]
    blind: Mapped[str] = mapped_column(String(64), default="")
    valid_until: Mapped[date | None]
    renewed_until: Mapped[date | None]
    strength: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(80), default="")
    stated_for: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    stated_by: Mapped[str] = mapped_column(String(26))
    stated_at: Mapped[UtcTime]
    confirmed_by: Mapped[str | None] = mapped_column(String(26))
    confirmed_at: Mapped[UtcTime | None]
    ended_at: Mapped[UtcTime | None]


class Platform(Base):
    """An entry of the public register: base, master workshop, industry college or member of the training alliance.

    organisation_id  who runs it, if on record here; `organisation` its name as recognised
    document         number of the paper by which it was recognised
    """

    __tablename__ = "platform"
    __table_args__ = (
        Index("uq_platform_live", "kind", "name", unique=True, sqlite_where=text("state IN ('proposed', 'recognised')"),
              postgresql_where=text("state IN ('proposed', 'recognised')")),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("recognised_until IS NULL OR recognised_until >= recognised_on", name="term"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), index=True)
    name: Mapped[str] = mapped_column(String(60))
    organisation_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[str] = mapped_column(String(60))
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    address: Mapped[str] = mapped_column(String(120))
    occupations: Mapped[list[str]] = mapped_column(JSON())
    recognised_by: Mapped[str] = mapped_column(String(60))
    document: Mapped[str] = mapped_column(String(60), default="")
    recognised_on: Mapped[date]
    recognised_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(16), index=True)
    proposed_by: Mapped[str] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(26))
    withdrawn_at: Mapped[UtcTime | None]
    reason: Mapped[Words] = mapped_column(default="")
