"""Work for later: certificates of a concluded exam, one act for each job; what is kept for a time."""

from __future__ import annotations

from datetime import timedelta

from skills.certification.actions import batches, objections
from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job


@job("certification.award")
def award_passes(bench: Bench, application_ids: list[str]) -> None:
    """Award the passes of a job in one act; a second run finds what the first has done."""
    bench.office.perform(
        batches.award_many, actor=SYSTEM, key=bench.key("awards"), application_ids=tuple(application_ids)
    )
    bench.progress(len(application_ids), len(application_ids))


@job("certification.forget_objectors", every=timedelta(days=1))
def forget_objectors(bench: Bench) -> None:
    """Take names and contacts of objectors out until none is kept too long."""
    turn = 0
    while bench.office.perform(objections.forget, actor=SYSTEM, key=bench.key(turn)).count:
        turn += 1
