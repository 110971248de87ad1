"""A claimed voucher for somebody, by the whole way: drafted, approved by another hand, opened, claimed."""

from __future__ import annotations

from datetime import timedelta

from skills.records.actions import state_fact
from skills.vouchers.actions import batches, claims
from skills.vouchers.actions.batches import BatchOrder
from skills.vouchers.rules import Payee, ScopeForm
from tests.world import World

FACE = 120_000


def voucher_for(world: World, person_id: str, payee: Payee = Payee.INSTITUTION) -> str:
    """The id of a claimed voucher of ¥1,200 in this person's wallet."""
    batch = open_batch(world, person_id, payee)
    actor = world.actor("voucher.claim", account=f"acc-{person_id}"[:26], person=person_id)
    return str(world.perform(claims.claim, actor=actor, batch_id=batch).voucher_id)


def open_batch(world: World, person_id: str, payee: Payee = Payee.INSTITUTION) -> str:
    """An open batch of which this person, who becomes one of its group, may claim a voucher."""
    world.perform(
        state_fact, person_id=person_id, kind="standing", source=f"list:{person_id}", strength="compared",
        body={"group": "registered_unemployed", "since": "2026-01-01", "until": None},
    )
    return _batch(world, payee)


def _batch(world: World, payee: Payee) -> str:
    held = getattr(world, f"batch_paying_{payee}", None)
    if held is None:
        order = BatchOrder(
            title="满天星培训券", programme="mantianxing", payee=payee, district="500112",
            training_type="on_the_job" if payee is Payee.FIRM else "employment",
            groups=("registered_unemployed",), claim_from=world.today, claim_until=world.today + timedelta(days=90),
            life_months=3, face=FACE, count_ceiling=1000, money_ceiling=1000 * FACE, policy_source="措施第12条",
            scope_form=ScopeForm.GENERAL,
        )
        drafter, checker = world.actor("batch.draft", account="a"), world.actor("batch.approve", account="b")
        made = world.perform(batches.draft, actor=drafter, order=order)
        world.perform(batches.approve, actor=checker, batch_id=made.batch_id)
        world.perform(batches.open_, actor=world.actor("batch.issue", account="a"), batch_id=made.batch_id)
        held = str(made.batch_id)
        setattr(world, f"batch_paying_{payee}", held)
    return held
