"""转入下一批次: whoever waits for one batch goes on in another, in the same place, by two people of the bureau."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select, update

from skills.kernel.acts import Act, action
from skills.kernel.db import Base, among
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send_many
from skills.people.queries import erased, here
from skills.vouchers.actions.batches import own_batch
from skills.vouchers.actions.ending import Told
from skills.vouchers.actions.ledger import come_free
from skills.vouchers.actions.waiting import held_batch, lock_list
from skills.vouchers.models import Batch, BatchLine, Carry, Waiter
from skills.vouchers.queries.carries import how_many_go_on, side, who_goes_on
from skills.vouchers.rules.carrying import may_carry
from skills.vouchers.states import CARRY, LINE, WAITER, CarryState, LineState, WaiterState

PROPOSE, DECIDE = "batch.issue", "batch.approve"
TELL_IN_ONE_ACT = 200


@dataclass(frozen=True)
class CarryMade:
    """That a list is to go on, and its state. `people` went on; None until it is approved."""

    carry_id: str
    batch_id: str
    state: str
    people: int | None = None


@action("carry.propose", may=PROPOSE)
def propose(act: Act, batch_id: str, to_batch_id: str, reason: str) -> CarryMade:
    """Propose that everybody who waits for one batch, or waited when it ended, goes on in another.

    Raises Missing("voucher_batch.unknown"), Refusal("voucher_carry.not_right") with every point,
    Refusal("voucher_carry.under_way") while another proposal for the batch waits.
    """
    batch, target = own_batch(act, batch_id, PROPOSE), own_batch(act, to_batch_id, PROPOSE)
    _may(act, batch, target, reason)
    if act.find(Carry, batch_id=batch.id, state=CarryState.PROPOSED) is not None:
        raise Refusal("voucher_carry.under_way")
    row = act.add(
        Carry(
            id=act.new_id(), batch_id=batch.id, to_batch_id=target.id, reason=reason.strip()[:400], state=CarryState.PROPOSED,
            proposed_by=act.actor.account, proposed_at=act.at,
        )
    )  # fmt: skip
    act.note("carry.propose", id=row.id, batch=batch.id, to=target.id)
    return CarryMade(row.id, batch.id, row.state)


@action("carry.approve", may=DECIDE)
def approve(act: Act, carry_id: str) -> CarryMade:
    """Approve it as a second person: everybody goes on at once, in one order with those who wait there, and is told.

    Nobody is judged here: each is when the turn comes, under the terms of the new batch. Raises
    Missing("voucher_carry.unknown"), Refusal("voucher_carry.own_work"), Refusal("voucher_carry.not_right") if one of the
    batches has changed meanwhile.
    """
    row, _ = _theirs(act, carry_id, DECIDE)
    for each in sorted((row.batch_id, row.to_batch_id)):
        lock_list(act, each)
    held = {each: held_batch(act, each) for each in sorted((row.batch_id, row.to_batch_id))}
    act.db.refresh(row)  # while the batches were waited for, somebody else may have decided
    CARRY.check(row.state, "approve")
    if row.proposed_by == act.actor.account:
        raise Refusal("voucher_carry.own_work")
    batch, target = held[row.batch_id], held[row.to_batch_id]
    _may(act, batch, target, row.reason)
    waiters, lines = who_goes_on(act.db, batch, target.id)
    people = how_many_go_on(waiters, lines)
    act.move(row, CARRY, "approve", people=people, decided_by=act.actor.account, decided_at=act.at)
    _line_up(act, row, waiters)
    _list(act, row, lines)
    come_free(act, target.id)
    act.later("vouchers.tell_carried", carry_id=row.id)
    return CarryMade(row.id, batch.id, row.state, people)


@action("carry.refuse", may=DECIDE)
def refuse(act: Act, carry_id: str, decision: str) -> CarryMade:
    """Do not approve it, and say why. Raises Refusal("voucher_carry.own_work" | "voucher_carry.decision_needed")."""
    row, batch = _theirs(act, carry_id, DECIDE)
    CARRY.check(row.state, "refuse")
    if row.proposed_by == act.actor.account:
        raise Refusal("voucher_carry.own_work")
    if not decision.strip():
        raise Refusal("voucher_carry.decision_needed")
    act.move(row, CARRY, "refuse", decided_by=act.actor.account, decided_at=act.at, decision=decision.strip()[:400])
    return CarryMade(row.id, batch.id, row.state)


@action("carry.withdraw", may=PROPOSE)
def withdraw(act: Act, carry_id: str) -> CarryMade:
    """Take one's own proposal back. Raises Refusal("voucher_carry.not_own")."""
    row, batch = _theirs(act, carry_id, PROPOSE)
    CARRY.check(row.state, "withdraw")
    if row.proposed_by != act.actor.account:
        raise Refusal("voucher_carry.not_own")
    act.move(row, CARRY, "withdraw", decided_by=act.actor.account, decided_at=act.at)
    return CarryMade(row.id, batch.id, row.state)


