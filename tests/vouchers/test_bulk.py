"""Issuing to a long list: quick, in order under both ceilings, and whole after any kill."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from skills.kernel import jobs
from skills.kernel.acts import Office
from skills.kernel.jobs import Job, JobState
from skills.messages.models import Message
from skills.vouchers import queries
from skills.vouchers.actions import issuing
from skills.vouchers.models import Batch, BatchLine, LedgerEntry, Voucher, VoucherVerdict
from skills.vouchers.states import LineState
from tests.soak.test_batch_kill import calm, nursery, open_jobs, same_time
from tests.vouchers.crowd import crowd
from tests.vouchers.stage import FACE, Stage
from tests.world import World, make_world

ISSUE = "vouchers.issue"


class Died(BaseException):
    """The worker's process ended here."""


def listed(world: World, count: int, **change: Any) -> tuple[Stage, str]:
    """An open batch with so many people on its list, nothing issued yet."""
    stage = Stage(world)
    batch = stage.open(**{"count_ceiling": count, "money_ceiling": count * FACE, **change})
    world.perform(issuing.list_people, actor=stage.clerk, batch_id=batch, person_ids=tuple(crowd(world, count)))
    world.run_jobs()
    return stage, batch


def counted(world: World, model: Any, *where: Any) -> int:
    with world.db() as db:
        return db.scalar(select(func.count()).select_from(model).where(*where)) or 0


def whole(world: World, batch: str, count: int) -> None:
    """Everybody on the list has one voucher, one ledger row, one verdict and one message."""
    with world.db() as db:
        row = db.get_one(Batch, batch)
        holders = list(db.scalars(select(Voucher.person_id).where(Voucher.batch_id == batch)))
        waiting = list(db.scalars(select(BatchLine.person_id).where(BatchLine.batch_id == batch)))
    assert sorted(holders) == sorted(waiting)
    assert len(set(holders)) == len(holders) == row.issued == count
    assert row.committed == count * FACE
    for model in (LedgerEntry, VoucherVerdict):
        assert counted(world, model) == count
    assert counted(world, Message, Message.code == "voucher.told_issued") == count
    assert counted(world, BatchLine, BatchLine.state == LineState.ISSUED) == count


@pytest.mark.row(1)
def test_the_ceilings_go_by_the_order_of_the_list_also_inside_one_act(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "MOST_IN_ONE_ACT", 8)
    stage, batch = listed(world, 20, count_ceiling=11)
    world.perform(issuing.issue, actor=stage.clerk, batch_id=batch)
    world.run_jobs()
    with world.db() as db:
        lines = db.scalars(select(BatchLine).order_by(BatchLine.position)).all()
        assert [line.state for line in lines] == ["issued"] * 11 + ["refused"] * 9
        assert {line.code for line in lines[11:]} == {"voucher_batch.count_reached"}
        assert lines[11].findings[0]["facts"] == {"most": 11, "issued": 11}
        progress = queries.batch(db, batch, None, world.today).progress
    assert progress is not None
    assert (progress.state, progress.done, progress.total) == ("done", 20, 20)
    world.holds()


def test_an_issue_says_a_few_things_to_the_database_however_long_the_list_is(world: World) -> None:
    stage, batch = listed(world, 60)
    said: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda _c, _cu, statement, *_: said.append(statement))
    world.perform(issuing.issue, actor=stage.clerk, batch_id=batch)
    assert jobs.run_one(world.office)
    writes = [s for s in said if s.startswith(("INSERT", "UPDATE"))]
    assert len(writes) <= 25, writes
    assert len(said) <= 90
    whole(world, batch, 60)
    world.holds()


def test_a_worker_that_dies_between_and_inside_acts_loses_and_doubles_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "MOST_IN_ONE_ACT", 10)
    stage, batch = listed(world, 40)
    made = world.perform(issuing.issue, actor=stage.clerk, batch_id=batch)
    perform, send = Office.perform, issuing.send_many
    alive = {"acts": 0, "sends": 0}

    def dying(self: Office, work: Any, **order: Any) -> Any:
        answer = perform(self, work, **order)
        alive["acts"] += work.name == "voucher.issue"
        if alive["acts"] == 2:  # the act is committed, its worker never hears of it
            raise Died
        return answer

    def dying_inside(act: Any, **order: Any) -> None:
        send(act, **order)
        alive["sends"] += 1
        if alive["sends"] == 1:  # everything is written, nothing committed
            raise Died

    shown = []
    for name, value in ((Office, dying), (issuing, dying_inside)):
        with monkeypatch.context() as patched:
            patched.setattr(name, "perform" if name is Office else "send_many", value)
            with pytest.raises(Died):
                jobs.run_due(world.office)
        with world.db() as db:
            job = db.get_one(Job, made.job_id)
            shown.append((job.state, job.done, job.total, counted(world, Voucher)))
        world.clock.forward(minutes=2)
    # The second worker answered for the first's acts by their keys and died in the third.
    assert shown == [("running", 10, 40, 20), ("running", 20, 40, 20)]
    world.run_jobs()
    with world.db() as db:
        assert (db.get_one(Job, made.job_id).state, db.get_one(Job, made.job_id).done) == (JobState.DONE, 40)
    whole(world, batch, 40)
    world.holds()


def taken(world: World) -> int:
    """How often a worker has taken the issue up."""
    with world.db() as db:
        return db.scalar(select(func.sum(Job.attempts)).where(Job.name == ISSUE)) or 0


def under_fire(database_url: str, folder: Path, count: int, kills: int, seed: int) -> None:
    """Two workers, killed at random moments after one of them has taken the issue up."""
    world = make_world(folder / "data", database_url)
    stage, batch = listed(world, count)
    world.seal()
    world.perform(issuing.issue, actor=stage.clerk, batch_id=batch)
    chance, done = random.Random(seed), 0
    while done < kills and open_jobs(world, ISSUE):
        same_time(world)  # the lease of the dead has run out
        before = taken(world)
        with nursery(world, database_url) as held:
            stop = time.monotonic() + 60
            while time.monotonic() < stop and open_jobs(world, ISSUE) and taken(world) == before:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, count / 3_000))  # less than the whole takes
            held.kill(0)
            held.kill(1)
            done += 2
    calm(world, database_url, ISSUE)
    again = counted(world, Job, Job.name == ISSUE, Job.attempts > 1)
    print(f"\n{count} people, {done} kills, seed {seed}")
    assert again, "no kill hit the issue at work: the test shows nothing"
    whole(world, batch, count)
    same_time(world)
    assert world.violations() == {}
    world.engine.dispose()


@pytest.mark.row(1)
@pytest.mark.slow
def test_an_issue_survives_kills(database_url: str, tmp_path: Path) -> None:
    under_fire(database_url, tmp_path, count=1_500, kills=6, seed=11)


@pytest.mark.soak
def test_an_issue_to_ten_thousand_survives_many_kills(database_url: str, tmp_path: Path) -> None:
    under_fire(database_url, tmp_path, int(os.environ.get("SOAK_LIST", "10000")), kills=60, seed=random.randrange(10**6))
