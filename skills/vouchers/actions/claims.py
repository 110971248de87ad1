"""A person takes a voucher in their own name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.people import queries as people
from skills.vouchers import rules
from skills.vouchers.actions.hands import tell_helped
from skills.vouchers.actions.ledger import book, book_lapse, keep, take_from_budget
from skills.vouchers.actions.redemptions import lock_person
from skills.vouchers.actions.refusing import refusal
from skills.vouchers.actions.waiting import pass_line
from skills.vouchers.models import Batch, Voucher
from skills.vouchers.queries.people import holder, limits, terms_of
from skills.vouchers.rules import Moment, Question, ScopeForm
from skills.vouchers.states import HELD, VOUCHER, BatchState, Event, VoucherState


@dataclass(frozen=True)
class Claimed:
    """A voucher in hand, and its last day."""

    voucher_id: str
    valid_until: date


@action("voucher.claim", may="voucher.claim", by_helper=True)
def claim(act: Act, batch_id: str) -> Claimed:
    """Take the voucher of a batch in one's own name; of a general batch, one of those that are left.

    Raises Missing("voucher_batch.unknown"), Refusal("voucher.not_named"), Refusal("voucher.not_eligible") with every
    condition, Refusal("voucher.cannot_claim"), Refusal("voucher_batch.count_reached" | "voucher_batch.money_reached").
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    done = take(act, act.actor.person, batch_id)
    tell_helped(act, act.actor.person, "voucher.told_claimed_for", voucher=done.voucher_id)
    return done


def take(act: Act, person_id: str, batch_id: str, hand: str = "") -> Claimed:
    """Take a voucher for a person inside the caller's act, who answers for it that the person wants it.

    `hand` as in `ledger.book`. Refuses as `claim` does.
    """
    lock_person(act, person_id)
    batch = act.get(Batch, id=batch_id)
    voucher = act.find(Voucher, batch_id=batch_id, person_id=person_id, voided_at=None)
    if voucher is None and batch.scope_form == ScopeForm.DIRECTED:
        raise Refusal("voucher.not_named", title=batch.title)
    if voucher is not None:
        VOUCHER.check(voucher.state, "claim")
    _book_lapsed(act, person_id)
    question = Question(
        Moment.CLAIM, act.today, batch.state == BatchState.OPEN, terms_of(batch), holder(act.db, person_id, act.today),
        limits(act.db, act.today),
    )
    verdict = rules.decide(question)
    if not verdict:
        raise refusal(act, question, verdict, voucher.id if voucher else None)
    if voucher is None:
        take_from_budget(act, batch)
        if batch.scope_form == ScopeForm.GENERAL:
            pass_line(act, batch, person_id)
        voucher = new_voucher(act, batch, person_id, people.person(act.db, person_id).district)
        act.add(voucher)
        book(act, voucher, Event.ISSUE, voucher.face)
    until = rules.last_day(question.terms, question.holder, question.limits, act.today)
    act.move(voucher, VOUCHER, "claim", claimed_at=act.at, valid_until=until)
    book(act, voucher, Event.CLAIM, voucher.face, hand=hand)
    keep(act, voucher, question, verdict)
    return Claimed(voucher.id, until)


def new_voucher(act: Act, batch: Batch, person_id: str, district: str) -> Voucher:
    """A voucher of the batch for a person, not stored yet."""
    return Voucher(
        id=act.new_id(), batch_id=batch.id, person_id=person_id, district=district, face=batch.face,
        state=VoucherState.ISSUED, issued_at=act.at, valid_until=batch.claim_until,
    )


def _book_lapsed(act: Act, person_id: str) -> None:
    """Book the lapse of the person's own vouchers whose last day is over: their money is the budget's again."""
    rows = act.db.scalars(
        select(Voucher).where(
            Voucher.person_id == person_id, Voucher.state == HELD[0], Voucher.valid_until < act.today
        )
    ).all()
    for row in rows:
        book_lapse(act, row)
