"""The waiting list of a batch: nobody finds a door shut overnight, and what comes free goes in order.

Whoever joins, claims or is offered holds the batch's row first, so that the order is one on both databases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, tuple_

from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send, send_many
from skills.people import queries as people
from skills.standards.queries import value
from skills.vouchers import rules
from skills.vouchers.actions.ending import end_line
from skills.vouchers.actions.hands import tell_helped
from skills.vouchers.actions.ledger import Given, book_lapse, come_free, give, kept, take_many
from skills.vouchers.actions.redemptions import lock_person
from skills.vouchers.actions.refusing import keep_no, refusal
from skills.vouchers.models import Batch, BatchLine, Voucher, Waiter
from skills.vouchers.queries.people import holder, limits, terms_of
from skills.vouchers.rules import Moment, Question, ScopeForm
from skills.vouchers.states import IN_LINE, LINE, TO_ISSUE, UNUSED, WAITER, BatchState, WaiterState

OFFERS_IN_ONE_ACT = 50
LAPSES_IN_ONE_ACT = 50


@dataclass(frozen=True)
class InLine:
    """One's own entry on a waiting list, and how many stand before it."""

    waiter_id: str
    batch_id: str
    state: str
    ahead: int


@dataclass(frozen=True)
class Moved:
    """What one act did to a waiting list; `more` if it did not come to the end."""

    missed: int
    offered: int
    dropped: int
    more: bool
    issued: int = 0
    ended: int = 0


@dataclass(frozen=True)
class Lapsed:
    """Vouchers whose lapse one act booked; `last` is None at the end."""

    count: int
    last: str | None


@action("waiting.join", may="voucher.claim", by_helper=True)
def join(act: Act, batch_id: str) -> InLine:
    """Go onto the waiting list of a general batch that is used up.

    Raises Missing("voucher_batch.unknown"), Refusal("voucher_waiter.not_general", "voucher_waiter.already",
    "voucher_waiter.has_one", "voucher_waiter.room_left"), Refusal("voucher.not_eligible") with every condition.
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    done = stand_in_line(act, act.actor.person, batch_id)
    tell_helped(act, act.actor.person, "voucher_waiter.told_joined_for", batch=batch_id)
    return done


def stand_in_line(act: Act, person_id: str, batch_id: str) -> InLine:
    """Put a person onto a waiting list inside the caller's act, who answers for it that the person wants it. Refuses as `join`."""
    lock_person(act, person_id)
    batch = held_batch(act, batch_id)
    if batch.scope_form != ScopeForm.GENERAL:
        raise Refusal("voucher_waiter.not_general")
    if _live(act, batch_id, person_id) is not None:
        raise Refusal("voucher_waiter.already")
    if act.find(Voucher, batch_id=batch_id, person_id=person_id, voided_at=None) is not None:
        raise Refusal("voucher_waiter.has_one")
    question = _question(act, batch, person_id)
    if not (verdict := rules.decide(question)):
        raise refusal(act, question, verdict)
    before = _before(act, batch_id, None)
    if rules.places(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face) > before:
        raise Refusal("voucher_waiter.room_left")
    place = (act.db.scalar(select(func.max(Waiter.place))) or 0) + 1
    row = act.add(
        Waiter(
            id=act.new_id(), batch_id=batch_id, person_id=person_id, place=place, state=WaiterState.WAITING, joined_at=act.at
        )
    )
    act.note("voucher_waiter.join", id=row.id, batch=batch_id)
    return InLine(row.id, batch_id, row.state, before)


@action("waiting.leave", may="voucher.claim", by_helper=True)
def leave(act: Act, batch_id: str) -> InLine:
    """Leave a waiting list. What was kept for oneself is the next one's. Raises Missing("voucher_waiter.unknown")."""
    if act.actor.person is None:
        raise Refusal("no_person")
    done = step_out(act, act.actor.person, batch_id)
    tell_helped(act, act.actor.person, "voucher_waiter.told_left_for")
    return done


def step_out(act: Act, person_id: str, batch_id: str) -> InLine:
    """Take a person off a waiting list inside the caller's act. Refuses as `leave` does."""
    batch = held_batch(act, batch_id)
    row = _live(act, batch_id, person_id)
    if row is None:
        raise Missing("voucher_waiter.unknown")
    act.move(row, WAITER, "leave", ended_at=act.at)
    come_free(act, batch.id)
    return InLine(row.id, batch_id, row.state, 0)