@action("carry.tell", may="system.jobs")
def tell(act: Act, carry_id: str, after: str) -> Told:
    """Tell the next two hundred who went on, behind an id, for which batch they wait now, or on whose list they stand."""
    row = act.get(Carry, id=carry_id)
    target = act.get(Batch, id=row.to_batch_id)
    waits = select(Waiter.id, Waiter.person_id, literal(value=False).label("by_line")).where(Waiter.carry_id == carry_id)
    lines = select(BatchLine.id, BatchLine.person_id, literal(value=True)).where(
        BatchLine.batch_id == row.batch_id, BatchLine.state == LineState.CARRIED, BatchLine.decided_at == row.decided_at,
        BatchLine.person_id.not_in(select(Waiter.person_id).where(Waiter.carry_id == carry_id)), here(BatchLine.person_id),
    )
    went = waits.union_all(lines).subquery()
    came = act.db.execute(select(went).where(went.c.id > after).order_by(went.c.id).limit(TELL_IN_ONE_ACT)).all()
    before, gone = act.get(Batch, id=row.batch_id).title, erased(act.db)
    for by_line, code in ((False, "voucher.told_carried"), (True, "voucher.told_carried_listed")):
        people = [p for _, p, kind in came if bool(kind) == by_line and p not in gone]
        if people:
            send_many(act, code=code, person_ids=people, before=before, title=target.title, batch=target.id)
    act.note("voucher_carry.told", id=carry_id, people=len(came))
    return Told(len(came), came[-1].id if len(came) == TELL_IN_ONE_ACT else None)


def _may(act: Act, batch: Batch, target: Batch, reason: str) -> None:
    waiters, lines = who_goes_on(act.db, batch, target.id)
    may_carry(side(batch), side(target), how_many_go_on(waiters, lines), reason, act.today).or_refuse()


def _line_up(act: Act, row: Carry, waiters: Sequence[Waiter]) -> None:
    """End the old entries and put new ones into the other line, each in its place and with the day on which it was joined.

    Whoever had two, of records that were joined, has one there: the earlier.
    """
    first: dict[str, Waiter] = {}
    for w in waiters:
        first.setdefault(w.person_id, w)
    for state in (WaiterState.WAITING, WaiterState.ENDED):
        ids = [w.id for w in waiters if w.state == state]
        ended = {} if state == WaiterState.ENDED else {"ended_at": act.at}
        _set(act, Waiter, ids, state=WAITER.check(state, "carry").target, **ended)
    act.add_many(Waiter, [
        {"id": act.new_id(), "batch_id": row.to_batch_id, "person_id": w.person_id, "place": w.place,
         "state": WaiterState.WAITING, "joined_at": w.joined_at, "offered_at": None, "offered_until": None,
         "ended_at": None, "carry_id": row.id}
        for w in first.values()
    ])  # fmt: skip
    act.note("voucher_waiter.carry", id=row.batch_id, to=row.to_batch_id, people=len(first))


def _list(act: Act, row: Carry, lines: Sequence[BatchLine]) -> None:
    """Put whoever stands on the old batch's list on the new one's, in their order, behind those who stand there.

    Whoever stood there before, and went on from there or lost the voucher again, stands there anew in the old place.
    """
    for state in (LineState.WAITING, LineState.REFUSED):
        _set(act, BatchLine, [n.id for n in lines if n.state == state], state=LINE.check(state, "carry").target, decided_at=act.at)
    to = row.to_batch_id
    there = {n.person_id: n for n in act.db.scalars(select(BatchLine).where(BatchLine.batch_id == to))}
    back = [there[p] for p in {n.person_id for n in lines} if p in there]
    for state in (LineState.CARRIED, LineState.ISSUED):
        ids = [n.id for n in back if n.state == state]
        _set(act, BatchLine, ids, state=LINE.check(state, "relist").target, decided_at=None, code="", findings=[])
    fresh = list(dict.fromkeys(n.person_id for n in lines if n.person_id not in there))
    last = act.db.scalar(select(func.max(BatchLine.position)).where(BatchLine.batch_id == to)) or 0
    act.add_many(BatchLine, [
        {"id": act.new_id(), "batch_id": to, "position": last + n, "person_id": p, "state": LineState.WAITING, "code": "",
         "findings": [], "listed_at": act.at, "decided_at": None}
        for n, p in enumerate(fresh, 1)
    ])  # fmt: skip
    if lines:
        again = sum(n.state in (LineState.CARRIED, LineState.ISSUED) for n in back)
        act.note("voucher_line.carry", id=row.batch_id, to=to, lines=len(lines), fresh=len(fresh), again=again)


def _set(act: Act, table: type[Base], ids: Sequence[str], **values: object) -> None:
    if ids:
        model: type[Waiter] | type[BatchLine] = table  # type: ignore[assignment]
        act.db.execute(
            update(model).where(among(act.db, model.id, ids)).values(**values).execution_options(synchronize_session=False)
        )


def _theirs(act: Act, carry_id: str, right: str) -> tuple[Carry, Batch]:
    row = act.find(Carry, id=carry_id)
    if row is None:
        raise Missing("voucher_carry.unknown")
    try:
        own_batch(act, row.to_batch_id, right)
        return row, own_batch(act, row.batch_id, right)
    except Missing:
        raise Missing("voucher_carry.unknown") from None
