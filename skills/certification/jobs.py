"""Work for later: certificates of a concluded exam, one act for each job."""

from __future__ import annotations

from skills.certification.actions import batches
from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job


@job("certification.award")
def award_passes(bench: Bench, application_ids: list[str]) -> None:
    """Award the passes of a job in one act; a second run finds what the first has done."""
    bench.office.perform(
        batches.award_many, actor=SYSTEM, key=bench.key("awards"), application_ids=tuple(application_ids)
    )
    bench.progress(len(application_ids), len(application_ids))
