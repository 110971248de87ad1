"""Pictures that no act wanted after all."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from skills.config import Settings
from skills.kernel import files
from skills.kernel.jobs import Bench, job
from skills.supervision.models import SupervisionPhoto
from skills.supervision.queries.pool import SHELF


@job("supervision.sweep", every=timedelta(days=1))
def sweep(bench: Bench) -> None:
    """Throw away sealed pictures whose act was refused or never came, after two days."""
    settings = bench.office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101 - narrows for the type checker
    held = set(bench.office.ask(lambda db: list(db.scalars(select(SupervisionPhoto.id)))))
    files.sweep(settings.files_dir / SHELF.folder, held, bench.office.clock.now() - files.UNCLAIMED)
