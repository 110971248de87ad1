"""A planted town that the tests of the rehearsal share: planting takes seconds, and they only look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skills.oversight.rehearsal import Planted, plant
from tests.world import World, make_world

SEED, CLEAN = 4, 500


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Planted]]:
    """An installation on SQLite with five hundred ordinary histories, look-alikes and frauds."""
    folder = tmp_path_factory.mktemp("town")
    world = make_world(folder / "data", f"sqlite:///{folder}/skills.db")
    yield world, plant(world.works, SEED, CLEAN)
    world.engine.dispose()
