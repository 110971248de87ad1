"""追加额度: a batch that runs out gets more vouchers or more money, by two people; whoever waits moves up in order."""

from __future__ import annotations

from dataclasses import dataclass

from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.vouchers.actions.batches import own_batch
from skills.vouchers.actions.ledger import come_free
from skills.vouchers.models import Batch, CeilingRaise
from skills.vouchers.rules.ceilings import Ceilings, may_raise
from skills.vouchers.states import CEILING, BatchState, CeilingState

PROPOSE, DECIDE = "batch.draft", "batch.approve"


@dataclass(frozen=True)
class RaiseMade:
    """A raise of ceilings and its state."""

    raise_id: str
    batch_id: str
    state: str


@action("ceiling.propose", may=PROPOSE)
def propose(act: Act, batch_id: str, count: int, money: int, reason: str, policy_source: str) -> RaiseMade:
    """Propose new ceilings: how many vouchers ever, how much money (分) at a time.

    Raises Missing("voucher_batch.unknown"), Refusal("voucher_ceiling.not_right") with every point,
    Refusal("voucher_ceiling.under_way") while another one waits.
    """
    batch = own_batch(act, batch_id, PROPOSE)
    may_raise(_now(batch), Ceilings(count, money), _live(batch), reason, policy_source).or_refuse()
    if act.find(CeilingRaise, batch_id=batch.id, state=CeilingState.PROPOSED) is not None:
        raise Refusal("voucher_ceiling.under_way")
    row = act.add(
        CeilingRaise(
            id=act.new_id(), batch_id=batch.id, count_ceiling=count, money_ceiling=money, reason=reason.strip()[:400],
            policy_source=policy_source.strip()[:400], state=CeilingState.PROPOSED, proposed_by=act.actor.account,
            proposed_at=act.at,
        )
    )  # fmt: skip
    act.note("ceiling.propose", id=row.id, batch=batch.id, count=count, cents=money)
    return RaiseMade(row.id, batch.id, row.state)


@action("ceiling.approve", may=DECIDE)
def approve(act: Act, raise_id: str) -> RaiseMade:
    """Approve a raise as a second person: it holds at once, and whoever waits moves up.

    Raises Missing("voucher_ceiling.unknown"), Refusal("voucher_ceiling.own_work"), Refusal("voucher_ceiling.not_right") if the
    batch has closed meanwhile.
    """
    row, batch = _theirs(act, raise_id, DECIDE)
    act.db.refresh(batch, with_for_update=True)
    act.db.refresh(row)  # while the batch was waited for, somebody else may have decided
    CEILING.check(row.state, "approve")
    if row.proposed_by == act.actor.account:
        raise Refusal("voucher_ceiling.own_work")
    before, wanted = _now(batch), Ceilings(row.count_ceiling, row.money_ceiling)
    may_raise(before, wanted, _live(batch), row.reason, row.policy_source).or_refuse()
    act.move(
        row, CEILING, "approve", count_before=before.count, money_before=before.money, decided_by=act.actor.account,
        decided_at=act.at,
    )  # fmt: skip
    if not act.alter(batch, Batch.state == batch.state, count_ceiling=wanted.count, money_ceiling=wanted.money):
        raise Refusal("voucher_batch.changed_meanwhile")
    come_free(act, batch.id)
    return RaiseMade(row.id, batch.id, row.state)


@action("ceiling.refuse", may=DECIDE)
def refuse(act: Act, raise_id: str, decision: str) -> RaiseMade:
    """Do not approve a raise, and say why. Raises Refusal("voucher_ceiling.own_work" | "voucher_ceiling.decision_needed")."""
    row, batch = _theirs(act, raise_id, DECIDE)
    CEILING.check(row.state, "refuse")
    if row.proposed_by == act.actor.account:
        raise Refusal("voucher_ceiling.own_work")
    if not decision.strip():
        raise Refusal("voucher_ceiling.decision_needed")
    act.move(row, CEILING, "refuse", decided_by=act.actor.account, decided_at=act.at, decision=decision.strip()[:400])
    return RaiseMade(row.id, batch.id, row.state)


@action("ceiling.withdraw", may=PROPOSE)
def withdraw(act: Act, raise_id: str) -> RaiseMade:
    """Take one's own proposal back. Raises Refusal("voucher_ceiling.not_own")."""
    row, batch = _theirs(act, raise_id, PROPOSE)
    CEILING.check(row.state, "withdraw")
    if row.proposed_by != act.actor.account:
        raise Refusal("voucher_ceiling.not_own")
    act.move(row, CEILING, "withdraw", decided_by=act.actor.account, decided_at=act.at)
    return RaiseMade(row.id, batch.id, row.state)


def _now(batch: Batch) -> Ceilings:
    return Ceilings(batch.count_ceiling, batch.money_ceiling)


def _live(batch: Batch) -> bool:
    return batch.state in (BatchState.APPROVED, BatchState.OPEN)


def _theirs(act: Act, raise_id: str, right: str) -> tuple[CeilingRaise, Batch]:
    row = act.find(CeilingRaise, id=raise_id)
    if row is None:
        raise Missing("voucher_ceiling.unknown")
    try:
        return row, own_batch(act, row.batch_id, right)
    except Missing:
        raise Missing("voucher_ceiling.unknown") from None
