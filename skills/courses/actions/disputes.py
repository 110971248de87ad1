"""A denied use that proves true: the place is undone with it."""

from __future__ import annotations

from skills.courses.actions.enrolments import leave
from skills.courses.models import Enrolment
from skills.courses.states import LIVE, EnrolmentState
from skills.kernel.acts import Act, action
from skills.records import actions as records
from skills.vouchers import queries as vouchers
from skills.vouchers.actions import disputes
from skills.vouchers.actions.disputes import Disputed


@action("dispute.uphold", may=disputes.DECIDE)
def uphold(act: Act, dispute_id: str, reason: str) -> Disputed:
    """It was not the holder: the place is taken back and the voucher with it; what was payable will never be paid.

    A completed place stays as it was filed, but is no training of this person any more; its certificate is its issuer's
    to revoke.

    Raises Missing("voucher_dispute.unknown"), Refusal("dispute.reason_needed" | "dispute.cannot_uphold").
    """
    denied = vouchers.dispute(act.db, dispute_id, act.actor.districts_for(disputes.DECIDE))
    place = act.find(Enrolment, redemption_id=denied.redemption_id)
    if place is not None and place.state in LIVE:
        leave(act, place, "undo", "不是本人报名")
    elif place is not None and place.state == EnrolmentState.COMPLETED:
        records.withdraw(act, kind="training", source=f"enrolment:{place.id}", reason=f"dispute:{dispute_id}")
    return disputes.uphold(act, dispute_id, reason)
