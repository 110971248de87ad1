"""追回: money that was paid and is to come back, by two people; set off against the next payment, or paid back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.settlement.actions.lines import lock_debts
from skills.settlement.models import ClawBack, StatementLine
from skills.settlement.payee import payee_of
from skills.settlement.queries.payees import due_to
from skills.settlement.rules import may_claw_back, may_review
from skills.settlement.states import CLAW_BACK, ClawBackState
from skills.vouchers.actions import settling, unearning
from skills.vouchers.actions.redemptions import lock_person
from skills.vouchers.queries.doubts import refuted
from skills.vouchers.queries.settling import used

PROPOSE, APPROVE, PAY = "claw_back.propose", "claw_back.approve", "statement.pay"


@dataclass(frozen=True)
class ClawBackMade:
    """A claw-back and its state."""

    claw_back_id: str
    state: str


@action("claw_back.propose", may=PROPOSE)
def propose(act: Act, redemption_id: str, cents: int, reason: str) -> ClawBackMade:
    """Say that so much (分) of what was paid for a use has to come back, and why.

    Raises Missing("redemption.unknown"), Refusal("claw_back.not_possible" | "claw_back.reason_needed" | "claw_back.there_already").
    """
    found = used(act.db, [redemption_id]).get(redemption_id)
    bounds = act.actor.districts_for(PROPOSE)
    if found is None or (bounds is not None and found.district not in bounds):
        raise Missing("redemption.unknown")
    if not reason.strip():
        raise Refusal("claw_back.reason_needed")
    lock_person(act, found.person_id)
    live = select(ClawBack.id).where(ClawBack.redemption_id == redemption_id, ClawBack.state != ClawBackState.DROPPED)
    if act.db.scalar(live):
        raise Refusal("claw_back.there_already")
    may_claw_back(found.paid, cents).or_refuse()
    row = act.add(
        ClawBack(
            id=act.new_id(), redemption_id=redemption_id, **due_to(found).columns, district=found.district,
            cents=cents, state=ClawBackState.PROPOSED, reason=reason.strip()[:400], proposed_by=act.actor.account,
            proposed_at=act.at,
        )
    )  # fmt: skip
    unearning.claimed(act, redemption_id, row.id)
    act.note("claw_back.propose", id=row.id, redemption=redemption_id, cents=cents)
    return ClawBackMade(row.id, row.state)


@action("claw_back.approve", may=APPROVE)
def approve(act: Act, claw_back_id: str) -> ClawBackMade:
    """A second person agrees: whoever was paid owes it. Raises Refusal("statement.own_work" | "claw_back.completed_again")."""
    row = _theirs(act, claw_back_id, APPROVE)
    may_review(row.proposed_by, act.actor.account).or_refuse()
    _has_ground(act, row)
    act.move(row, CLAW_BACK, "approve", decided_by=act.actor.account, decided_at=act.at)
    send(act, code="claw_back.told_owed", **payee_of(row).columns, number=row.id, yuan=f"{row.cents / 100:.2f}",
         reason=row.reason)  # fmt: skip
    return ClawBackMade(row.id, row.state)


@action("claw_back.drop", may=APPROVE)
def drop(act: Act, claw_back_id: str) -> ClawBackMade:
    """A second person does not agree: whether the payment comes back is open again. If the training was completed again, what
    was agreed on is dropped too, and whoever was paid hears that nothing is owed.

    Raises Refusal("statement.own_work" | "claw_back.owed" | "claw_back.listed").
    """
    row = _theirs(act, claw_back_id, APPROVE)
    may_review(row.proposed_by, act.actor.account).or_refuse()
    if row.state == ClawBackState.APPROVED:
        _forgo(act, row)
    else:
        act.move(row, CLAW_BACK, "drop", decided_by=act.actor.account, decided_at=act.at)
    unearning.dropped(act, row.redemption_id, row.id)
    return ClawBackMade(row.id, row.state)


@action("claw_back.repaid", may=PAY)
def repaid(act: Act, claw_back_id: str, cents: int, reference: str) -> ClawBackMade:
    """Finance reports that it was paid back without a statement.

    Raises Refusal("statement.reference_needed" | "claw_back.total" | "claw_back.listed" | "claw_back.completed_again").
    """
    row = _theirs(act, claw_back_id, PAY)
    CLAW_BACK.check(row.state, "recover")
    if not reference.strip():
        raise Refusal("statement.reference_needed")
    if cents != row.cents:
        raise Refusal("claw_back.total", told=cents, cents=row.cents)
    lock_person(act, used(act.db, [row.redemption_id])[row.redemption_id].person_id)
    _has_ground(act, row)
    _not_listed(act, row)
    settling.claw_back(act, row.redemption_id, row.cents)
    act.move(row, CLAW_BACK, "recover", recovered_at=act.at, way="repaid", reference=reference.strip()[:60])
    return ClawBackMade(row.id, row.state)


def _forgo(act: Act, row: ClawBack) -> None:
    """What was agreed on is owed no more, if its ground is gone and no statement sets it off."""
    if not refuted(act.db, [row.id]):
        raise Refusal("claw_back.owed")
    _not_listed(act, row)
    act.move(row, CLAW_BACK, "forgo", decided_by=act.actor.account, decided_at=act.at)
    send(act, code="claw_back.told_forgone", **payee_of(row).columns, number=row.id, yuan=f"{row.cents / 100:.2f}")


def _has_ground(act: Act, row: ClawBack) -> None:
    if refuted(act.db, [row.id]):
        raise Refusal("claw_back.completed_again")


def _not_listed(act: Act, row: ClawBack) -> None:
    lock_debts(act, payee_of(row))
    listed = select(StatementLine.id).where(StatementLine.claw_back_id == row.id, StatementLine.withdrawn_at.is_(None))
    if act.db.scalar(listed):
        raise Refusal("claw_back.listed")


def _theirs(act: Act, claw_back_id: str, right: str) -> ClawBack:
    row = act.find(ClawBack, id=claw_back_id)
    bounds = act.actor.districts_for(right)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("claw_back.unknown")
    return row
