"""Accounts of payees, statements and their lines, objections, claw-backs. Money in 分; no row is deleted or overwritten."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Cents, Code, Id, Sealed, UtcTime, Words

_ENTERED, _VERIFIED = text("state = 'entered'"), text("state = 'verified'")
_LIVE = text("state <> 'dropped'")
_UNDROPPED = text("state NOT IN ('dropped', 'recalled')")
_LISTED = text("withdrawn_at IS NULL")


# A payee is an organisation (an institution or an employer) or a person, never both.
_ONE_PAYEE = "(organisation_id IS NULL) <> (person_id IS NULL)"


class PayeeAccount(Base):
    """An account that a payee wants its money on; the number is sealed, `blind` finds the same one again.

    holder  as the bank has it; empty for a person, whose name the register has; the number lies under the person's own key
    """

    __tablename__ = "payee_account"
    __table_args__ = (
        Index("uq_payee_account_entered", "organisation_id", unique=True, sqlite_where=_ENTERED, postgresql_where=_ENTERED),
        Index("uq_payee_account_verified", "organisation_id", unique=True, sqlite_where=_VERIFIED, postgresql_where=_VERIFIED),
        Index("uq_payee_account_person_entered", "person_id", unique=True, sqlite_where=_ENTERED, postgresql_where=_ENTERED),
        Index("uq_payee_account_person_verified", "person_id", unique=True, sqlite_where=_VERIFIED, postgresql_where=_VERIFIED),
        CheckConstraint(_ONE_PAYEE, name="one_payee"),
        CheckConstraint("state NOT IN ('verified', 'refused') OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("state <> 'verified' OR decided_by <> entered_by", name="two_people"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    holder: Mapped[str] = mapped_column(String(80))
    bank: Mapped[str] = mapped_column(String(80))
    number: Mapped[Sealed]
    blind: Mapped[str] = mapped_column(String(64), index=True)
    masked: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), index=True)
    entered_by: Mapped[Id]
    entered_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reason: Mapped[Words] = mapped_column(default="")


class Statement(Base):
    """What a payee earned in a district until the end of a quarter, and the way of it to the bank.

    number                 2026Q4-500112-0001
    count, cents, digest   control totals at the hand-over (`rules.totals`)
    account_id             where it goes; verified when it was handed over
    reference              the bank's word for the payment, with the day on which it was made
    """

    __tablename__ = "statement"
    __table_args__ = (
        Index("uq_statement_live", "organisation_id", "district", "period", unique=True,
              sqlite_where=_UNDROPPED, postgresql_where=_UNDROPPED),
        Index("uq_statement_person_live", "person_id", "district", "period", unique=True,
              sqlite_where=_UNDROPPED, postgresql_where=_UNDROPPED),
        CheckConstraint(_ONE_PAYEE, name="one_payee"),
        CheckConstraint("checked_by IS NULL OR checked_by <> submitted_by", name="checked_by"),
        CheckConstraint("noticed_by IS NULL OR (noticed_by <> submitted_by AND noticed_by <> checked_by)", name="noticed_by"),
        CheckConstraint("closed_by IS NULL OR (closed_by <> submitted_by AND closed_by <> checked_by)", name="closed_by"),
        CheckConstraint("(state IN ('handed_over', 'paid', 'bounced')) = (handed_over_at IS NOT NULL)", name="handed_over"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid"),
        CheckConstraint("cents IS NULL OR cents > 0", name="cents"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    period: Mapped[str] = mapped_column(String(6), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    drawn_by: Mapped[Id]
    drawn_at: Mapped[UtcTime]
    complete_at: Mapped[UtcTime | None]
    job: Mapped[str | None] = mapped_column(String(26))
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    submitted_at: Mapped[UtcTime | None]
    check_by: Mapped[date | None]
    checked_by: Mapped[str | None] = mapped_column(String(26))
    checked_at: Mapped[UtcTime | None]
    noticed_by: Mapped[str | None] = mapped_column(String(26))
    noticed_at: Mapped[UtcTime | None]
    notice_to: Mapped[date | None]
    closed_by: Mapped[str | None] = mapped_column(String(26))
    closed_at: Mapped[UtcTime | None]
    handed_over_at: Mapped[UtcTime | None]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("payee_account.id"))
    count: Mapped[int | None]
    cents: Mapped[Cents | None]
    digest: Mapped[str] = mapped_column(String(64), default="")
    paid_by: Mapped[str | None] = mapped_column(String(26))
    paid_on: Mapped[date | None]
    paid_at: Mapped[UtcTime | None]
    reference: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[Words] = mapped_column(default="")


class StatementLine(Base):
    """A use that asks for its money, or money that comes back. `UNIQUE(redemption, kind)` while it is not withdrawn.

    cents               what is paid, negative if it is taken back; 0 while the line is held
    findings            every condition as it was last looked at
    admitted_by         who let it through although the record now speaks against the person, and why
    """

    __tablename__ = "statement_line"
    __table_args__ = (
        Index("uq_statement_line_listed", "redemption_id", "kind", unique=True, sqlite_where=_LISTED, postgresql_where=_LISTED),
        UniqueConstraint("statement_id", "position"),
        CheckConstraint("(state = 'dropped') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        CheckConstraint("(kind = 'claw_back') = (claw_back_id IS NOT NULL)", name="claw_back"),
        CheckConstraint("state NOT IN ('due', 'ordered', 'paid') OR (kind = 'pay' AND cents > 0) OR (kind = 'claw_back' AND cents < 0)",
                        name="sign"),
        CheckConstraint("(admitted_by IS NULL) = (admit_reason = '')", name="admitted"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    statement_id: Mapped[str] = mapped_column(ForeignKey("statement.id"), index=True)
    position: Mapped[int]
    redemption_id: Mapped[str] = mapped_column(ForeignKey("redemption.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    claw_back_id: Mapped[str | None] = mapped_column(ForeignKey("claw_back.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    cents: Mapped[Cents]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    looked_at: Mapped[UtcTime]
    admitted_by: Mapped[str | None] = mapped_column(String(26))
    admit_reason: Mapped[Words] = mapped_column(default="")
    withdrawn_at: Mapped[UtcTime | None]


class StatementObjection(Base):
    """An objection to a line on notice, by real name; it freezes that line alone.

    name, contact  sealed; None once their time is over (policy `objection.keep_days`, counted from the answer)
    """

    __tablename__ = "statement_objection"
    __table_args__ = (
        CheckConstraint("(state = 'raised') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("(name IS NULL) = (contact IS NULL) AND (name IS NOT NULL OR state <> 'raised')", name="named"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("statement_line.id"), index=True)
    redemption_id: Mapped[str] = mapped_column(ForeignKey("redemption.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    name: Mapped[bytes | None] = mapped_column(LargeBinary())
    contact: Mapped[bytes | None] = mapped_column(LargeBinary())
    text: Mapped[str] = mapped_column(String(1000))
    raised_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reply: Mapped[Words] = mapped_column(default="")


class ClawBack(Base):
    """Money that was paid and is to come back: proposed by one, approved by another, once for a use.

    way        "set_off" against a payment, or "repaid"
    reference  the bank's word for what was paid back
    """

    __tablename__ = "claw_back"
    __table_args__ = (
        Index("uq_claw_back_live", "redemption_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint("(state IN ('approved', 'dropped', 'recovered')) = (decided_by IS NOT NULL)", name="decided"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'recovered') = (recovered_at IS NOT NULL)", name="recovered"),
        CheckConstraint(_ONE_PAYEE, name="one_payee"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    redemption_id: Mapped[str] = mapped_column(ForeignKey("redemption.id"), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    cents: Mapped[Cents]
    state: Mapped[str] = mapped_column(String(12), index=True)
    reason: Mapped[Words]
    proposed_by: Mapped[Id]
    proposed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    recovered_at: Mapped[UtcTime | None]
    way: Mapped[Code] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(String(60), default="")


class Advance(Base):
    """Money paid before it is earned (预拨): its own row, set off against later payments."""

    __tablename__ = "advance"
    __table_args__ = (
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("(state IN ('paid', 'settled')) = (paid_on IS NOT NULL)", name="paid"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    cents: Mapped[Cents]
    state: Mapped[str] = mapped_column(String(12), index=True)
    asked_by: Mapped[Id]
    asked_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("payee_account.id"))
    paid_by: Mapped[str | None] = mapped_column(String(26))
    paid_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[Words] = mapped_column(default="")


class AdvanceBack(Base):
    """A part of an advance that a statement sets off: counts while it is not withdrawn, done when it is booked."""

    __tablename__ = "advance_back"
    __table_args__ = (
        Index("uq_advance_back_live", "advance_id", "statement_id", unique=True, sqlite_where=_LISTED, postgresql_where=_LISTED),
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint("booked_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    advance_id: Mapped[str] = mapped_column(ForeignKey("advance.id"), index=True)
    statement_id: Mapped[str] = mapped_column(ForeignKey("statement.id"), index=True)
    cents: Mapped[Cents]
    at: Mapped[UtcTime]
    booked_at: Mapped[UtcTime | None]
    withdrawn_at: Mapped[UtcTime | None]
