"""Work for later: certificates of a concluded exam, one act for each job; what is kept for a time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from skills.certification.actions import batches, objections, online
from skills.certification.models import ReviewFile
from skills.certification.queries.defences import FOLDER
from skills.config import Settings
from skills.kernel import files
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


@job("certification.sweep_reviews", every=timedelta(days=1))
def sweep_reviews(bench: Bench) -> None:
    """Throw away sealed files of comprehensive reviews that no application has, after two days."""
    settings = bench.office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    held = set(bench.office.ask(lambda db: list(db.scalars(select(ReviewFile.id)))))
    files.sweep(settings.files_dir / FOLDER, held, bench.office.clock.now() - files.UNCLAIMED)


@job("certification.mark_online")
def mark_online(bench: Bench, sitting_id: str, turn: int) -> None:
    """Reckon the theory of an exam that was sat on screens; the second reckoning is a job of its own, ordered by the first."""
    bench.office.perform(online.mark, actor=SYSTEM, key=bench.key(f"turn:{turn}"), sitting_id=sitting_id, turn=turn)
