"""Papers that belong to no entry: nobody handed them in after all, or their owner was forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from skills.config import Settings
from skills.kernel import files
from skills.kernel.jobs import Bench, job
from skills.records.models import RecordEvidence
from skills.records.queries import EVIDENCE


@job("records.sweep", every=timedelta(days=1))
def sweep(bench: Bench) -> None:
    """Throw away sealed papers that stand under no entry, after two days."""
    settings = bench.office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    held = set(bench.office.ask(lambda db: list(db.scalars(select(RecordEvidence.id)))))
    files.sweep(settings.files_dir / EVIDENCE, held, bench.office.clock.now() - files.UNCLAIMED)
