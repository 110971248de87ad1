"""The day of an exam: moments of it, and what people were told."""

from __future__ import annotations

from datetime import date, datetime, time

from skills.kernel.clock import SHANGHAI
from tests.world import World


def at(world: World, day: date, moment: str) -> None:
    """Go to a moment in Shanghai: HH:MM."""
    world.clock.set(datetime.combine(day, time.fromisoformat(moment), SHANGHAI))
