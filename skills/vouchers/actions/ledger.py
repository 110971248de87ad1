"""Writing the ledger: every event once, numbered within its voucher, with the money it moved."""

from __future__ import annotations

from sqlalchemy import func, select, update

from skills.kernel.acts import Act
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal
from skills.kernel.findings import Verdict
from skills.vouchers.actions.hands import hand_of
from skills.vouchers.models import Batch, EntryHand, LedgerEntry, Voucher, VoucherVerdict
from skills.vouchers.rules import Question, room_for
from skills.vouchers.states import POSTINGS, BatchState, Event, Purse


def book(
    act: Act, voucher: Voucher, event: Event, cents: int, *, redemption_id: str | None = None,
    source: Purse | None = None, hand: str = "",
) -> None:
    """Write an event of a voucher. What leaves the budget, or comes back to it, is booked on the batch too.

    hand  by whose hand, if the act itself does not say it (`hands.hand_of`)
    """
    posting = POSTINGS[event]
    start = source or posting.source
    last = act.db.scalar(select(func.max(LedgerEntry.number)).where(LedgerEntry.voucher_id == voucher.id)) or 0
    entry = act.add(
        LedgerEntry(
            id=act.new_id(), voucher_id=voucher.id, batch_id=voucher.batch_id, redemption_id=redemption_id,
            number=last + 1, event=event, source=start, target=posting.target, cents=cents, at=act.at,
        )
    )  # fmt: skip
    if whose := hand or hand_of(act):
        act.add(EntryHand(entry_id=entry.id, hand=whose, done_by=act.actor.account))
    act.note(f"ledger.{event}", id=voucher.id, cents=cents)
    if posting.target is Purse.BUDGET and cents:
        act.db.execute(
            update(Batch)
            .where(Batch.id == voucher.batch_id)
            .values(committed=Batch.committed - cents)
            .execution_options(synchronize_session=False)
        )


def take_from_budget(act: Act, batch: Batch) -> None:
    """Bind the money of one more voucher; the database decides when two want the last.

    Raises Refusal("voucher_batch.count_reached" | "voucher_batch.money_reached").
    """
    room = (
        Batch.state == BatchState.OPEN,
        Batch.issued < Batch.count_ceiling,
        Batch.committed + Batch.face <= Batch.money_ceiling,
    )
    if not act.alter(batch, *room, issued=Batch.issued + 1, committed=Batch.committed + Batch.face):
        act.db.refresh(batch)
        room_for(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face).or_refuse()
        raise Refusal("voucher_batch.changed_meanwhile")


def keep(act: Act, voucher: Voucher, question: Question, verdict: Verdict, redemption_id: str | None = None) -> None:
    """Keep the verdict that an act was built on, with all it was decided on."""
    act.add(
        VoucherVerdict(
            id=act.new_id(), voucher_id=voucher.id, redemption_id=redemption_id, moment=question.moment,
            yes=verdict.yes, question=plain(question), findings=plain(verdict.findings), at=act.at,
        )
    )  # fmt: skip
