"""Training standards, their versions, what the named experts say and what others object while a version is on notice."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Json, Sealed, UtcTime, Words

OPEN = text("state IN ('draft', 'in_review', 'on_notice')")
IN_FORCE = text("state = 'published'")


class TrainingStandard(Base):
    """A standard of an occupation for some levels (ranks 1–8). `number` is given when it is first published."""

    __tablename__ = "training_standard"
    id: Mapped[Id] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(60))
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"), index=True)
    levels: Mapped[list[int]] = mapped_column(JSON())
    number: Mapped[str | None] = mapped_column(String(16), unique=True)
    begun_at: Mapped[UtcTime]


class StandardVersion(Base):
    """One text of a standard. `body` holds the tasks (rules.to_json); reason: why it was sent back."""

    __tablename__ = "training_standard_version"
    __table_args__ = (
        UniqueConstraint("standard_id", "number"),
        Index("uq_training_standard_version_open", "standard_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("uq_training_standard_version_in_force", "standard_id", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
        CheckConstraint("(state IN ('published', 'replaced')) = (published_on IS NOT NULL)", name="published"),
        CheckConstraint("state <> 'on_notice' OR notice_until IS NOT NULL", name="notice"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    standard_id: Mapped[Id] = mapped_column(ForeignKey("training_standard.id"), index=True)
    number: Mapped[int]
    body: Mapped[Json]
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    drafted_by: Mapped[str] = mapped_column(String(26))
    drafted_at: Mapped[UtcTime]
    noticed_on: Mapped[date | None]
    notice_until: Mapped[date | None]
    published_on: Mapped[date | None]
    published_by: Mapped[str | None] = mapped_column(String(26))
    replaced_on: Mapped[date | None]


class StandardReview(Base):
    """An expert who is named for a version, by account, and the opinion given. Sent back, a version asks anew (`ended_at`).

    ended_reason  why somebody else was named instead, where the expert had not answered
    """

    __tablename__ = "training_standard_review"
    __table_args__ = (
        Index("uq_training_standard_review_live", "version_id", "account_id", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("(agrees IS NULL) = (given_at IS NULL)", name="given"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    version_id: Mapped[Id] = mapped_column(ForeignKey("training_standard_version.id"), index=True)
    account_id: Mapped[Id] = mapped_column(ForeignKey("account.id"), index=True)
    named_at: Mapped[UtcTime]
    agrees: Mapped[bool | None]
    words: Mapped[str] = mapped_column(String(1000), default="")
    given_at: Mapped[UtcTime | None]
    ended_at: Mapped[UtcTime | None]
    ended_reason: Mapped[str] = mapped_column(String(400), default="", server_default="")


class StandardObjection(Base):
    """An objection to a version on notice, by real name: `receipt` finds it again.

    name, contact  sealed, for the handler alone; None once their time is over (policy `objection.keep_days`, counted from the answer)
    """

    __tablename__ = "training_standard_objection"
    __table_args__ = (
        CheckConstraint("(state = 'raised') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("(name IS NULL) = (contact IS NULL) AND (name IS NOT NULL OR state <> 'raised')", name="named"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    version_id: Mapped[Id] = mapped_column(ForeignKey("training_standard_version.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    name: Mapped[Sealed | None]
    contact: Mapped[Sealed | None]
    text: Mapped[str] = mapped_column(String(1000))
    raised_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reply: Mapped[Words] = mapped_column(default="")
