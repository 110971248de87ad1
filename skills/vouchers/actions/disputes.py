"""“这不是我办的”: the holder denies a use in one step, its money is frozen at once, the bureau looks into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from skills.accounts import queries as accounts
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.vouchers.actions.ledger import book, kept
from skills.vouchers.actions.redemptions import lock_person
from skills.vouchers.models import Batch, Dispute, Hold, Redemption, Voucher
from skills.vouchers.rules.disputes import Use, may_dispute
from skills.vouchers.states import (
    DISPUTE,
    HELD,
    HOLD,
    REDEMPTION,
    VOUCHER,
    DisputeState,
    Event,
    HoldState,
    RedemptionState,
    VoucherState,
)

DECIDE = "dispute.decide"


@dataclass(frozen=True)
class Disputed:
    """A dispute and its state."""

    dispute_id: str
    state: str


@action("dispute.open", may="voucher.claim")
def open_(act: Act, voucher_id: str) -> Disputed:
    """Say that the present use of one's own voucher was not one's own doing. Nothing of it is paid until that is decided.

    Raises Missing("voucher.unknown"), Refusal("dispute.not_possible") with every condition.
    """
    if act.actor.person is None:
        raise Missing("voucher.unknown")
    return deny(act, act.actor.person, voucher_id)


def deny(act: Act, person_id: str, voucher_id: str) -> Disputed:
    """Write down a person's denial inside the caller's act, who answers for it that the person said so. Refuses as `open_`."""
    voucher = act.find(Voucher, id=voucher_id)
    if voucher is None or voucher.person_id != person_id:
        raise Missing("voucher.unknown")
    lock_person(act, voucher.person_id)
    used = act.find(Redemption, voucher_id=voucher.id, released_at=None)
    said = act.db.scalars(select(Dispute.state).where(Dispute.redemption_id == used.id)).all() if used else []
    may_dispute(
        Use(used.state if used else None, DisputeState.OPENED in said, DisputeState.DISMISSED in said)
    ).or_refuse()
    if used is None:
        raise Missing("redemption.unknown")
    due = add_working_days(act.today, int(value(act.db, "voucher.dispute_days", act.today)))
    dispute = act.add(
        Dispute(
            id=act.new_id(), redemption_id=used.id, person_id=voucher.person_id, district=voucher.district,
            state=DisputeState.OPENED, opened_at=act.at, due=due,
        )
    )  # fmt: skip
    act.add(
        Hold(id=act.new_id(), redemption_id=used.id, source=_source(dispute), state=HoldState.PLACED, placed_at=act.at)
    )
    act.note("dispute.open", id=dispute.id, redemption=used.id)
    name = accounts.organisation(act.db, used.institution_id).name
    send(act, code="dispute.told_open", person_id=voucher.person_id, institution=name, due=due, voucher=voucher.id)
    for concerned in filter(None, (used.institution_id, used.employer_id)):
        send(act, code="dispute.told_institution", organisation_id=concerned, number=dispute.id,
             yuan=f"{used.cents / 100:.2f}", due=due)  # fmt: skip
    return Disputed(dispute.id, dispute.state)


@action("dispute.withdraw", may="voucher.claim")
def withdraw(act: Act, dispute_id: str) -> Disputed:
    """Take one's own word back. Raises Missing("voucher_dispute.unknown"), Refusal("dispute.cannot_withdraw")."""
    if act.actor.person is None:
        raise Missing("voucher_dispute.unknown")
    return take_word_back(act, act.actor.person, dispute_id)


def take_word_back(act: Act, person_id: str, dispute_id: str) -> Disputed:
    """Take a person's denial back inside the caller's act. Refuses as `withdraw` does."""
    dispute = act.find(Dispute, id=dispute_id)
    if dispute is None or dispute.person_id != person_id:
        raise Missing("voucher_dispute.unknown")
    act.move(dispute, DISPUTE, "withdraw", closed_at=act.at)
    _lift(act, dispute)
    return Disputed(dispute.id, dispute.state)


@action("dispute.dismiss", may=DECIDE)
def dismiss(act: Act, dispute_id: str, reason: str) -> Disputed:
    """It was the holder: the money is free again, the holder reads why.

    Raises Missing("voucher_dispute.unknown"), Refusal("dispute.reason_needed" | "dispute.cannot_dismiss").
    """
    dispute = decided(act, dispute_id, "dismiss", reason)
    _lift(act, dispute)
    send(act, code="dispute.told_dismissed", person_id=dispute.person_id, reason=dispute.reason)
    return Disputed(dispute.id, dispute.state)


