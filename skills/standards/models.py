"""Reference tables and dated policy rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Occupation(Base):
    """An occupation of the national catalogue. `kind` is skill or professional."""

    __tablename__ = "occupation"
    unwitnessed = "compared with the published table in skills/standards/data: standards.as_published"
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    marker: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    added: Mapped[int]
    digital_engineer_standard: Mapped[bool]


class Branch(Base):
    """A 工种 of an occupation; `certainty` is read or unconfirmed."""

    __tablename__ = "branch"
    unwitnessed = "compared with the published table in skills/standards/data: standards.as_published"
    occupation_code: Mapped[str] = mapped_column(ForeignKey("occupation.code"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    certainty: Mapped[str] = mapped_column(String(16))


class OccupationAlias(Base):
    """A code under which older standards and certificates name an occupation of today. `until` is the last year of its use."""

    __tablename__ = "occupation_alias"
    unwitnessed = "compared with the published table in skills/standards/data: standards.as_published"
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    occupation_code: Mapped[str] = mapped_column(ForeignKey("occupation.code"), index=True)
    since: Mapped[int]
    until: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(200))


class District(Base):
    """A district-level unit of the city, and the city itself (500000)."""

    __tablename__ = "district"
    unwitnessed = "compared with the published table in skills/standards/data: standards.as_published"
    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(24))


class PolicyRow(Base):
    """One dated value of a rule. Proposed by one person, released by another; never overwritten."""

    __tablename__ = "policy"
    __table_args__ = (Index("ix_policy_name_from", "name", "valid_from"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(JSON())
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(400))
    strength: Mapped[str] = mapped_column(String(1))
    edition: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(16), index=True)
    proposed_by: Mapped[str] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime]
    released_by: Mapped[str | None] = mapped_column(String(26))
    released_at: Mapped[UtcTime | None]
