"""Requests about certificates, their history, and the orders of the authority. What people wrote is sealed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Json, Sealed, UtcTime

_OPEN = text("state IN ('asked', 'sent_back', 'examined', 'told', 'answered')")


class CareOrder(Base):
    """An order of the authority (责令) to the issuing body, with the number of its document and a clock."""

    __tablename__ = "care_order"
    id: Mapped[Id] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    body_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    document: Mapped[str] = mapped_column(String(60))
    grounds: Mapped[Sealed]
    state: Mapped[str] = mapped_column(String(16), index=True)
    ordered_by: Mapped[str] = mapped_column(String(26))
    ordered_at: Mapped[UtcTime]
    due_on: Mapped[date]
    closed_on: Mapped[date | None]


class CareRequest(Base):
    """One of the six requests about one certificate; one at a time.

    asker        holder or body; asked_by is the account
    text, note   what was asked and why; what the body found or decided (sealed)
    changes      for a correction: the fields and their new texts (sealed JSON)
    answer       for a revocation: what the holder said (sealed); hear_until the last day for it
    result_id    the certificate that was issued instead; serial the new paper's 流水码
    """

    __tablename__ = "care_request"
    __table_args__ = (
        Index("uq_care_request_open", "certificate_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(12), index=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    body_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    asker: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[str] = mapped_column(String(26))
    asked_at: Mapped[UtcTime]
    reason: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), index=True)
    due_on: Mapped[date]
    text: Mapped[Sealed]
    changes: Mapped[Sealed | None]
    proofs: Mapped[Json] = mapped_column(default=dict)
    examined_by: Mapped[str | None] = mapped_column(String(26))
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    note: Mapped[Sealed | None]
    hear_until: Mapped[date | None]
    answer: Mapped[Sealed | None]
    answered_at: Mapped[UtcTime | None]
    suspended_here: Mapped[bool] = mapped_column(default=False)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("care_order.id"))
    result_id: Mapped[str | None] = mapped_column(ForeignKey("certificate.id"))
    serial: Mapped[str] = mapped_column(String(24), default="")


class CareStep(Base):
    """A step of a request or an order: what, by whom, when. Never overwritten."""

    __tablename__ = "care_step"
    id: Mapped[Id] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(26), index=True)
    move: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]


class EarlierRevocation(Base):
    """A revocation by two people as it was put on record before there were requests. Read, never written."""

    __tablename__ = "revocation"
    __table_args__ = (
        Index(
            "uq_revocation_open",
            "certificate_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(16))
    explanation: Mapped[str] = mapped_column(String(1000))
    heard: Mapped[str] = mapped_column(String(1000))
    proposed_by: Mapped[str] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
