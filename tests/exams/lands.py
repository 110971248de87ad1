"""Where the lives of exams begin: a body and three people who may sit 四级 and 五级, made once for each server and copied."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from tests import kept
from tests.certification.stage import Stage
from tests.databases import create, drop
from tests.world import World, make_world, open_world

PEOPLE = 3
LAND = f"exam_land_{os.getpid()}"
_count = itertools.count()


@cache
def land(server: str | None) -> tuple[Path, dict[str, Any], tuple[str, ...], Engine]:
    """Folder, the stage without its world, the people, and the engine whose written statements are used again; nothing is filed yet."""
    folder = Path(tempfile.mkdtemp(prefix="exams-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if server is not None:
        create(server, LAND)
    world = make_world(folder / "data", _address(folder, server, LAND))
    kept.for_many(world.engine)
    stage = Stage(world, count=PEOPLE)
    people = tuple(stage.graduate() for _ in range(PEOPLE))
    world.seal()
    world.engine.dispose()
    return folder, {name: held for name, held in vars(stage).items() if name != "world"}, people, world.engine


@contextmanager
def copied(server: str | None = None) -> Iterator[tuple[Stage, tuple[str, ...]]]:
    """A land of one's own for the block: its stage and its people."""
    start, held, people, engine = land(server)
    folder = Path(tempfile.mkdtemp(prefix="exams-"))
    shutil.copytree(start, folder, dirs_exist_ok=True)
    name = f"exams_{os.getpid()}_{next(_count)}"
    url = _address(folder, server, name)
    if server is not None:
        create(server, name, LAND)
    world = open_world(folder / "data", url, seed="exams")
    kept.like(world.engine, engine)
    try:
        yield _stage(world, held), people
    finally:
        world.engine.dispose()
        if server is not None:
            drop(url)
        shutil.rmtree(folder, ignore_errors=True)


def _stage(world: World, held: dict[str, Any]) -> Stage:
    stage = Stage.__new__(Stage)
    vars(stage).update(deepcopy(held), world=world)
    return stage


def _address(folder: Path, server: str | None, name: str) -> str:
    return f"sqlite:///{folder / 'exams.db'}" if server is None else f"{server}/{name}"
