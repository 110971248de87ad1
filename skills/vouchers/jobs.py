"""Issuing, finding and telling in the background: each step under its own key, so that a new worker goes on where one died."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from skills.kernel.actors import SYSTEM, Actor
from skills.kernel.acts import Action
from skills.kernel.errors import Refusal, Unavailable
from skills.kernel.jobs import Bench, Job, job
from skills.people import queries as people
from skills.vouchers.actions import carrying
from skills.vouchers.actions.ending import tell_ended
from skills.vouchers.actions.issuing import issue_chunk
from skills.vouchers.actions.nudging import nudge_some, plan_nudges
from skills.vouchers.actions.reaching import Walked, find_some, tell_some
from skills.vouchers.actions.waiting import lapse_some, move_on, skip
from skills.vouchers.models import BatchLine, Reach, Waiter
from skills.vouchers.states import IN_LINE, TO_ISSUE, ReachState


@job("vouchers.issue")
def issue(bench: Bench, batch_id: str) -> None:
    """Walk the list to its end. A step that was done before answers as it did then and is not done again.

    A worker that takes the work over shows the progress of the one that died, not a fresh one.
    """
    office, actor = bench.office, _for_whom(bench)
    open_lines = select(func.count()).select_from(BatchLine).where(
        BatchLine.batch_id == batch_id, BatchLine.state.in_(TO_ISSUE)
    )  # fmt: skip
    told = office.ask(lambda db: db.get_one(Job, bench.job))
    total = told.total or office.ask(lambda db: db.scalar(open_lines)) or 0
    bench.progress(told.done, total)
    done, after = 0, 0
    while True:
        chunk = office.perform(issue_chunk, actor=actor, key=bench.key(after), batch_id=batch_id, after=after)
        done += chunk.issued + chunk.refused
        bench.progress(max(done, told.done), max(total, done))
        if chunk.last is None:
            return
        after = chunk.last


@job("vouchers.find")
def find(bench: Bench, batch_id: str) -> None:
    """Walk the register to its end."""
    _walk(bench, find_some, batch_id, bench.office.ask(people.how_many))


@job("vouchers.tell")
def tell(bench: Bench, batch_id: str) -> None:
    """Tell everybody who was found."""
    waiting = select(func.count()).select_from(Reach).where(Reach.batch_id == batch_id, Reach.state == ReachState.FOUND)
    _walk(bench, tell_some, batch_id, bench.office.ask(lambda db: db.scalar(waiting)) or 0)


@job("vouchers.nudge", every=timedelta(days=1))
def nudge(bench: Bench) -> None:
    """Remind whoever holds a voucher near its last day. A worker that takes over goes by the plan of the one that died."""
    plan = bench.office.perform(plan_nudges, actor=SYSTEM, key=bench.key("plan"))
    for part in plan.batches:
        after: str | None = ""
        while after is not None:
            key = bench.key(f"{part.batch_id}:{after}")
            after = bench.office.perform(
                nudge_some, actor=SYSTEM, key=key, batch_id=part.batch_id, days=part.days, after=after
            ).last


@job("vouchers.lapse", every=timedelta(days=1))
def lapse(bench: Bench) -> None:
    """Book what lapsed: its money goes back to the budget, and to whoever waits for it."""
    after: str | None = ""
    while after is not None:
        after = bench.office.perform(lapse_some, actor=SYSTEM, key=bench.key(after), after=after).last


@job("vouchers.move_on")
def move_on_one(bench: Bench, batch_id: str) -> None:
    """Offer what is free to the first in order."""
    _move_to_the_end(bench, batch_id)


@job("vouchers.tell_ended")
def tell_ended_all(bench: Bench, batch_id: str) -> None:
    """Tell everybody whose waiting ended with their batch."""
    after: str | None = ""
    while after is not None:
        after = bench.office.perform(tell_ended, actor=SYSTEM, key=bench.key(after), batch_id=batch_id, after=after).last


@job("vouchers.tell_carried")
def tell_carried(bench: Bench, carry_id: str) -> None:
    """Tell everybody who went on in another batch."""
    after: str | None = ""
    while after is not None:
        after = bench.office.perform(carrying.tell, actor=SYSTEM, key=bench.key(after), carry_id=carry_id, after=after).last


@job("vouchers.waiting", every=timedelta(hours=1))
def waiting(bench: Bench) -> None:
    """End offers whose days are over, and the waiting for what has ended, in every batch that somebody waits for.

    A batch that refuses is noted and passed over: the batches behind it go on.
    """
    chosen = select(Waiter.batch_id).where(Waiter.state.in_(IN_LINE)).distinct().order_by(Waiter.batch_id)
    for batch_id in bench.office.ask(lambda db: db.scalars(chosen).all()):
        try:
            _move_to_the_end(bench, batch_id)
        except Unavailable:
            raise
        except Refusal as no:
            bench.office.perform(skip, actor=SYSTEM, key=bench.key(f"{batch_id}:skip"), batch_id=batch_id, code=no.code)


def _move_to_the_end(bench: Bench, batch_id: str) -> None:
    part, more = 0, True
    while more:
        key = bench.key(f"{batch_id}:{part}")
        more = bench.office.perform(move_on, actor=SYSTEM, key=key, batch_id=batch_id).more
        part += 1


def _walk(bench: Bench, step: Action[[str, str], Walked], batch_id: str, total: int) -> None:
    actor, done, after = _for_whom(bench), 0, ""
    while True:
        part = bench.office.perform(step, actor=actor, key=bench.key(after), batch_id=batch_id, after=after)
        done += part.people
        bench.progress(done, max(total, done))
        if part.last is None:
            return
        after = part.last


def _for_whom(bench: Bench) -> Actor:
    return replace(SYSTEM, on_behalf_of=bench.office.ask(lambda db: db.get_one(Job, bench.job).ordered_by))