def pass_line(act: Act, batch: Batch, person_id: str) -> None:
    """After a voucher of a batch was bound for somebody: nobody before them may lose one by it.

    The caller has just changed the batch's row, so the line stands still. Raises Refusal("voucher_batch.others_wait").
    """
    everybody = select(Waiter.id).where(Waiter.batch_id == batch.id, Waiter.state.in_(IN_LINE))
    if act.db.scalar(everybody.limit(1)) is None:
        return
    mine = _live(act, batch.id, person_id)
    until = mine.offered_until if mine is not None and mine.state == WaiterState.OFFERED else None
    if until is None or until < act.today:
        before = _before(act, batch.id, mine)
        left = rules.places(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face)
        if left < before:
            raise Refusal("voucher_batch.others_wait", ahead=before, policy=batch.policy_source)
    if mine is not None:
        act.move(mine, WAITER, "claim", ended_at=act.at)


def wait_for_money(act: Act, batch: Batch, person_ids: Sequence[str]) -> list[str]:
    """Put people of a batch's list, who miss nothing but room under its ceilings, behind whoever waits; each is told, once.

    In the order given, inside the caller's act, which holds the batch's row. Who waits already stays where they are; who left
    the line of their own will is not put there again. The ones put there.
    """
    known = act.db.scalars(
        select(Waiter.person_id).where(
            Waiter.batch_id == batch.id, Waiter.person_id.in_(person_ids), Waiter.state.in_((*IN_LINE, WaiterState.LEFT))
        )
    )
    before = set(known) if person_ids else set()
    fresh = [p for p in person_ids if p not in before]
    if not fresh:
        return []
    last = act.db.scalar(select(func.max(Waiter.place))) or 0
    act.add_many(Waiter, [
        {"id": act.new_id(), "batch_id": batch.id, "person_id": p, "place": last + n, "state": WaiterState.WAITING,
         "joined_at": act.at, "offered_at": None, "offered_until": None, "ended_at": None, "carry_id": None}
        for n, p in enumerate(fresh, 1)
    ])  # fmt: skip
    act.note("voucher_waiter.listed", batch=batch.id, people=len(fresh))
    send_many(act, code="voucher.told_line_waits", person_ids=fresh, title=batch.title, batch=batch.id)
    return fresh


def anybody_waits(act: Act, batch_id: str) -> bool:
    """Whether anybody's turn in a batch is still to come."""
    chosen = select(Waiter.id).where(Waiter.batch_id == batch_id, Waiter.state == WaiterState.WAITING)
    return act.db.scalar(chosen.limit(1)) is not None


@action("waiting.move_on", may="system.jobs")
def move_on(act: Act, batch_id: str) -> Moved:
    """End offers whose days are over; then what is free goes to the first in order, up to fifty of them.

    Whoever stands on the batch's list is given the voucher at once; for the others one is kept for some days. When the batch is
    closed, or its last day of claiming is over, everybody's waiting ends.
    """
    lock_list(act, batch_id)
    batch = held_batch(act, batch_id)
    if batch.state == BatchState.CLOSED or batch.claim_until < act.today:
        return Moved(0, 0, 0, more=False, ended=end_line(act, batch))
    missed = dropped = offered = 0
    for row in _line(act, batch_id, WaiterState.OFFERED, Waiter.offered_until < act.today):
        act.move(row, WAITER, "miss", ended_at=act.at)
        send(act, code="voucher.told_missed", person_id=row.person_id, title=batch.title, batch=batch_id)
        missed += 1
    free = rules.places(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face)
    free -= kept(act.db, batch_id)
    rows = _line(act, batch_id, WaiterState.WAITING) if free > 0 and batch.state == BatchState.OPEN else []
    days = int(value(act.db, "voucher.offer_days", act.today))
    until = min(batch.claim_until, act.today + timedelta(days=days))
    listed = {
        line.person_id: line for line in act.db.scalars(
            select(BatchLine).where(
                BatchLine.batch_id == batch_id, BatchLine.person_id.in_([r.person_id for r in rows]), BatchLine.state.in_(TO_ISSUE)
            )
        )
    } if rows else {}  # fmt: skip
    given: list[Given] = []
    for row in rows:
        if offered + len(given) == free:
            break
        # Holding another voucher just now is no reason to lose the place: the days of the offer may be enough to use it.
        question = _question(act, batch, row.person_id, Moment.ISSUE)
        verdict, line = rules.decide(question), listed.get(row.person_id)
        if verdict and line is not None:
            act.move(row, WAITER, "issue", ended_at=act.at)
            act.move(line, LINE, "issue", decided_at=act.at, code="", findings=[])
            given.append(Given(people.person(act.db, row.person_id).district, question, verdict))
        elif verdict:
            act.move(row, WAITER, "offer", offered_at=act.at, offered_until=until)
            send(act, code="voucher.told_offered", person_id=row.person_id, title=batch.title, until=until, batch=batch_id)
            offered += 1
        else:
            keep_no(act, question, verdict)
            act.move(row, WAITER, "drop", ended_at=act.at)
            if line is not None:
                missed_ones = [f for f in verdict.findings if not f.met]
                act.move(line, LINE, "refuse", decided_at=act.at, code=missed_ones[0].code, findings=plain(missed_ones))
            send(act, code="voucher.told_dropped", person_id=row.person_id, title=batch.title)
            dropped += 1
    if given:
        if take_many(act, batch, len(given)) < len(given):
            raise Refusal("voucher_batch.changed_meanwhile")
        give(act, batch, given)
        ids = [g.question.holder.person_id for g in given]
        send_many(act, code="voucher.told_issued", person_ids=ids, title=batch.title, until=batch.claim_until)
    more = len(rows) == OFFERS_IN_ONE_ACT and offered + len(given) < free
    act.note("voucher_waiter.move_on", id=batch_id, missed=missed, offered=offered, issued=len(given), dropped=dropped)
    return Moved(missed, offered, dropped, more or missed == OFFERS_IN_ONE_ACT, len(given))


