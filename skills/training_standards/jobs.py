"""What is kept for a time."""

from __future__ import annotations

from datetime import timedelta

from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job
from skills.training_standards import objections


@job("training_standards.forget_objectors", every=timedelta(days=1))
def forget_objectors(bench: Bench) -> None:
    """Take names and contacts of objectors out until none is kept too long."""
    turn = 0
    while bench.office.perform(objections.forget, actor=SYSTEM, key=bench.key(turn)).count:
        turn += 1
