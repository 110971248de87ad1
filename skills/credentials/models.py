"""Every issued certificate of any kind: exact signed bytes, status index, papers, events."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Certificate(Base):
    """One certificate. `claims` are what it asserts; `credential` and `code` are the bytes served for ever."""

    __tablename__ = "certificate"
    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    claims: Mapped[dict[str, Any]] = mapped_column(JSON())
    issued_at: Mapped[UtcTime]
    issued_on: Mapped[date]
    status_index: Mapped[int] = mapped_column(BigInteger(), unique=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary())
    credential_digest: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[bytes] = mapped_column(LargeBinary())
    replaces: Mapped[str | None] = mapped_column(String(40))
    replaced_by: Mapped[str | None] = mapped_column(String(40))
    synthetic: Mapped[bool]


class CertificateEvent(Base):
    """A change of a certificate's state, with the class of its reason. Never overwritten."""

    __tablename__ = "certificate_event"
    __table_args__ = (UniqueConstraint("certificate_id", "step"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    step: Mapped[int]
    move: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime] = mapped_column(index=True)


class Revocation(Base):
    """A proposal to revoke, decided by a second person after the holder was heard."""

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


class Paper(Base):
    """The printed form: a sealed PDF in DATA_DIR/files, never made again."""

    __tablename__ = "certificate_paper"
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    made_at: Mapped[UtcTime]
    design: Mapped[str] = mapped_column(String(26), index=True)
    seal_id: Mapped[str | None] = mapped_column(ForeignKey("certificate_seal.id"))


class DesignRow(Base):
    """One version of a body's design for one kind of certificate. `look` is a rules.designs.Look in plain terms."""

    __tablename__ = "certificate_design"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "version"),
        Index(
            "uq_certificate_design_in_use",
            "organisation_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'in_use'"),
            postgresql_where=text("state = 'in_use'"),
        ),
        Index(
            "uq_certificate_design_open",
            "organisation_id",
            "kind",
            unique=True,
            sqlite_where=text("state IN ('drafted', 'submitted', 'approved')"),
            postgresql_where=text("state IN ('drafted', 'submitted', 'approved')"),
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    look: Mapped[dict[str, Any]] = mapped_column(JSON())
    logo: Mapped[bytes | None] = mapped_column(LargeBinary())
    drafted_by: Mapped[str] = mapped_column(String(26))
    drafted_at: Mapped[UtcTime]
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    submitted_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400))
    used_from: Mapped[UtcTime | None]
    ended_at: Mapped[UtcTime | None]


class SealPicture(Base):
    """A body's 证书专用章 as a picture: uploaded by one, confirmed by another, in use until it is withdrawn."""

    __tablename__ = "certificate_seal"
    __table_args__ = (
        Index(
            "uq_certificate_seal_live",
            "organisation_id",
            "state",
            unique=True,
            sqlite_where=text("state IN ('uploaded', 'confirmed')"),
            postgresql_where=text("state IN ('uploaded', 'confirmed')"),
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    picture: Mapped[bytes] = mapped_column(LargeBinary())
    digest: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[str] = mapped_column(String(26))
    uploaded_at: Mapped[UtcTime]
    confirmed_by: Mapped[str | None] = mapped_column(String(26))
    confirmed_at: Mapped[UtcTime | None]
    ended_at: Mapped[UtcTime | None]
    reason: Mapped[str] = mapped_column(String(400))
