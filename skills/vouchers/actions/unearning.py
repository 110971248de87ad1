"""A completion that no longer stands: what was payable for it is not, and what was paid is asked about."""

from __future__ import annotations

from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.vouchers.actions.disputes import bind
from skills.vouchers.actions.ledger import book
from skills.vouchers.actions.redemptions import lock_person
from skills.vouchers.models import Batch, PaymentDoubt, Redemption, Voucher
from skills.vouchers.queries.settling import used
from skills.vouchers.states import HELD, REDEMPTION, VOUCHER, Event, RedemptionState
from skills.vouchers.states.doubts import DOUBT, DoubtState

ASK_BACK = "claw_back.propose"


def unearn(act: Act, *, redemption_id: str, source: str, reason: str) -> str:
    """Take back that a use was completed, inside the act of the room that corrects it; the state of the use afterwards.

    What is payable and not ordered yet is payable no more: the voucher is used and not completed, as before, or annulled
    if its holder has taken another one since. What was paid stays where it is, and the authority is asked whether it
    comes back (`PaymentDoubt`).
    source  what took it back: "change:<id>"
    Raises Refusal("redemption.on_its_way") while the order to pay lies with finance.
    """
    row = act.get(Redemption, id=redemption_id)
    lock_person(act, row.person_id)
    act.db.refresh(row)
    if row.state == RedemptionState.ORDERED:
        raise Refusal("redemption.on_its_way")
    if row.state == RedemptionState.SETTLED:
        _doubt(act, row, source, reason)
        return row.state
    if row.state != RedemptionState.EARNED:
        return row.state
    voucher = act.get(Voucher, id=row.voucher_id)
    other = act.db.scalar(
        select(Voucher.id).where(Voucher.person_id == voucher.person_id, Voucher.state.in_(HELD), Voucher.face > 0)
    )
    if other is not None:  # at most one at a time in anybody's hands
        act.move(row, REDEMPTION, "annul", released_at=act.at, release_reason="completion_taken_back")
        act.move(voucher, VOUCHER, "annul", voided_at=act.at, void_reason="completion_taken_back")
        book(act, voucher, Event.ANNUL, row.cents, redemption_id=row.id)
        return row.state
    act.move(row, REDEMPTION, "unearn", earned_at=None, proof="", attended=None, planned=None)
    rest = voucher.face - row.cents  # it went back to the budget when the use became payable
    full = not rest or bind(act, voucher, rest)
    act.move(voucher, VOUCHER, "unearn", face=voucher.face if full else row.cents)
    book(act, voucher, Event.UNEARN, row.cents, redemption_id=row.id)
    if full and rest:
        book(act, voucher, Event.REFILL, rest)
    return row.state


def recount(act: Act, *, redemption_id: str, attended: int, planned: int, source: str, reason: str) -> None:
    """Less counts of what was attended than when the use became payable, or more again (hundredths, as in `earn`).

    What is payable follows; whoever was paid for more than counts is put before the authority. What was ordered follows only
    upwards: the order stays as it is, and should it come back the use is worth what counts.
    source  what changed it: "overlap:<id>"
    Raises Refusal("redemption.on_its_way") if less counts while the order to pay lies with finance.
    """
    row = act.get(Redemption, id=redemption_id)
    lock_person(act, row.person_id)
    act.db.refresh(row)
    if row.attended is None or row.planned is None or (row.attended, row.planned) == (attended, planned):
        return
    less, before = attended * row.planned < row.attended * planned, row.state
    if before == RedemptionState.ORDERED and less:
        raise Refusal("redemption.on_its_way")
    if before == RedemptionState.SETTLED and less:
        _doubt(act, row, source, reason)
    elif before in (RedemptionState.EARNED, RedemptionState.ORDERED) and act.alter(
        row, Redemption.state == before, attended=attended, planned=planned
    ):
        act.note("redemption.recount", id=row.id, attended=attended, planned=planned)


def _doubt(act: Act, row: Redemption, source: str, reason: str) -> None:
    """Put a payment before the authority, once at a time."""
    if act.find(PaymentDoubt, redemption_id=row.id, state=DoubtState.OPENED) is not None:
        return
    voucher = act.get(Voucher, id=row.voucher_id)
    district = act.get(Batch, id=voucher.batch_id).district
    doubt = act.add(
        PaymentDoubt(
            id=act.new_id(), redemption_id=row.id, district=district, cents=row.paid or 0, source=source, reason=reason[:400],
            state=DoubtState.OPENED, opened_at=act.at,
        )
    )  # fmt: skip
    act.note("payment_doubt.open", id=doubt.id, redemption=row.id, cents=doubt.cents)


def claimed(act: Act, redemption_id: str, claw_back_id: str) -> None:
    """The money is claimed back: what was asked about it is answered. Inside the act that proposes the claw-back."""
    doubt = act.find(PaymentDoubt, redemption_id=redemption_id, state=DoubtState.OPENED)
    if doubt is not None:
        act.move(doubt, DOUBT, "claim", closed_at=act.at, closed_by=act.actor.account, answer=claw_back_id)


def dropped(act: Act, redemption_id: str, claw_back_id: str) -> None:
    """The claw-back comes to nothing: what it answered is asked again. Inside the act that drops it."""
    doubt = act.find(PaymentDoubt, redemption_id=redemption_id, state=DoubtState.CLAIMED, answer=claw_back_id)
    if doubt is not None and act.find(PaymentDoubt, redemption_id=redemption_id, state=DoubtState.OPENED) is None:
        act.move(doubt, DOUBT, "reopen", closed_at=None, closed_by=None, answer="")


def completed_again(act: Act, redemption_id: str) -> None:
    """The training was completed after all: nothing has to come back. Inside the act that writes the completion."""
    standing = (DoubtState.OPENED, DoubtState.CLAIMED)
    for doubt in act.db.scalars(
        select(PaymentDoubt).where(PaymentDoubt.redemption_id == redemption_id, PaymentDoubt.state.in_(standing))
    ).all():
        act.move(doubt, DOUBT, "settle", closed_at=act.at, closed_by=act.actor.account, answer=doubt.answer or "completed again")


@action("payment_doubt.keep", may=ASK_BACK)
def keep_paid(act: Act, doubt_id: str, reason: str) -> None:
    """Decide that what was paid stays paid, with the reason, which the payee reads.

    Raises Missing("payment_doubt.unknown"), Refusal("payment_doubt.reason_needed" | "payment_doubt.cannot_keep").
    """
    doubt = act.find(PaymentDoubt, id=doubt_id)
    bounds = act.actor.districts_for(ASK_BACK)
    if doubt is None or (bounds is not None and doubt.district not in bounds):
        raise Missing("payment_doubt.unknown")
    if not reason.strip():
        raise Refusal("payment_doubt.reason_needed")
    act.move(doubt, DOUBT, "keep", closed_at=act.at, closed_by=act.actor.account, answer=reason.strip()[:400])
    use = used(act.db, [doubt.redemption_id])[doubt.redemption_id]
    send(act, code="payment_doubt.told_kept", **use.due_to, yuan=f"{doubt.cents / 100:.2f}", reason=doubt.answer)
