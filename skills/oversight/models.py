"""Cases with their evidence, call-backs, and what the business register says of a body."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Sealed, UtcTime, Words

_OPEN = text("state IN ('opened', 'assigned', 'proposed')")
_KEPT = text("ended_at IS NULL")


class Case(Base):
    """One suspicion of one rule against one subject ("organisation:…", "person:…", "batch:…"), one at a time.

    strength  1 to 3, of the strongest evidence so far
    seen      ids of the rows that were counted: after a case was cleared they do not open another
    """

    __tablename__ = "fraud_case"
    __table_args__ = (
        Index("uq_fraud_case_open", "rule", "subject", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("strength BETWEEN 1 AND 3", name="strength"),
        CheckConstraint("state <> 'confirmed' OR proposed_by <> decided_by", name="two_people"),
        CheckConstraint("(state IN ('opened', 'assigned', 'proposed')) = (closed_at IS NULL)", name="closed"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(8), index=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    strength: Mapped[int]
    seen: Mapped[list[str]] = mapped_column(JSON())
    opened_at: Mapped[UtcTime]
    refreshed_at: Mapped[UtcTime]
    assigned_to: Mapped[str | None] = mapped_column(String(26), index=True)
    assigned_by: Mapped[str | None] = mapped_column(String(26))
    assigned_at: Mapped[UtcTime | None]
    proposed_by: Mapped[str | None] = mapped_column(String(26))
    decided_by: Mapped[str | None] = mapped_column(String(26))
    closed_at: Mapped[UtcTime | None]
    reason: Mapped[Words] = mapped_column(default="")


class Evidence(Base):
    """What a rule counted on a day, added to a case and never changed. `facts` fill the rule's sentence.

    rows   ids of what was counted; digest says whether the same was found before
    table  up to twenty of them as words for the page; series: labels and numbers of the small chart
    """

    __tablename__ = "fraud_evidence"
    __table_args__ = (UniqueConstraint("case_id", "digest"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("fraud_case.id"), index=True)
    found_at: Mapped[UtcTime]
    strength: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON())
    rows: Mapped[list[str]] = mapped_column(JSON())
    redemptions: Mapped[list[str]] = mapped_column(JSON())
    table: Mapped[list[list[str]]] = mapped_column("shown", JSON())
    series: Mapped[list[Any]] = mapped_column(JSON())


class CallBack(Base):
    """One question to a drawn trainee: did this training take place for you? One for each use of a voucher."""

    __tablename__ = "call_back"
    __table_args__ = (
        UniqueConstraint("redemption_id"),
        CheckConstraint("(state = 'answered') = (answer <> '')", name="answer"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    redemption_id: Mapped[str] = mapped_column(ForeignKey("redemption.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(120), default="")
    drawn: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    asked_at: Mapped[UtcTime]
    until: Mapped[date]
    answer: Mapped[str] = mapped_column(String(8), default="")
    answered_at: Mapped[UtcTime | None]


class RegisterEntry(Base):
    """What the business register 市场主体登记 says of a body; one at a time, earlier ones stay.

    legal_rep        the legal representative's name, sealed; legal_rep_blind finds the document number
    established_on   day of registration as a business; insured: people for whom it pays social insurance
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        Index("uq_register_entry_live", "organisation_id", unique=True, sqlite_where=_KEPT, postgresql_where=_KEPT),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    legal_rep: Mapped[Sealed]
    legal_rep_blind: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(200))
    established_on: Mapped[date | None]
    insured: Mapped[int | None]
    entered_by: Mapped[str] = mapped_column(String(26))
    entered_at: Mapped[UtcTime]
    ended_at: Mapped[UtcTime | None]