@action("waiting.skip", may="system.jobs")
def skip(act: Act, batch_id: str, code: str) -> None:
    """Note that a batch's list could not move on, and why: the others do not wait for it.

    It is tried once more that day, as a job of its own, which stands among the failed ones if it fails again.
    """
    act.note("voucher_waiter.skipped", id=batch_id, code=code)
    act.later("vouchers.move_on", key=f"skipped:{batch_id}:{act.today}", batch_id=batch_id)


@action("voucher.lapse", may="system.jobs")
def lapse_some(act: Act, after: str) -> Lapsed:
    """Book the lapse of the next fifty vouchers behind an id whose last day is over: their money is free again."""
    rows = act.db.scalars(
        select(Voucher)
        .where(Voucher.state.in_(UNUSED), Voucher.valid_until < act.today, Voucher.id > after)
        .order_by(Voucher.id)
        .limit(LAPSES_IN_ONE_ACT)
    ).all()
    for row in rows:
        book_lapse(act, row)
    return Lapsed(len(rows), rows[-1].id if len(rows) == LAPSES_IN_ONE_ACT else None)


def lock_list(act: Act, batch_id: str) -> None:
    """One act at a time issues to a batch's list or adds to it: asked for before any of its rows is locked."""
    wait_exclusive(act.db, f"voucher_list:{batch_id}")


def held_batch(act: Act, batch_id: str) -> Batch:
    """A batch whose row this act holds until it ends. Raises Missing("voucher_batch.unknown")."""
    batch = act.get(Batch, id=batch_id)
    act.db.refresh(batch, with_for_update=True)
    return batch


def _live(act: Act, batch_id: str, person_id: str) -> Waiter | None:
    return act.db.scalars(
        select(Waiter).where(Waiter.batch_id == batch_id, Waiter.person_id == person_id, Waiter.state.in_(IN_LINE))
    ).one_or_none()


def _before(act: Act, batch_id: str, mine: Waiter | None) -> int:
    """How many a voucher must be left for before this one: offered ones and whoever joined earlier."""
    chosen = select(func.count()).select_from(Waiter).where(Waiter.batch_id == batch_id, Waiter.state.in_(IN_LINE))
    if mine is not None:
        chosen = chosen.where(Waiter.id != mine.id, (tuple_(Waiter.place, Waiter.id) < (mine.place, mine.id)) | (Waiter.state == WaiterState.OFFERED))
    return act.db.scalar(chosen) or 0


def _line(act: Act, batch_id: str, state: WaiterState, *more: object) -> list[Waiter]:
    chosen = select(Waiter).where(Waiter.batch_id == batch_id, Waiter.state == state, *more)  # type: ignore[arg-type]
    return list(act.db.scalars(chosen.order_by(Waiter.place, Waiter.id).limit(OFFERS_IN_ONE_ACT)))


def _question(act: Act, batch: Batch, person_id: str, moment: Moment = Moment.CLAIM) -> Question:
    return Question(
        moment, act.today, batch.state == BatchState.OPEN, terms_of(batch), holder(act.db, person_id, act.today),
        limits(act.db, act.today),
    )  # fmt: skip
