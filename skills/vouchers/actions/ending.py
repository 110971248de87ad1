"""What becomes of whoever waits for a batch that ends: the waiting ends with it, and each is told why and what else is open."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update

from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people.queries import erased
from skills.vouchers.models import Batch, Waiter
from skills.vouchers.queries.waiting import open_to
from skills.vouchers.states import IN_LINE, WAITER, WaiterState

TELL_IN_ONE_ACT = 50


@dataclass(frozen=True)
class Told:
    """People whom one act told; `last` is None at the end."""

    count: int
    last: str | None


def how_many_wait(act: Act, batch_id: str) -> int:
    """How many stand on a batch's waiting list, their turn come or not."""
    chosen = select(func.count()).select_from(Waiter).where(Waiter.batch_id == batch_id, Waiter.state.in_(IN_LINE))
    return act.db.scalar(chosen) or 0


def end_line(act: Act, batch: Batch) -> int:
    """End the waiting of everybody on a batch's list, by one statement, and order that they are told; how many.

    Inside the caller's act, which holds the batch's row: nobody joins meanwhile.
    """
    people = how_many_wait(act, batch.id)
    if people:
        target = {WAITER.check(state, "end").target for state in IN_LINE}.pop()
        act.db.execute(
            update(Waiter)
            .where(Waiter.batch_id == batch.id, Waiter.state.in_(IN_LINE))
            .values(state=target, ended_at=act.at)
            .execution_options(synchronize_session=False)
        )
        act.later("vouchers.tell_ended", batch_id=batch.id)
        act.note(f"{WAITER.name}.end", batch=batch.id, people=people)
    return people


@action("waiting.tell_ended", may="system.jobs")
def tell_ended(act: Act, batch_id: str, after: str) -> Told:
    """Tell the next fifty whose waiting ended with their batch, behind an id: why, and what else is open to each of them.

    Who went on in another batch meanwhile is told of that, and not here.
    """
    batch = act.get(Batch, id=batch_id)
    rows = act.db.scalars(
        select(Waiter)
        .where(Waiter.batch_id == batch_id, Waiter.state == WaiterState.ENDED, Waiter.id > after)
        .order_by(Waiter.id)
        .limit(TELL_IN_ONE_ACT)
    ).all()
    gone = erased(act.db)
    for row in rows:
        if row.person_id in gone:
            continue
        closed = batch.closed_at is not None and row.ended_at is not None and batch.closed_at <= row.ended_at
        code = "voucher.told_line_closed" if closed else "voucher.told_line_over"
        others = open_to(act.db, row.person_id, act.today)
        send(
            act, code=f"{code}_others" if others else code, person_id=row.person_id, title=batch.title,
            reason=batch.close_reason or "—", until=batch.claim_until, others=others, batch=batch.id,
        )  # fmt: skip
    act.note("voucher_waiter.told_ended", batch=batch_id, people=len(rows))
    return Told(len(rows), rows[-1].id if len(rows) == TELL_IN_ONE_ACT else None)
