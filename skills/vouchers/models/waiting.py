"""Waiting lists, and how one goes on in another batch."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime, Words

_IN_LINE = text("state IN ('waiting', 'offered')")
_PROPOSED = text("state = 'proposed'")


class Waiter(Base):
    """Somebody who waits for a voucher of a batch that is used up: of their own will, or put there by the batch's list.

    place          grows with every joining, in whichever batch, so that a list may go on to another one in its order
    offered_until  the last day on which a voucher is kept for them, once it is their turn
    carry_id       by which act of the bureau they came from another batch's list; None: they joined, or were listed, here
    """

    __tablename__ = "voucher_waiter"
    __table_args__ = (
        Index("uq_voucher_waiter_live", "batch_id", "person_id", unique=True,
              sqlite_where=_IN_LINE, postgresql_where=_IN_LINE),
        CheckConstraint("state NOT IN ('offered', 'missed') OR offered_until IS NOT NULL", name="offered"),
        CheckConstraint("(state IN ('waiting', 'offered')) = (ended_at IS NULL)", name="ended"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    place: Mapped[int] = mapped_column(BigInteger(), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    joined_at: Mapped[UtcTime]
    offered_at: Mapped[UtcTime | None]
    offered_until: Mapped[date | None]
    ended_at: Mapped[UtcTime | None]
    carry_id: Mapped[str | None] = mapped_column(ForeignKey("voucher_carry.id"), index=True)


class Carry(Base):
    """转入下一批次: who waits for one batch, and its list without a decision, go on in another: proposed by one, approved by another.

    people  how many went on; None until it is approved
    """

    __tablename__ = "voucher_carry"
    __table_args__ = (
        CheckConstraint("batch_id <> to_batch_id", name="two_batches"),
        CheckConstraint("decided_by IS NULL OR state = 'withdrawn' OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'approved') = (people IS NOT NULL)", name="people"),
        Index("uq_voucher_carry_proposed", "batch_id", unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    to_batch_id: Mapped[str] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    people: Mapped[int | None]
    reason: Mapped[Words]
    state: Mapped[str] = mapped_column(String(12), index=True)
    proposed_by: Mapped[Id]
    proposed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    decision: Mapped[Words] = mapped_column(default="")
