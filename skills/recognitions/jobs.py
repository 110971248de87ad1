"""Work for later: certificates of a concluded recognition, and papers that nobody handed in after all."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from skills.config import Settings
from skills.kernel import files
from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job
from skills.recognitions.actions import awards
from skills.recognitions.models import RecognitionPaper
from skills.recognitions.queries.people import FOLDER


@job("recognitions.award")
def award(bench: Bench, recognised_ids: list[str]) -> None:
    """Award the people of a job in one act; a second run finds what the first has done."""
    bench.office.perform(awards.award_many, actor=SYSTEM, key=bench.key("awards"), recognised_ids=tuple(recognised_ids))
    bench.progress(len(recognised_ids), len(recognised_ids))


@job("recognitions.sweep", every=timedelta(days=1))
def sweep(bench: Bench) -> None:
    """Throw away sealed papers that stand under nobody, after two days."""
    settings = bench.office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    held = set(bench.office.ask(lambda db: list(db.scalars(select(RecognitionPaper.id)))))
    files.sweep(settings.files_dir / FOLDER, held, bench.office.clock.now() - files.UNCLAIMED)
