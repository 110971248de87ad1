"""政策找人: find who is entitled to a voucher and has not claimed it, and tell each of them once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.kernel.findings import Verdict
from skills.kernel.jobs import Job, JobState
from skills.messages.actions import send
from skills.people import queries as people
from skills.vouchers import rules
from skills.vouchers.actions.batches import own_district
from skills.vouchers.actions.refusing import keep_no
from skills.vouchers.models import Batch, Reach, Voucher
from skills.vouchers.queries.people import holders, limits, room_of, terms_of
from skills.vouchers.rules import Moment, Question, ScopeForm
from skills.vouchers.states import REACH, BatchState, ReachState, VoucherState

FIND_IN_ONE_ACT = 200
TELL_IN_ONE_ACT = 50


@dataclass(frozen=True)
class ReachOrdered:
    """The job that finds or tells, and how many people it will come by."""

    job_id: str
    people: int


@dataclass(frozen=True)
class Walked:
    """How many people one act came by, and how many of them were entitled; `last` is None at the end of the walk."""

    people: int
    entitled: int
    last: str | None


@action("reach.find", may="batch.issue")
def find(act: Act, batch_id: str) -> ReachOrdered:
    """Order a walk through the whole register: who may claim a voucher of this batch today and has not.

    Raises Missing("voucher_batch.unknown"), Refusal("voucher_batch.not_open", "voucher_reach.under_way").
    """
    batch = _reachable(act, batch_id)
    batch.reach_job = act.later("vouchers.find", batch_id=batch.id)
    count = people.how_many(act.db)
    act.note("voucher_reach.find", id=batch.id, people=count)
    return ReachOrdered(batch.reach_job, count)


@action("reach.tell", may="batch.issue")
def tell(act: Act, batch_id: str) -> ReachOrdered:
    """Order a notice to everybody who was found and not told yet.

    Raises Missing("voucher_batch.unknown"), Refusal("voucher_batch.not_open", "voucher_reach.under_way",
    "voucher_reach.nobody", "voucher_batch.count_reached" | "voucher_batch.money_reached"): nobody is sent to an empty till.
    """
    batch = _reachable(act, batch_id)
    waiting = act.db.scalar(
        select(func.count()).select_from(Reach).where(Reach.batch_id == batch.id, Reach.state == ReachState.FOUND)
    ) or 0  # fmt: skip
    if not waiting:
        raise Refusal("voucher_reach.nobody")
    if batch.scope_form == ScopeForm.GENERAL:
        room_of(batch).or_refuse()
    batch.reach_job = act.later("vouchers.tell", batch_id=batch.id)
    act.note("voucher_reach.tell", id=batch.id, people=waiting)
    return ReachOrdered(batch.reach_job, waiting)


def _reachable(act: Act, batch_id: str) -> Batch:
    wait_exclusive(act.db, f"voucher_reach:{batch_id}")  # of two who press at once one is told that it is under way
    batch = act.get(Batch, id=batch_id)
    own_district(act, "batch.issue", batch.district)
    if batch.state != BatchState.OPEN:
        raise Refusal("voucher_batch.not_open")
    running = act.find(Job, id=batch.reach_job) if batch.reach_job else None
    if running is not None and running.state in (JobState.WAITING, JobState.RUNNING):
        raise Refusal("voucher_reach.under_way")
    return batch


@action("reach.find_some", may="voucher.issue")
def find_some(act: Act, batch_id: str, after: str) -> Walked:
    """Look at the next two hundred people behind an id."""
    batch = act.get(Batch, id=batch_id)
    ids = people.walk(act.db, after, FIND_IN_ONE_ACT)
    asked, entitled = _asked(act, batch, ids)
    known = {r.person_id: r for r in _rows(act, batch.id, ids)}
    named = people.persons(act.db, entitled)
    act.db.add_all(
        Reach(
            id=act.new_id(), batch_id=batch.id, person_id=p, district=named[p].district, state=ReachState.FOUND,
            found_at=act.at,
        )
        for p in ids if p in entitled and p not in known
    )  # fmt: skip
    act.db.flush()
    for person_id, row in sorted(known.items()):  # in one order, whoever else keeps a no
        if row.state == ReachState.DROPPED and person_id in entitled:
            act.move(row, REACH, "find", found_at=act.at, district=named[person_id].district)
        elif row.state == ReachState.FOUND and person_id not in entitled:
            _drop(act, row, asked)
    act.note("voucher_reach.found", id=batch.id, seen=len(ids), entitled=len(entitled))
    return Walked(len(ids), len(entitled), ids[-1] if len(ids) == FIND_IN_ONE_ACT else None)


@action("reach.tell_some", may="voucher.issue")
def tell_some(act: Act, batch_id: str, after: str) -> Walked:
    """Tell the next fifty who were found, behind an id; who is no longer entitled is dropped and hears nothing.

    Why somebody is not stays on record, as any other no.
    """
    batch = act.get(Batch, id=batch_id)
    if batch.scope_form == ScopeForm.GENERAL and not room_of(batch):
        return Walked(0, 0, None)  # the rest stays on the list until there is money again
    rows = act.db.scalars(
        select(Reach)
        .where(Reach.batch_id == batch.id, Reach.state == ReachState.FOUND, Reach.person_id > after)
        .order_by(Reach.person_id)
        .limit(TELL_IN_ONE_ACT)
    ).all()
    ids = [row.person_id for row in rows]
    asked, entitled = _asked(act, batch, ids)
    for row in rows:
        if row.person_id not in entitled:
            _drop(act, row, asked)
            continue
        send(act, code="voucher.told_entitled", person_id=row.person_id, batch=batch.id, title=batch.title,
             until=batch.claim_until)  # fmt: skip
        act.move(row, REACH, "notice", noticed_at=act.at)
    return Walked(len(rows), len(entitled), ids[-1] if len(rows) == TELL_IN_ONE_ACT else None)


def _rows(act: Act, batch_id: str, ids: Sequence[str]) -> Iterable[Reach]:
    return act.db.scalars(select(Reach).where(Reach.batch_id == batch_id, Reach.person_id.in_(ids)))


def _drop(act: Act, row: Reach, asked: Mapping[str, tuple[Question, Verdict]]) -> None:
    """Take somebody off the list; if a condition is missed, and not because the voucher was claimed, the no is kept."""
    if row.person_id in asked:
        keep_no(act, *asked[row.person_id])
    act.move(row, REACH, "drop")


def _asked(act: Act, batch: Batch, ids: Sequence[str]) -> tuple[dict[str, tuple[Question, Verdict]], frozenset[str]]:
    """What is asked and said of those of these who have not claimed of the batch, and who of them may today; in order of ids."""
    state = dict(
        act.db.execute(
            select(Voucher.person_id, Voucher.state).where(
                Voucher.batch_id == batch.id, Voucher.person_id.in_(ids), Voucher.voided_at.is_(None)
            )
        ).all()
    )
    named = {None, VoucherState.ISSUED} if batch.scope_form == ScopeForm.GENERAL else {VoucherState.ISSUED}
    policy, terms, is_open = limits(act.db, act.today), terms_of(batch), batch.state == BatchState.OPEN
    asked: dict[str, tuple[Question, Verdict]] = {}
    for person_id, held in sorted(holders(act.db, ids, act.today).items()):
        if state.get(person_id) in named:
            question = Question(Moment.CLAIM, act.today, is_open, terms, held, policy)
            asked[person_id] = (question, rules.decide(question))
    return asked, frozenset(person_id for person_id, (_, verdict) in asked.items() if verdict)
