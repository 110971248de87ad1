"""Every issued certificate of any kind: exact signed bytes, status index, papers, events."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Sealed, UtcTime


class Certificate(Base):
    """One certificate. A number belongs to one at a time: a corrected one may take it over from its predecessor.

    claims            what it asserts, without the holder
    holder            what it says of the holder (`claims.PERSONAL`), sealed under the holder's data key
    credential, code  the signed bytes that are served for ever, sealed the same way; their SHA-256 (hex) stays,
                      and the names of the keys that signed them
    name_proof, four_proof  keyed digests by which a look-up is answered; empty once the holder was erased
    `held.py` seals and opens.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_number_held",
            "number",
            unique=True,
            sqlite_where=text("replaced_by IS NULL OR replaced_by <> number"),
            postgresql_where=text("replaced_by IS NULL OR replaced_by <> number"),
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    claims: Mapped[dict[str, Any]] = mapped_column(JSON())
    holder: Mapped[Sealed]
    name_proof: Mapped[str] = mapped_column(String(64))
    four_proof: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[UtcTime]
    issued_on: Mapped[date]
    status_index: Mapped[int] = mapped_column(BigInteger(), unique=True)
    credential: Mapped[Sealed]
    credential_digest: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[Sealed]
    code_digest: Mapped[str] = mapped_column(String(64), unique=True)
    credential_kid: Mapped[str] = mapped_column(String(48))
    code_kid: Mapped[str] = mapped_column(String(48))
    predecessor_id: Mapped[str | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    replaces: Mapped[str | None] = mapped_column(String(40))
    replaced_by: Mapped[str | None] = mapped_column(String(40))
    synthetic: Mapped[bool]


def holds_number() -> ColumnElement[bool]:
    """Certificates that their number leads to: all but those whose successor has taken the number over."""
    return or_(Certificate.replaced_by.is_(None), Certificate.replaced_by != Certificate.number)


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


class Paper(Base):
    """A printed form: a signed PDF in DATA_DIR/files, never made again. One counts at a time.

    path, digest, size  the file lies sealed under the holder's data key (`held.paper`); these are of the PDF itself

    copy    1 for the first, then one more for each 补发; `serial` is what the paper bears
    blank   the number of the numbered blank it was printed on, if there was one
    """

    __tablename__ = "certificate_paper"
    __table_args__ = (
        Index(
            "uq_certificate_paper_live",
            "certificate_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    copy: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    serial: Mapped[str] = mapped_column(String(24), unique=True)
    path: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    made_at: Mapped[UtcTime]
    design: Mapped[str] = mapped_column(String(26), index=True)
    seal_id: Mapped[str | None] = mapped_column(ForeignKey("certificate_seal.id"))
    handed_at: Mapped[UtcTime | None]
    handed_to: Mapped[str | None] = mapped_column(String(8))
    handed_by: Mapped[str | None] = mapped_column(String(26))
    blank: Mapped[str] = mapped_column(String(32), default="")
    ended_at: Mapped[UtcTime | None]
    ended_why: Mapped[str] = mapped_column(String(16), default="")


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


class StatusList(Base):
    """A signed status list as it is served. `form` is phone, revocation or suspension."""

    __tablename__ = "status_list"
    form: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[bytes] = mapped_column(LargeBinary())
    made_at: Mapped[UtcTime]


class NationalUpload(Base):
    """How far a level certificate is on its way into the national query system.

    due_on         the last day of the present step by policy
    searchable_on  the day since which the national system answers, by its own confirmation
    """

    __tablename__ = "national_upload"
    id: Mapped[Id] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    entered_on: Mapped[date]
    due_on: Mapped[date | None] = mapped_column(index=True)
    export_id: Mapped[str | None] = mapped_column(ForeignKey("national_export.id"))
    searchable_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[UtcTime]


class NationalExport(Base):
    """An export file: which certificates it holds is fixed; the control totals are over exactly these."""

    __tablename__ = "national_export"
    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    made_by: Mapped[str] = mapped_column(String(26))
    made_at: Mapped[UtcTime]
    count: Mapped[int]
    control: Mapped[str] = mapped_column(String(64))


class NationalExportRow(Base):
    """A row of an export file."""

    __tablename__ = "national_export_row"
    __table_args__ = (UniqueConstraint("export_id", "certificate_id"),)
    export_id: Mapped[str] = mapped_column(ForeignKey("national_export.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)


class ShareLink(Base):
    """A holder's link to chosen parts of a certificate. The token lies sealed; it is found by its digest."""

    __tablename__ = "certificate_share"
    id: Mapped[Id] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    fields: Mapped[list[str]] = mapped_column(JSON())
    token: Mapped[Sealed]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[UtcTime]
    expires_at: Mapped[UtcTime]
    ended_at: Mapped[UtcTime | None]
    opens: Mapped[int]
    last_opened_on: Mapped[date | None]


class LookCount(Base):
    """How often a certificate was looked up online from a place on a day."""

    __tablename__ = "certificate_look"
    __table_args__ = (UniqueConstraint("certificate_id", "day", "place"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    day: Mapped[date] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(String(64))
    count: Mapped[int]


class UnknownLook(Base):
    """How often a number that was never given out was asked for from a place on a day; * for what is no number."""

    __tablename__ = "unknown_look"
    __table_args__ = (UniqueConstraint("day", "number", "place"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), index=True)
    day: Mapped[date]
    place: Mapped[str] = mapped_column(String(64))
    count: Mapped[int]


class LookChoice(Base):
    """A holder who wants no counts of looks at their certificates."""

    __tablename__ = "look_choice"
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), unique=True)
    counted: Mapped[bool]
    since: Mapped[UtcTime]


class AuditSample(Base):
    """Certificates to be drawn by an auditor: from what, how many, by which seed, and how it ended.

    criteria, risk   how the population is made again; `digest` is the SHA-256 of its file as it stood at `planned_at`
    proof            the plan's audit entry, its place in the log of acts and the way to the root that is the seed
    checkpoint       the signed head of that log: the first that holds the plan
    conclusion       what the sample shows, or why it was given up
    """

    __tablename__ = "audit_sample"
    id: Mapped[Id] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(120))
    criteria: Mapped[dict[str, Any]] = mapped_column(JSON())
    risk: Mapped[dict[str, Any]] = mapped_column(JSON())
    size: Mapped[int]
    population: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    planned_by: Mapped[str] = mapped_column(String(26))
    planned_at: Mapped[UtcTime]
    seed: Mapped[str] = mapped_column(String(64))
    checkpoint: Mapped[str] = mapped_column(String(1000))
    proof: Mapped[dict[str, Any]] = mapped_column(JSON())
    drawn_at: Mapped[UtcTime | None]
    ended_by: Mapped[str | None] = mapped_column(String(26))
    ended_at: Mapped[UtcTime | None]
    conclusion: Mapped[str] = mapped_column(String(1000))


class AuditCase(Base):
    """A certificate of a sample: `place` in the order drawn, the verdict at that moment, and what was found later."""

    __tablename__ = "audit_case"
    __table_args__ = (UniqueConstraint("sample_id", "place"), UniqueConstraint("sample_id", "certificate_id"))
    id: Mapped[Id] = mapped_column(primary_key=True)
    sample_id: Mapped[str] = mapped_column(ForeignKey("audit_sample.id"))
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    place: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    weight: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(40))
    log_index: Mapped[int | None] = mapped_column(BigInteger())
    state: Mapped[str] = mapped_column(String(16))
    remark: Mapped[str] = mapped_column(String(400))
    found_by: Mapped[str | None] = mapped_column(String(26))
    found_at: Mapped[UtcTime | None]
