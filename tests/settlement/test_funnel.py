"""Row 14 as it is worded: for three districts the way from issue to settlement is what the ledger counts."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import text

from skills.settlement.actions import claw_backs, statements
from skills.vouchers import queries
from skills.vouchers.actions import redemptions
from skills.vouchers.rules import ScopeForm
from tests.settlement.stage import Stage
from tests.world import World

# How many of a district's people go how far: issued by name, claimed, used, completed, settled.
WAYS = {"500112": (4, 3, 3, 2, 2), "500103": (3, 3, 1, 1, 1), "500106": (2, 1, 1, 1, 0)}


@pytest.mark.row(14)
def test_the_funnel_of_three_districts_is_the_ledgers_count(world: World) -> None:
    stage = Stage(world)
    city = world.actor("statement.check", account="city-clerk"), world.actor("statement.hand_over", "payee.verify", account="city-checker")
    stage.clerk, stage.checker, stage.finance = *city, world.actor("statement.pay", account="city-finance")
    for district, (issued, claimed, used, completed, _) in WAYS.items():
        batch = stage.vouchers.open(district=district, scope_form=ScopeForm.DIRECTED)
        people = [stage.vouchers.person(district=district) for _ in range(issued)]
        stage.vouchers.issue(batch, *people)
        held = [(p, stage.vouchers.claim(batch, p)) for p in people[:claimed]]
        uses = [stage.vouchers.redeem(v, p, f"enrolment:{p}") for p, v in held[:used]]
        for use in uses[:completed]:
            world.perform(redemptions.earn, redemption_id=use.redemption_id, proof=f"certificate:{use.redemption_id}")
    stage.account()
    stage.next_quarter()
    for district, (*_, settled) in WAYS.items():
        statement = stage.drawn(district=district)
        if settled:
            stage.noticed(stage.submitted(statement))
    stage.after_notice()
    paid = []
    for row in [stage.row(s) for s in stage.all_of("noticed")]:
        world.perform(statements.close, actor=stage.checker, statement_id=row.id)
        world.run_jobs()
        stage.pay(row.id)
        paid += [line.redemption_id for line in stage.lines(row.id)]
    # What came back had been settled: the way up to there stays as it was.
    clerk, checker = world.actor("claw_back.propose", account="c1"), world.actor("claw_back.approve", account="c2")
    made = world.perform(claw_backs.propose, actor=clerk, redemption_id=paid[0], cents=1, reason="课时不足")
    world.perform(claw_backs.approve, actor=checker, claw_back_id=made.claw_back_id)
    world.perform(claw_backs.repaid, actor=stage.finance, claw_back_id=made.claw_back_id, cents=1, reference="R")
    with world.engine.connect() as db:
        counted: Counter[tuple[str, str]] = Counter()
        for district, event, count in db.execute(
            text("select v.district, e.event, count(distinct v.id) from voucher_entry e join voucher v on v.id = e.voucher_id"
                 " group by v.district, e.event")
        ):  # fmt: skip
            counted[district, event] = count
    rows = {row.district: row for row in world.ask(queries.funnel, None)}
    for district, way in WAYS.items():
        row = rows[district]
        told = (row.issued, row.claimed, row.redeemed, row.earned, row.settled)
        assert told == way == tuple(counted[district, event] for event in ("issue", "claim", "redeem", "earn", "settle"))
        assert world.ask(queries.funnel, {district})[0].settled == way[-1]
    assert rows[""].settled == 3
    assert not world.violations()
