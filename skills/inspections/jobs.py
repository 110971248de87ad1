"""Pictures that no act wanted after all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from skills.config import Settings
from skills.inspections.models import InspectionPhoto
from skills.inspections.rules import FOLDER
from skills.kernel.jobs import Bench, job

KEPT = timedelta(days=2)


@job("inspections.sweep", every=timedelta(days=1))
def sweep(bench: Bench) -> None:
    """Throw away sealed pictures whose act was refused or never came, after two days."""
    settings = bench.office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101 - narrows for the type checker
    folder = settings.files_dir / FOLDER
    if not folder.is_dir():
        return
    held = set(bench.office.ask(lambda db: list(db.scalars(select(InspectionPhoto.id)))))
    before = bench.office.clock.now() - KEPT
    for path in folder.iterdir():
        if path.name not in held and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)
