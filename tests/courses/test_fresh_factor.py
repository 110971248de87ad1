"""Who takes rows that stand back, or writes others in their place, has just proven who they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skills.returns.actions import changes, removals
from tests.courses.filed import reported
from tests.world import World

pytestmark = pytest.mark.row(60)


def test_corrections_and_voids_ask_for_the_second_factor_again(world: World) -> None:
    filed = reported(world, 3)
    stale, other = replace(filed.clerk, stepped_up=False), replace(filed.admin, stepped_up=False)
    with world.refused("step_up_needed"):
        world.perform(changes.correct_row, actor=stale, return_id=filed.return_id, row=2, cells={"score": "90"}, reason="录入错误")
    with world.refused("step_up_needed"):
        world.perform(removals.void, actor=stale, return_id=filed.return_id, rows=(2,), reason="报错了班")
    asked = world.perform(removals.void, actor=filed.clerk, return_id=filed.return_id, rows=(2,), reason="报错了班")
    with world.refused("step_up_needed"):
        world.perform(removals.confirm, actor=other, removal_id=asked.removal_id)
    world.perform(removals.confirm, actor=filed.admin, removal_id=asked.removal_id)
    world.holds()
