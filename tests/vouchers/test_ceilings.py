"""Row 1 as it is worded: a batch of a hundred, a ceiling of fifty thousand yuan, and the counters of both."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from skills.vouchers.models import Batch, BatchLine
from skills.vouchers.queries import batch as page
from tests.vouchers.crowd import crowd
from tests.vouchers.stage import FACE, Stage
from tests.world import World

YUAN = 100


@pytest.mark.row(1)
@pytest.mark.parametrize(
    ("ceilings", "given", "code"),
    [
        ({"count_ceiling": 100, "money_ceiling": 200 * FACE}, 100, "voucher_batch.count_reached"),
        ({"count_ceiling": 100, "money_ceiling": 50_000 * YUAN}, 41, "voucher_batch.money_reached"),
    ],
    ids=["the hundred and first", "the first over fifty thousand yuan"],
)
def test_each_ceiling_refuses_with_its_own_reason_and_the_counters_are_the_ledgers(
    world: World, ceilings: dict[str, int], given: int, code: str
) -> None:
    stage = Stage(world)
    batch = stage.open(**ceilings)
    people = crowd(world, 101)
    stage.issue(batch, *people)
    with world.db() as db:
        lines = db.scalars(select(BatchLine).where(BatchLine.batch_id == batch).order_by(BatchLine.position)).all()
        assert [line.state for line in lines] == ["issued"] * given + ["refused"] * (101 - given)
        assert {line.code for line in lines[given:]} == {code}
        held = db.get_one(Batch, batch)
        (count, bound) = db.execute(
            text("select count(*), sum(cents) from voucher_entry where batch_id = :b and event = 'issue'"), {"b": batch}
        ).one()
    assert (held.issued, held.committed) == (count, bound) == (given, given * FACE)
    told = world.ask(page, batch, None, world.today)
    assert (told.count.issued, told.count.refused) == (given, 101 - given)
    assert not world.violations()