def uphold(act: Act, dispute_id: str, reason: str) -> Disputed:
    """It was not the holder, inside the act of the room that sold the training, which has undone its own part first.

    What was payable is annulled, and the voucher is its holder's again with the life that it had when it was misused; if
    it lapsed meanwhile it is revived. The hold stays where it is: nothing will ever be paid.
    Raises Missing("voucher_dispute.unknown"), Refusal("dispute.reason_needed" | "dispute.cannot_uphold").
    """
    dispute = decided(act, dispute_id, "uphold", reason)
    used = act.get(Redemption, id=dispute.redemption_id)
    if used.state == RedemptionState.EARNED:
        act.move(used, REDEMPTION, "annul", released_at=act.at, release_reason="dispute")
    elif used.state != RedemptionState.RELEASED:
        raise Refusal("dispute.not_undone")
    if act.find(Redemption, voucher_id=used.voucher_id, released_at=None) is not None:
        send(act, code="dispute.told_upheld_used", person_id=dispute.person_id)  # it was given back before, and used again
    elif (until := _give_back(act, used)) is not None:
        send(act, code="dispute.told_upheld", person_id=dispute.person_id, until=until)
    else:
        send(act, code="dispute.told_upheld_only", person_id=dispute.person_id)
    for concerned in filter(None, (used.institution_id, used.employer_id)):
        send(act, code="dispute.told_institution_upheld", organisation_id=concerned, number=dispute.id)
    return Disputed(dispute.id, dispute.state)


def _give_back(act: Act, used: Redemption) -> date | None:
    """Put the voucher back into its holder's hands; its last day, None if that cannot be."""
    voucher = act.get(Voucher, id=used.voucher_id)
    until = max(voucher.valid_until, act.today + timedelta(days=used.life_left))
    if voucher.state == VoucherState.CLAIMED:
        act.alter(voucher, Voucher.state == VoucherState.CLAIMED, valid_until=until)
        return until
    if voucher.state not in (VoucherState.EARNED, VoucherState.LAPSED):
        return None
    other = act.db.scalar(
        select(Voucher.id).where(Voucher.person_id == voucher.person_id, Voucher.state.in_(HELD), Voucher.face > 0)
    )
    if voucher.state == VoucherState.LAPSED:
        if other is not None or not bind(act, voucher, voucher.face):
            return None
        act.move(voucher, VOUCHER, "revive", valid_until=until)
        book(act, voucher, Event.REFILL, voucher.face)
        return until
    if other is not None:
        act.move(voucher, VOUCHER, "annul", voided_at=act.at, void_reason="dispute")
        book(act, voucher, Event.ANNUL, used.cents, redemption_id=used.id)
        return None
    rest = voucher.face - used.cents  # it went back to the budget when the use became payable
    full = not rest or bind(act, voucher, rest)
    act.move(voucher, VOUCHER, "restore", valid_until=until, face=voucher.face if full else used.cents)
    book(act, voucher, Event.RESTORE, used.cents, redemption_id=used.id)
    if full and rest:
        book(act, voucher, Event.REFILL, rest)
    return until


def bind(act: Act, voucher: Voucher, cents: int) -> bool:
    """Bind money of the batch again, if its ceiling still allows it. It is no voucher more: the count stays.

    What is kept for people who waited is not touched.
    """
    batch = act.get(Batch, id=voucher.batch_id)
    act.db.refresh(batch, with_for_update=True)
    promised = kept(act.db, batch.id) * batch.face
    return act.alter(batch, Batch.committed + cents + promised <= Batch.money_ceiling, committed=Batch.committed + cents)


def decided(act: Act, dispute_id: str, move: str, reason: str) -> Dispute:
    """Move a dispute by somebody of its district, with a reason. Elsewhere it does not exist."""
    dispute = act.find(Dispute, id=dispute_id)
    bounds = act.actor.districts_for(DECIDE)
    if dispute is None or (bounds is not None and dispute.district not in bounds):
        raise Missing("voucher_dispute.unknown")
    if not reason.strip():
        raise Refusal("dispute.reason_needed")
    lock_person(act, dispute.person_id)
    act.move(dispute, DISPUTE, move, closed_at=act.at, decided_by=act.actor.account, reason=reason.strip()[:400])
    return dispute


def _lift(act: Act, dispute: Dispute) -> None:
    act.move(act.get(Hold, redemption_id=dispute.redemption_id, source=_source(dispute), lifted_at=None), HOLD, "lift",
             lifted_at=act.at)  # fmt: skip


def _source(dispute: Dispute) -> str:
    return f"dispute:{dispute.id}"
