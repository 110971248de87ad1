"""Who objected to a notice: how long the name and the contact stay."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from skills.kernel.db import writing
from skills.kernel.jobs import order
from tests.world import World


def named_after(world: World, job: str, table: Any, days: int) -> dict[str, bool]:
    """Go on by so many days and run the regular job: objection → whether name and contact are still there. Once more changes nothing."""
    world.clock.forward(days=days)
    first, again = (_named(world, job, table, f"{days}:{turn}") for turn in range(2))
    assert first == again
    return first


def _named(world: World, job: str, table: Any, turn: str) -> dict[str, bool]:
    with writing(world.engine) as db:
        order(db, turn, job, world.clock.now(), "system", None, {})
    world.run_jobs()
    with world.db() as db:
        rows = db.scalars(select(table).order_by(table.id)).all()
        assert all((row.name is None) == (row.contact is None) for row in rows)
        assert all(row.text for row in rows), "what was said stays"
        return {row.id: row.name is not None for row in rows}
