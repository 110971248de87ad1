"""Writing the ledger: every event once, numbered within its voucher, with the money it moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from operator import attrgetter

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from skills.kernel import store
from skills.kernel.acts import Act
from skills.kernel.canon import Written, canon, plain, written_all
from skills.kernel.errors import Refusal
from skills.kernel.findings import Verdict
from skills.vouchers.actions.hands import hand_of
from skills.vouchers.models import Batch, EntryHand, LedgerEntry, Voucher, VoucherVerdict, Waiter
from skills.vouchers.queries.people import room_of
from skills.vouchers.rules import Holder, Question, places
from skills.vouchers.states import IN_LINE, POSTINGS, VOUCHER, BatchState, Event, Purse, VoucherState, WaiterState


@dataclass(frozen=True)
class Given:
    """Somebody who is given a voucher: where they live, what was asked and what was said."""

    district: str
    question: Question
    verdict: Verdict


_LAST_NUMBER = select(func.max(LedgerEntry.number)).where(LedgerEntry.voucher_id == bindparam("voucher_id"))


def book(
    act: Act, voucher: Voucher, event: Event, cents: int, *, redemption_id: str | None = None,
    source: Purse | None = None, hand: str = "",
) -> None:
    """Write an event of a voucher. What leaves the budget, or comes back to it, is booked on the batch too.

    hand  by whose hand, if the act itself does not say it (`hands.hand_of`)
    """
    posting = POSTINGS[event]
    start = source or posting.source
    last = store.read(act.db, _LAST_NUMBER, voucher_id=voucher.id)[0][0] or 0
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
        come_free(act, voucher.batch_id)


def book_lapse(act: Act, voucher: Voucher) -> None:
    """Book that an unused voucher's last day is over: its money is the budget's again."""
    purse = purse_of_unused(voucher)
    act.move(voucher, VOUCHER, "lapse")
    book(act, voucher, Event.LAPSE, voucher.face, source=purse)


def purse_of_unused(voucher: Voucher) -> Purse:
    """Where the money of a voucher stands that nobody has used: claimed or not."""
    return Purse.ISSUED if voucher.state == VoucherState.ISSUED else Purse.CLAIMED


def come_free(act: Act, batch_id: str) -> None:
    """Something of a batch is free again: if anybody waits, their turn is looked at soon, once for the whole act."""
    if {"event": "voucher_waiter.free", "id": batch_id} in act.notes:
        return
    if act.db.scalar(select(Waiter.id).where(Waiter.batch_id == batch_id, Waiter.state.in_(IN_LINE)).limit(1)):
        act.note("voucher_waiter.free", id=batch_id)
        act.later("vouchers.move_on", batch_id=batch_id)


def kept(db: Session, batch_id: str) -> int:
    """How many vouchers of a batch are kept for people who waited and whose turn it is."""
    chosen = select(func.count()).select_from(Waiter).where(Waiter.batch_id == batch_id, Waiter.state == WaiterState.OFFERED)
    return db.scalar(chosen) or 0


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
        room_of(batch).or_refuse()
        raise Refusal("voucher_batch.changed_meanwhile")


def take_many(act: Act, batch: Batch, wanted: int) -> int:
    """Bind the money of up to so many more vouchers at once; how many there was room for under both ceilings.

    What is kept for people who waited is not touched.
    """
    act.db.refresh(batch, with_for_update=True)
    room = places(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face)
    room = max(0, room - kept(act.db, batch.id))
    count = min(wanted, room) if batch.state == BatchState.OPEN else 0
    fits = (Batch.issued + count <= Batch.count_ceiling, Batch.committed + count * Batch.face <= Batch.money_ceiling)
    if count and not act.alter(
        batch, *fits, issued=Batch.issued + count, committed=Batch.committed + count * Batch.face
    ):
        raise Refusal("voucher_batch.changed_meanwhile")
    return count


def give(act: Act, batch: Batch, people: Sequence[Given]) -> None:
    """Put vouchers for many people into the world by three statements: the rows, their ledger, their verdicts.

    The money must have been bound before.
    """
    # Sorted by id, so that every index grows at its end.
    made = sorted(zip(act.new_ids(len(people)), people, strict=True), key=lambda pair: pair[0])
    act.add_many(Voucher, [
        {"id": voucher_id, "batch_id": batch.id, "person_id": p.question.holder.person_id, "district": p.district,
         "face": batch.face, "state": VoucherState.ISSUED, "issued_at": act.at, "claimed_at": None,
         "valid_until": batch.claim_until, "voided_at": None, "void_reason": ""}
        for voucher_id, p in made
    ])  # fmt: skip
    posting = POSTINGS[Event.ISSUE]
    act.add_many(LedgerEntry, [
        {"id": entry_id, "voucher_id": voucher_id, "batch_id": batch.id, "redemption_id": None, "number": 1,
         "event": Event.ISSUE, "source": posting.source, "target": posting.target, "cents": batch.face, "at": act.at}
        for entry_id, (voucher_id, _) in zip(sorted(act.new_ids(len(made))), made, strict=True)
    ])  # fmt: skip
    kept = zip(frozen([p.question for _, p in made]), written_all(p.verdict.findings for _, p in made), strict=True)
    act.add_many(VoucherVerdict, [
        {"id": verdict_id, "voucher_id": voucher_id, "redemption_id": None, "moment": p.question.moment,
         "yes": p.verdict.yes, "question": question, "findings": findings, "at": act.at}
        for verdict_id, (question, findings), (voucher_id, p) in zip(sorted(act.new_ids(len(made))), kept, made, strict=True)
    ])  # fmt: skip
    for voucher_id, _ in made:
        act.note("ledger.issue", id=voucher_id, cents=batch.face)


def frozen(questions: Sequence[Question]) -> list[Written]:
    """Questions as they are kept; what they share (terms and policy are by far the most of it) is written once."""
    around: dict[tuple[int, ...], tuple[str, str]] = {}
    found = []
    for question in questions:
        same = tuple(map(id, _SHARED(question)))
        if same not in around:
            before, after = canon(replace(question, holder=_NOBODY)).split(canon(_NOBODY))
            around[same] = before, after
        before, after = around[same]
        found.append(Written(before + canon(question.holder) + after))
    return found


_SHARED = attrgetter(*(f.name for f in fields(Question) if f.name != "holder"))
_NOBODY = Holder("\x00", date.min)  # stands in no question


def keep(act: Act, voucher: Voucher, question: Question, verdict: Verdict, redemption_id: str | None = None) -> None:
    """Keep the verdict that an act was built on, with all it was decided on."""
    act.add(
        VoucherVerdict(
            id=act.new_id(), voucher_id=voucher.id, redemption_id=redemption_id, moment=question.moment,
            yes=verdict.yes, question=plain(question), findings=plain(verdict.findings), at=act.at,
        )
    )  # fmt: skip
