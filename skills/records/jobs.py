"""Papers that belong to no entry: nobody handed them in after all, or their owner was forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from skills.config import Settings
from skills.kernel.jobs import Bench, job
from skills.records.models import RecordEvidence
from skills.records.queries import EVIDENCE

KEPT = timedelta(days=2)


@job("records.sweep", every=timedelta(days=1))
def sweep(bench: Bench) -> None:
    """Throw away sealed papers that stand under no entry, after two days."""
    settings = bench.office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    folder = settings.files_dir / EVIDENCE
    if not folder.is_dir():
        return
    held = set(bench.office.ask(lambda db: list(db.scalars(select(RecordEvidence.id)))))
    before = bench.office.clock.now() - KEPT
    for path in folder.iterdir():
        if path.name not in held and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)
