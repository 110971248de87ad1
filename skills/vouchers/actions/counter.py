"""窗口代办: with the person present and the document seen, a clerk of the authority claims for them."""

from __future__ import annotations

from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people import queries as people
from skills.vouchers.actions import claims
from skills.vouchers.actions.claims import Claimed
from skills.vouchers.actions.codes import SERVE
from skills.vouchers.rules.codes import Hand, SlipReason


@action("voucher.claim_for", may=SERVE)
def claim_for(act: Act, person_id: str, batch_id: str, reason: SlipReason) -> Claimed:
    """Claim a voucher for somebody at the counter. The reason goes on record, the person is told.

    Raises Missing("person.unknown") and what `claims.claim` refuses.
    """
    people.person(act.db, person_id)
    act.note("voucher.claim_for", person=person_id, reason=SlipReason(reason))
    done = claims.take(act, person_id, batch_id, hand=Hand.COUNTER)
    send(act, code="voucher.told_claimed_at_counter", person_id=person_id, voucher=done.voucher_id)
    return done
