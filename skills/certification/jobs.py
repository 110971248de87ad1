"""Work for later: certificates of a concluded exam, one act for each candidate."""

from __future__ import annotations

from skills.certification.actions import awards
from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job


@job("certification.award")
def award_passes(bench: Bench, application_ids: list[str]) -> None:
    """Award each pass; a second run finds what the first has done."""
    for done, application_id in enumerate(application_ids, 1):
        bench.office.perform(awards.award, actor=SYSTEM, key=bench.key(application_id), application_id=application_id)
        bench.progress(done, len(application_ids))
