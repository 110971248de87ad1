"""What of a place can still become payable: a result may be reported again after the first was made void."""

from __future__ import annotations

from skills.courses.models import Enrolment
from skills.courses.queries.results import PAYING
from skills.courses.states import EnrolmentState
from skills.kernel.acts import Act
from skills.vouchers import queries as vouchers
from skills.vouchers.actions import unearning


def used(act: Act, row: Enrolment) -> bool:
    """Whether the place's voucher is used and nothing of it payable or paid yet."""
    return _state(act, row) == "redeemed"


def cents(act: Act, row: Enrolment) -> int:
    """What completing the place makes payable, in 分. Money that was paid already for it may stay: nobody is asked any more."""
    state = _state(act, row)
    if state == "settled":
        unearning.completed_again(act, row.redemption_id or "")
    return row.voucher_cents if state == "redeemed" else 0


def stands(act: Act, row: Enrolment) -> int:
    """What a completion has made payable and nobody took back, in 分."""
    return row.voucher_cents if row.state == EnrolmentState.COMPLETED and _state(act, row) in PAYING else 0


def subsidised(act: Act, row: Enrolment) -> bool:
    """Whether a voucher pays or has paid for the place."""
    return row.voucher_cents > 0 and _state(act, row) in ("redeemed", "earned", "ordered", "settled")


def _state(act: Act, row: Enrolment) -> str:
    if row.redemption_id is None:
        return ""
    return vouchers.states_of(act.db, [row.redemption_id]).get(row.redemption_id, "")
