"""Batches, the people on their lists, vouchers, redemptions, ledger and verdicts.

Rows of money are never deleted or overwritten; "once" means once at a time and is a partial unique index.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Cents, Code, Id, UtcTime, Words

_UNVOIDED = text("voided_at IS NULL")
_HELD = text("state IN ('claimed', 'reserved', 'redeemed') AND face > 0")
_UNRELEASED = text("released_at IS NULL")


class Batch(Base):
    """Vouchers issued under one set of terms. Money in 分; `levels` are ranks 1-8.

    count_ceiling, money_ceiling  what may never be exceeded: vouchers ever issued, and money bound at any time
    issued, committed             how far they are used; equal to what the ledger says
    """

    __tablename__ = "voucher_batch"
    __table_args__ = (
        CheckConstraint("issued >= 0 AND issued <= count_ceiling", name="count"),
        CheckConstraint("committed >= 0 AND committed <= money_ceiling", name="money"),
        CheckConstraint("face >= 0 AND percent BETWEEN 1 AND 100", name="face"),
        CheckConstraint("claim_from <= claim_until", name="window"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(60))
    programme: Mapped[Code]
    training_type: Mapped[Code]
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    groups: Mapped[list[str]] = mapped_column(JSON())
    occupations: Mapped[list[str]] = mapped_column(JSON())
    levels: Mapped[list[int]] = mapped_column(JSON())
    zone: Mapped[str] = mapped_column(String(24), default="")
    institutions: Mapped[list[str]] = mapped_column(JSON())
    claim_from: Mapped[date]
    claim_until: Mapped[date]
    life_months: Mapped[int]
    face: Mapped[Cents]
    percent: Mapped[int]
    value_form: Mapped[str] = mapped_column(String(16))
    scope_form: Mapped[str] = mapped_column(String(16))
    payee: Mapped[str] = mapped_column(String(16), default="institution", server_default="institution")
    count_ceiling: Mapped[int]
    money_ceiling: Mapped[Cents]
    issued: Mapped[int] = mapped_column(default=0)
    committed: Mapped[Cents] = mapped_column(default=0)
    policy_source: Mapped[Words]
    state: Mapped[str] = mapped_column(String(16), index=True)
    drafted_by: Mapped[Id]
    drafted_at: Mapped[UtcTime]
    approved_by: Mapped[str | None] = mapped_column(String(26))
    approved_at: Mapped[UtcTime | None]
    opened_at: Mapped[UtcTime | None]
    closed_at: Mapped[UtcTime | None]
    close_reason: Mapped[Words] = mapped_column(default="", server_default="")
    issue_job: Mapped[str | None] = mapped_column(String(26))
    reach_job: Mapped[str | None] = mapped_column(String(26))


class CeilingRaise(Base):
    """追加额度: more vouchers or more money for a batch, proposed by one and approved by another. Money in 分.

    count_before, money_before  the ceilings that it replaced; None until it is approved
    count_ceiling, money_ceiling  the new ones
    """

    __tablename__ = "voucher_ceiling"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR state = 'withdrawn' OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'approved') = (count_before IS NOT NULL AND money_before IS NOT NULL)", name="before"),
        CheckConstraint(
            "count_before IS NULL OR (count_ceiling >= count_before AND money_ceiling >= money_before)", name="never_less"
        ),
        Index("uq_voucher_ceiling_proposed", "batch_id", unique=True, sqlite_where=text("state = 'proposed'"),
              postgresql_where=text("state = 'proposed'")),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    count_before: Mapped[int | None]
    money_before: Mapped[int | None] = mapped_column(BigInteger())
    count_ceiling: Mapped[int]
    money_ceiling: Mapped[Cents]
    reason: Mapped[Words]
    policy_source: Mapped[Words]
    state: Mapped[str] = mapped_column(String(12), index=True)
    proposed_by: Mapped[Id]
    proposed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    decision: Mapped[Words] = mapped_column(default="")


class BatchLine(Base):
    """A named person on a batch's list, once. Refused lines keep the reasons as they were found."""

    __tablename__ = "voucher_line"
    __table_args__ = (UniqueConstraint("batch_id", "person_id"), UniqueConstraint("batch_id", "position"))
    id: Mapped[Id] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    position: Mapped[int]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    code: Mapped[Code] = mapped_column(default="")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON(), default=list)
    listed_at: Mapped[UtcTime]
    decided_at: Mapped[UtcTime | None]


