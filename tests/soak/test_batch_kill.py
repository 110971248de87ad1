"""A whole batch of certificates under SIGKILL: nothing lost, doubled or skipped, on both databases."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from skills.certification.actions import awards
from skills.certification.models import Award
from skills.credentials.models import Certificate, Paper
from skills.kernel.db import writing
from skills.kernel.jobs import Job, JobState
from skills.kernel.log import LogLeaf
from tests.certification.stage import Stage
from tests.commands.test_commands import ROOT
from tests.world import World, make_world

PATIENCE = 3_600  # seconds; a generous stop, no measure
AWARD, PRINT = "certification.award", "credentials.print"


@dataclass(frozen=True)
class Size:
    """How many passes, how often a worker is killed, and how many of the papers are made."""

    passes: int
    kills: int
    papers: int
    seed: int


class Nursery:
    """Two workers at any time, each a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.workers = [self._fork(), self._fork()]

    def _fork(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def kill(self, which: int) -> None:
        """SIGKILL one of them; another takes its place."""
        self.end(self.workers[which])
        self.workers[which] = self._fork()

    @staticmethod
    def end(worker: int) -> None:
        """SIGKILL, and wait until it is gone."""
        os.kill(worker, signal.SIGKILL)
        while True:
            try:
                os.kill(worker, 0)
            except ProcessLookupError:
                return
            time.sleep(0.005)


@contextmanager
def nursery(world: World, database_url: str) -> Iterator[Nursery]:
    environ = {
        **os.environ, "SKILLS_ENV": "test", "DATA_DIR": str(world.settings.data_dir), "DATABASE_URL": database_url,
        "PUBLIC_BASE": world.settings.public_base, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.soak.nursery"]
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        held = Nursery(process)
        try:
            yield held
        finally:
            for worker in held.workers:
                held.end(worker)
            process.kill()


def concluded(world: World, size: Size) -> None:
    """An exam that all of them passed, concluded; not one certificate is made."""
    stage = Stage(world, count=size.passes)
    stage.file()
    sitting = stage.open(capacity=size.passes, invigilators=tuple(f"监考{n}" for n in range(size.passes // 15 + 2)))
    found = [stage.apply(sitting, stage.graduate()) for _ in range(size.passes)]
    stage.hold(sitting)
    stage.score(sitting, dict.fromkeys(found, ("88", "77.5")))
    stage.notice(sitting)
    stage.days(10)
    world.run_jobs()  # the messages so far: kills are for certificates
    world.seal()
    world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)


def same_time(world: World) -> None:
    """The workers' clock goes on from the world's, a little later each time."""
    world.clock.forward(minutes=5)
    offset = (world.clock.now() - datetime.now(UTC)).total_seconds()
    (world.settings.data_dir / "clock").write_text(f"{offset}\n", "utf-8")


def open_jobs(world: World, *names: str) -> int:
    with world.db() as db:
        now = world.clock.now() + timedelta(days=1)
        return db.scalar(
            select(func.count()).select_from(Job).where(
                Job.name.in_(names), Job.state.in_((JobState.WAITING, JobState.RUNNING)), Job.due < now
            )
        ) or 0  # fmt: skip


def storm(held: Nursery, kills: int, chance: random.Random, over: Callable[[], bool]) -> int:
    """Kill one of the workers at random moments until it is over; how often."""
    done = 0
    while done < kills and not over():
        time.sleep(chance.uniform(0.05, 1.8))
        held.kill(chance.randrange(2))
        done += 1
    return done


def calm(world: World, database_url: str, *names: str) -> None:
    """Leases of the dead run out, and two fresh workers finish these jobs."""
    same_time(world)
    with nursery(world, database_url):
        stop = time.monotonic() + PATIENCE
        while open_jobs(world, *names):
            assert time.monotonic() < stop, "it does not come to an end"
            time.sleep(0.2)


def put_off(world: World, papers: int) -> int:
    """Leave only so many papers to be made; how many print jobs there are that are not put off."""
    with writing(world.engine) as db:
        waiting = list(db.scalars(select(Job.id).where(Job.name == PRINT, Job.state == JobState.WAITING).order_by(Job.id)))
        later = waiting[papers:]
        for start in range(0, len(later), 400):
            part = later[start : start + 400]
            db.execute(update(Job).where(Job.id.in_(part)).values(due=world.clock.now() + timedelta(days=3650)))
    with world.db() as db:
        return (db.scalar(select(func.count()).select_from(Job).where(Job.name == PRINT)) or 0) - len(later)


def batch_under_fire(database_url: str, folder: Path, size: Size) -> World:
    world = make_world(folder / "data", database_url)
    concluded(world, size)
    chance = random.Random(size.seed)
    same_time(world)
    with nursery(world, database_url) as held:
        killed = storm(held, size.kills * 2 // 3, chance, lambda: open_jobs(world, AWARD) == 0)
    calm(world, database_url, AWARD)
    kept = put_off(world, size.papers)
    same_time(world)
    with nursery(world, database_url) as held:
        killed += storm(held, size.kills - killed, chance, lambda: open_jobs(world, PRINT) == 0)
    calm(world, database_url, PRINT)
    world.clock.set(datetime.now(UTC) + timedelta(seconds=float((world.settings.data_dir / "clock").read_text()) + 60))
    with world.db() as db:
        numbers = list(db.scalars(select(Award.number).order_by(Award.number)))
        certificates = list(db.scalars(select(Certificate.number).order_by(Certificate.number)))
        papers = list(db.scalars(select(Paper.certificate_id)))
        again = dict(db.execute(select(Job.name, func.count()).where(Job.attempts > 1).group_by(Job.name)).all())
        failed = db.scalars(select(Job.problem).where(Job.state == JobState.FAILED)).all()
    print(f"\n{size}: {killed} kills, taken up again: {again}, {len(papers)} papers")
    assert failed == []
    assert [int(n[16:]) for n in numbers] == list(range(1, size.passes + 1)), "every number once, without a gap"
    assert numbers == certificates
    assert len(papers) == len(set(papers)) == kept, "every paper that was to be made was made, and once"
    world.seal()
    with world.db() as db:
        leaves = list(db.scalars(select(LogLeaf.source).where(LogLeaf.source.like("print:%"))))
    assert sorted(leaves) == sorted(f"print:{one}" for one in papers), "and stands in the log, once"
    assert again.get(AWARD, 0) + again.get(PRINT, 0) > 0, "no kill hit a certificate at work: the test shows nothing"
    assert world.violations() == {}
    return world


@pytest.mark.row(55)
@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgres", pytest.param("sqlite", marks=pytest.mark.soak)], indirect=True)
def test_a_batch_survives_kills(database_url: str, tmp_path: Path) -> None:
    batch_under_fire(database_url, tmp_path, Size(passes=40, kills=8, papers=3, seed=7)).engine.dispose()


@pytest.mark.soak
def test_a_batch_of_thousands_survives_two_hundred_kills(database_url: str, tmp_path: Path) -> None:
    size = Size(
        passes=int(os.environ.get("SOAK_PASSES", "5000")), kills=200,
        papers=int(os.environ.get("SOAK_PAPERS", "500")), seed=random.randrange(10**6),
    )  # fmt: skip
    batch_under_fire(database_url, tmp_path, size).engine.dispose()
