"""窗口代办: with the person present and the document seen, a clerk of the authority does for them what they could do alone."""

from __future__ import annotations

from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason
from skills.vouchers.actions import claims, disputes, waiting
from skills.vouchers.actions.claims import Claimed
from skills.vouchers.actions.disputes import Disputed
from skills.vouchers.actions.waiting import InLine
from skills.vouchers.rules.codes import Hand


@action("voucher.claim_for", may=SERVE)
def claim_for(act: Act, person_id: str, batch_id: str, reason: CounterReason) -> Claimed:
    """Claim a voucher for somebody at the counter. The reason goes on record, the person is told.

    Raises Missing("person.unknown") and what `claims.claim` refuses.
    """
    serve(act, person_id, reason)
    done = claims.take(act, person_id, batch_id, hand=Hand.COUNTER)
    send(act, code="voucher.told_claimed_at_counter", person_id=person_id, voucher=done.voucher_id)
    return done


@action("waiting.join_for", may=SERVE)
def join_for(act: Act, person_id: str, batch_id: str, reason: CounterReason) -> InLine:
    """Put somebody at the counter onto a waiting list. Raises Missing("person.unknown") and what `waiting.join` refuses."""
    serve(act, person_id, reason)
    done = waiting.stand_in_line(act, person_id, batch_id)
    send(act, code="voucher_waiter.told_joined_at_counter", person_id=person_id, batch=batch_id)
    return done


@action("waiting.leave_for", may=SERVE)
def leave_for(act: Act, person_id: str, batch_id: str, reason: CounterReason) -> InLine:
    """Take somebody at the counter off a waiting list. Raises Missing("person.unknown") and what `waiting.leave` refuses."""
    serve(act, person_id, reason)
    done = waiting.step_out(act, person_id, batch_id)
    send(act, code="voucher_waiter.told_left_at_counter", person_id=person_id)
    return done


@action("dispute.open_for", may=SERVE)
def deny_for(act: Act, person_id: str, voucher_id: str, reason: CounterReason) -> Disputed:
    """Write down at the counter that a use was not the person's doing: its money is frozen at once.

    Raises Missing("person.unknown") and what `disputes.open_` refuses.
    """
    serve(act, person_id, reason)
    return disputes.deny(act, person_id, voucher_id)


@action("dispute.withdraw_for", may=SERVE)
def take_word_back_for(act: Act, person_id: str, dispute_id: str, reason: CounterReason) -> Disputed:
    """Take a denial back for somebody at the counter. Raises Missing("person.unknown") and what `disputes.withdraw` refuses."""
    serve(act, person_id, reason)
    done = disputes.take_word_back(act, person_id, dispute_id)
    send(act, code="dispute.told_withdrawn_at_counter", person_id=person_id)
    return done
