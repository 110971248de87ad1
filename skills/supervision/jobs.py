"""Every day: what bodies did is weighed, and pictures that no act wanted are thrown away."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from skills.config import Settings
from skills.kernel import files
from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job
from skills.supervision.actions import trust
from skills.supervision.models import RectificationPhoto, SupervisionPhoto
from skills.supervision.queries import pool, rectifications


@job("supervision.sweep", every=timedelta(days=1))
def sweep(bench: Bench) -> None:
    """Throw away sealed pictures whose act was refused or never came, after two days."""
    settings = bench.office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101 - narrows for the type checker
    before = bench.office.clock.now() - files.UNCLAIMED
    watched = set(bench.office.ask(lambda db: list(db.scalars(select(SupervisionPhoto.id)))))
    files.sweep(settings.files_dir / pool.SHELF.folder, watched, before)
    proved = set(bench.office.ask(lambda db: list(db.scalars(select(RectificationPhoto.id)))))
    files.sweep(settings.files_dir / rectifications.SHELF.folder, proved, before)


@job("supervision.weigh", every=timedelta(days=1))
def weigh(bench: Bench) -> None:
    """Weigh the record of every body; a second run finds what the first has done."""
    bench.office.perform(trust.weigh, actor=SYSTEM, key=bench.key("weigh"))
