"""Papers whose time is over are taken in."""

from __future__ import annotations

from datetime import timedelta

from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job
from skills.papers.actions import runs


@job("papers.end_runs", every=timedelta(minutes=1))
def end_runs(bench: Bench) -> None:
    """End the runs whose time is over, until there is none."""
    turn = 0
    while bench.office.perform(runs.end, actor=SYSTEM, key=bench.key(turn)).count:
        turn += 1