class Reach(Base):
    """Somebody whom 政策找人 found for a batch: entitled on the day, nothing claimed. Told once at most."""

    __tablename__ = "voucher_reach"
    __table_args__ = (
        UniqueConstraint("batch_id", "person_id"),
        CheckConstraint("(state = 'noticed') = (noticed_at IS NOT NULL)", name="noticed"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    found_at: Mapped[UtcTime]
    noticed_at: Mapped[UtcTime | None]


class Voucher(Base):
    """One voucher of one person. `face` in 分; `valid_until` is its last day, once claimed; before, of the claim."""

    __tablename__ = "voucher"
    __table_args__ = (
        Index("uq_voucher_batch_person", "batch_id", "person_id", unique=True,
              sqlite_where=_UNVOIDED, postgresql_where=_UNVOIDED),
        Index("uq_voucher_held", "person_id", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    face: Mapped[Cents]
    state: Mapped[str] = mapped_column(String(16), index=True)
    issued_at: Mapped[UtcTime]
    claimed_at: Mapped[UtcTime | None]
    valid_until: Mapped[date]
    voided_at: Mapped[UtcTime | None]
    void_reason: Mapped[Words] = mapped_column(default="")


class Nudge(Base):
    """A reminder that a claimed voucher will lapse: once for each threshold of days before its last day."""

    __tablename__ = "voucher_nudge"
    __table_args__ = (UniqueConstraint("voucher_id", "valid_until", "days"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_id: Mapped[str] = mapped_column(ForeignKey("voucher.id"), index=True)
    valid_until: Mapped[date]
    days: Mapped[int]
    sent_at: Mapped[UtcTime]


class Redemption(Base):
    """One use of a voucher; at most one at a time for a voucher and for a source. Money in 分.

    payee, employer_id who is paid for it: the institution, the employer named, or the person
    life_left          days of life that the voucher still had when it was used
    attended, planned  what was attended of the training that was planned, in hundredths of a session; None: not written
    paid, clawed_back  what the bank paid, and what of it came back
    """

    __tablename__ = "redemption"
    __table_args__ = (
        Index("uq_redemption_voucher_live", "voucher_id", unique=True,
              sqlite_where=_UNRELEASED, postgresql_where=_UNRELEASED),
        Index("uq_redemption_source_live", "source", unique=True,
              sqlite_where=_UNRELEASED, postgresql_where=_UNRELEASED),
        CheckConstraint("cents >= 0 AND cents <= price", name="cents"),
        CheckConstraint("clawed_back >= 0 AND (clawed_back = 0 OR clawed_back <= paid)", name="clawed_back"),
        CheckConstraint("(state IN ('settled', 'clawed_back')) = (paid IS NOT NULL)", name="paid"),
        CheckConstraint("paid IS NULL OR (paid > 0 AND paid <= cents)", name="paid_cents"),
        CheckConstraint("(attended IS NULL) = (planned IS NULL)", name="attended"),
        CheckConstraint("(payee = 'firm') = (employer_id IS NOT NULL)", name="payee"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_id: Mapped[str] = mapped_column(ForeignKey("voucher.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    occupation: Mapped[str] = mapped_column(String(16))
    level: Mapped[int | None]
    zone: Mapped[str] = mapped_column(String(24), default="")
    price: Mapped[Cents]
    cents: Mapped[Cents]
    source: Mapped[str] = mapped_column(String(80))
    payee: Mapped[str] = mapped_column(String(16), default="institution", server_default="institution")
    employer_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    redeemed_on: Mapped[date]
    redeemed_at: Mapped[UtcTime]
    life_left: Mapped[int]
    proof: Mapped[str] = mapped_column(String(120), default="")
    earned_at: Mapped[UtcTime | None]
    attended: Mapped[int | None]
    planned: Mapped[int | None]
    paid: Mapped[Cents | None]
    settled_at: Mapped[UtcTime | None]
    clawed_back: Mapped[Cents] = mapped_column(default=0, server_default="0")
    released_at: Mapped[UtcTime | None]
    release_reason: Mapped[Words] = mapped_column(default="")


class RedemptionTrace(Base):
    """From where a holder used a voucher, as keyed digests that lead back to nothing; forgotten after some months.

    network  of the address; device: of address, browser and its languages. Kept only if the holder did it alone.
    """

    __tablename__ = "redemption_trace"
    redemption_id: Mapped[str] = mapped_column(String(26), ForeignKey("redemption.id"), primary_key=True)
    network: Mapped[str] = mapped_column(String(64), index=True)
    device: Mapped[str] = mapped_column(String(64), index=True)


class Hold(Base):
    """The money of a use is frozen: nothing is paid while one stands. `source` says by what: "dispute:<id>", "case:<id>"."""

    __tablename__ = "redemption_hold"
    __table_args__ = (
        Index("uq_redemption_hold_live", "redemption_id", "source", unique=True,
              sqlite_where=text("lifted_at IS NULL"), postgresql_where=text("lifted_at IS NULL")),
        CheckConstraint("(state = 'lifted') = (lifted_at IS NOT NULL)", name="lifted"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    redemption_id: Mapped[str] = mapped_column(ForeignKey("redemption.id"), index=True)
    source: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(16))
    placed_at: Mapped[UtcTime]
    lifted_at: Mapped[UtcTime | None]


class Dispute(Base):
    """A person says that a use of the own voucher was not theirs. One step, no reason asked; `due` by working days."""

    __tablename__ = "voucher_dispute"
    __table_args__ = (
        Index("uq_voucher_dispute_open", "redemption_id", unique=True,
              sqlite_where=text("state = 'opened'"), postgresql_where=text("state = 'opened'")),
        CheckConstraint("(state = 'opened') = (closed_at IS NULL)", name="closed"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    redemption_id: Mapped[str] = mapped_column(ForeignKey("redemption.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    opened_at: Mapped[UtcTime]
    due: Mapped[date]
    closed_at: Mapped[UtcTime | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    reason: Mapped[Words] = mapped_column(default="")


class VoucherCode(Base):
    """A code under which a voucher is presented at a counter: on a screen, ever new, or on a slip of paper. One use.

    The code itself is stored nowhere: it is made from `kid`, this row and the time. `handle` is its first half and finds
    the row.

    done_by, done_as  the account that had it shown or printed, and whose hand that was (`rules.codes.Hand`)
    reason            why a slip was printed; empty for a screen
    presented_*       the clerk and the class at which it was read last: that clerk alone may confirm, for that class
    """

    __tablename__ = "voucher_code"
    __table_args__ = (
        Index("uq_voucher_code_open", "voucher_id", "kind", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(state = 'used') = (redemption_id IS NOT NULL)", name="used"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_id: Mapped[str] = mapped_column(ForeignKey("voucher.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    handle: Mapped[str] = mapped_column(String(8), index=True)
    kid: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16))
    shown_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    done_by: Mapped[str] = mapped_column(String(26))
    done_as: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(16), default="")
    presented_by: Mapped[str | None] = mapped_column(String(26))
    presented_for: Mapped[str | None] = mapped_column(String(26))
    presented_at: Mapped[UtcTime | None]
    closed_at: Mapped[UtcTime | None]
    close_reason: Mapped[str] = mapped_column(String(16), default="")
    redemption_id: Mapped[str | None] = mapped_column(ForeignKey("redemption.id"))


class ScanLock(Base):
    """An institution's scanning is locked: too many codes missed. It runs out by itself or is lifted by the authority."""

    __tablename__ = "scan_lock"
    __table_args__ = (CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    misses: Mapped[int]
    account_id: Mapped[str] = mapped_column(String(26))
    locked_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    lifted_at: Mapped[UtcTime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(26))
    reason: Mapped[Words] = mapped_column(default="")


class LedgerEntry(Base):
    """One event in the life of a voucher and the money it moved, in 分. Written once, never changed.

    number  1, 2, 3 … within the voucher
    """

    __tablename__ = "voucher_entry"
    __table_args__ = (UniqueConstraint("voucher_id", "number"), CheckConstraint("cents >= 0", name="cents"))
    id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_id: Mapped[str] = mapped_column(ForeignKey("voucher.id"), index=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    redemption_id: Mapped[str | None] = mapped_column(ForeignKey("redemption.id"))
    number: Mapped[int]
    event: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(16))
    cents: Mapped[Cents]
    at: Mapped[UtcTime]


class EntryHand(Base):
    """Whose hand made an entry of the ledger, if it was not the holder's own: family 亲情代办, counter 窗口代办."""

    __tablename__ = "voucher_entry_hand"
    entry_id: Mapped[str] = mapped_column(String(26), ForeignKey("voucher_entry.id"), primary_key=True)
    hand: Mapped[str] = mapped_column(String(12))
    done_by: Mapped[str] = mapped_column(String(26))


class VoucherVerdict(Base):
    """A verdict that something was built on, with all that it was decided on, so that it can be decided again."""

    __tablename__ = "voucher_verdict"
    id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_id: Mapped[str] = mapped_column(ForeignKey("voucher.id"), index=True)
    redemption_id: Mapped[str | None] = mapped_column(ForeignKey("redemption.id"))
    moment: Mapped[str] = mapped_column(String(16))
    yes: Mapped[bool]
    question: Mapped[dict[str, Any]] = mapped_column(JSON())
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    at: Mapped[UtcTime]


from skills.vouchers.models.doubts import PaymentDoubt as PaymentDoubt  # noqa: E402 - a table of its own file
from skills.vouchers.models.refusals import VoucherRefusal as VoucherRefusal  # noqa: E402
from skills.vouchers.models.waiting import Carry as Carry  # noqa: E402
from skills.vouchers.models.waiting import Waiter as Waiter  # noqa: E402
