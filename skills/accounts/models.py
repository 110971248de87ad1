"""Accounts, organisations, memberships, one-time links and codes."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Organisation(Base):
    """A legal body: institution, employer, assessment body, college, or the authority itself."""

    __tablename__ = "organisation"
    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16), index=True)
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"))
    state: Mapped[str] = mapped_column(String(16), index=True)
    registered_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))


class Succession(Base):
    """Who acts for the certificates of a body that is gone, by a document of the authority and two people."""

    __tablename__ = "succession"
    __table_args__ = (
        Index(
            "uq_succession_live",
            "gone_id",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    gone_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    successor_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    document: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(16))
    proposed_by: Mapped[str] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime]
    appointed_by: Mapped[str | None] = mapped_column(String(26))
    appointed_at: Mapped[UtcTime | None]
    ended_at: Mapped[UtcTime | None]


class Account(Base):
    """Somebody who can sign in: staff by login, a person by identity. Secrets are hashed or sealed.

    name             of staff; a person's name stands with the person alone, sealed
    email, email_at  a mail address, sealed, and when a code sent there came back
    """

    __tablename__ = "account"
    id: Mapped[Id] = mapped_column(primary_key=True)
    login: Mapped[str | None] = mapped_column(String(80), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(16))
    password: Mapped[str | None] = mapped_column(String(200))
    totp: Mapped[bytes | None] = mapped_column(LargeBinary())
    totp_confirmed: Mapped[bool] = mapped_column(Boolean())
    totp_step: Mapped[int] = mapped_column(default=0)
    email: Mapped[bytes | None] = mapped_column(LargeBinary())
    email_at: Mapped[UtcTime | None]
    synthetic: Mapped[bool] = mapped_column(Boolean())
    made_at: Mapped[UtcTime]


class Membership(Base):
    """A role that an account holds, for an organisation, in a district or in the whole city."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_live",
            "account_id",
            "role",
            "organisation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(24))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str | None] = mapped_column(ForeignKey("district.code"))
    given_by: Mapped[str] = mapped_column(String(26))
    given_at: Mapped[UtcTime]
    ended_at: Mapped[UtcTime | None]


class OneTimeCode(Base):
    """A link or code that opens one door once: invitation, password reset, activation slip, SMS or mail code.

    address  where a code was mailed to, sealed: the address that the code proves
    """

    __tablename__ = "one_time_code"
    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    used_at: Mapped[UtcTime | None]
    address: Mapped[bytes | None] = mapped_column(LargeBinary())


class RecoveryCode(Base):
    """A way in when the second factor is lost; shown once, used once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[UtcTime | None]


class Delegation(Base):
    """亲情代办: the holder lets one relative act; revocable, every act is shown as done for the holder."""

    __tablename__ = "delegation"
    __table_args__ = (
        Index(
            "uq_delegation_live",
            "holder_person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    holder_person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    helper_person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[UtcTime]
    ended_at: Mapped[UtcTime | None]
