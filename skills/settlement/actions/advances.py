"""预拨: part of what people have used may be paid before it is earned; later payments set it off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.kernel.acts import Act, action
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.settlement.actions.lines import lock_debts
from skills.settlement.actions.payees import verified
from skills.settlement.models import Advance
from skills.settlement.payee import Payee
from skills.settlement.queries.advances import asked
from skills.settlement.rules import may_advance, may_pay, may_review
from skills.settlement.states import ADVANCE, AdvanceState

ASK, DECIDE, PAY = "advance.ask", "statement.hand_over", "statement.pay"


@dataclass(frozen=True)
class AdvanceMade:
    """An advance and its state."""

    advance_id: str
    state: str


@action("advance.ask", may=ASK)
def ask(act: Act, organisation_id: str, district: str, cents: int) -> AdvanceMade:
    """Ask for money (分) before it is earned. Raises Refusal("advance.not_possible") with every condition, Forbidden."""
    act.require(ASK, organisation_id)
    lock_debts(act, Payee(organisation_id))
    may_advance(asked(act.db, organisation_id, district, cents, act.today)).or_refuse()
    row = act.add(
        Advance(
            id=act.new_id(), organisation_id=organisation_id, district=district, cents=cents, state=AdvanceState.ASKED,
            asked_by=act.actor.account, asked_at=act.at,
        )
    )  # fmt: skip
    act.note("advance.ask", id=row.id, cents=cents)
    return AdvanceMade(row.id, row.state)


@action("advance.approve", may=DECIDE)
def approve(act: Act, advance_id: str) -> AdvanceMade:
    """Agree to it; what has changed since it was asked for is looked at again.

    Raises Missing("advance.unknown"), Refusal("advance.not_possible" | "statement.own_work").
    """
    row = _theirs(act, advance_id, DECIDE)
    lock_debts(act, Payee(row.organisation_id))
    may_review(row.asked_by, act.actor.account).or_refuse()
    ADVANCE.check(row.state, "approve")
    may_advance(asked(act.db, row.organisation_id, row.district, row.cents, act.today, but=row.id)).or_refuse()
    act.move(row, ADVANCE, "approve", decided_by=act.actor.account, decided_at=act.at)
    return AdvanceMade(row.id, row.state)


@action("advance.refuse", may=DECIDE)
def refuse(act: Act, advance_id: str, reason: str) -> AdvanceMade:
    """Do not agree, and say why. Raises Refusal("statement.reason_needed" | "statement.own_work")."""
    row = _theirs(act, advance_id, DECIDE)
    may_review(row.asked_by, act.actor.account).or_refuse()
    if not reason.strip():
        raise Refusal("statement.reason_needed")
    act.move(row, ADVANCE, "refuse", decided_by=act.actor.account, decided_at=act.at, reason=reason.strip()[:400])
    send(act, code="advance.told_refused", organisation_id=row.organisation_id, yuan=f"{row.cents / 100:.2f}", reason=row.reason)
    return AdvanceMade(row.id, row.state)


@action("advance.pay", may=PAY)
def pay(act: Act, advance_id: str, cents: int, paid_on: date, reference: str) -> AdvanceMade:
    """Finance reports that the bank has paid it, to the verified account.

    Raises Refusal("statement.reference_needed" | "statement.not_payable" | "statement.account_needed").
    """
    row = _theirs(act, advance_id, PAY)
    ADVANCE.check(row.state, "pay")
    if not reference.strip():
        raise Refusal("statement.reference_needed")
    if row.decided_at is None:
        raise ValueError(f"{row.id} is approved without a day")
    may_pay(row.cents, cents, shanghai_day(row.decided_at), paid_on, act.today).or_refuse()
    account = verified(act, Payee(row.organisation_id))
    if account is None:
        raise Refusal("statement.account_needed")
    act.move(
        row, ADVANCE, "pay", paid_by=act.actor.account, paid_on=paid_on, reference=reference.strip()[:60], account_id=account.id
    )
    send(act, code="advance.told_paid", organisation_id=row.organisation_id, yuan=f"{row.cents / 100:.2f}", on=paid_on)
    return AdvanceMade(row.id, row.state)


def _theirs(act: Act, advance_id: str, right: str) -> Advance:
    row = act.find(Advance, id=advance_id)
    bounds = act.actor.districts_for(right)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("advance.unknown")
    return row
