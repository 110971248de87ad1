"""What a failure does to a job: tried again, given up, or waited out."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from skills.kernel import jobs
from skills.kernel.db import writing
from skills.kernel.errors import Refusal, Unavailable
from skills.kernel.jobs import MOST_ATTEMPTS, Job, JobState
from tests.world import World


def tried(world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, times: int) -> Job:
    """A job that fails with this error, after so many attempts, each after the longest wait."""

    def handler(_bench: Any) -> None:
        raise error

    monkeypatch.setitem(jobs.HANDLERS, "test.fails", handler)
    with writing(world.engine) as db:
        jobs.order(db, "J1", "test.fails", world.clock.now(), "system", None, {})
    for _ in range(times):
        jobs.run_due(world.works.office)
        world.clock.forward(seconds=2**jobs.LONGEST_WAIT)
    with world.db() as db:
        return db.scalars(select(Job).where(Job.name == "test.fails")).one()


def test_a_fault_is_tried_five_times_and_then_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = tried(world, monkeypatch, ValueError("broken"), MOST_ATTEMPTS + 2)
    assert (row.state, row.attempts, row.problem) == (JobState.FAILED, MOST_ATTEMPTS, "ValueError: broken\n")


def test_a_refusal_is_not_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = tried(world, monkeypatch, Refusal("voucher.cannot_redeem"), 3)
    assert (row.state, row.attempts) == (JobState.FAILED, 1)


@pytest.mark.parametrize("code", ["busy", "read_only"])
def test_what_is_not_the_jobs_own_fault_is_waited_out_however_long_it_lasts(
    world: World, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    row = tried(world, monkeypatch, Unavailable(code), 3 * MOST_ATTEMPTS)
    assert (row.state, row.attempts) == (JobState.WAITING, 3 * MOST_ATTEMPTS), "and never waits longer than four minutes"


def test_a_job_given_up_is_ordered_anew_by_its_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = tried(world, monkeypatch, ValueError("broken"), MOST_ATTEMPTS)
    with writing(world.engine) as db:
        assert jobs.revive(db, "test.other", [row.id], world.clock.now()) == 0
        assert jobs.revive(db, "test.fails", [row.id], world.clock.now()) == 1
    with world.db() as db:
        again = db.get_one(Job, row.id)
    assert (again.state, again.attempts) == (JobState.WAITING, 0)
