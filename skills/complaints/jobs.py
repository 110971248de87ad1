"""The clock of the desk, who acted in what is complained of, and papers that nobody handed in after all."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from skills.complaints.actions.clock import know_hands, raise_late, resume
from skills.complaints.actions.steps import FOLDER
from skills.complaints.models import Complaint, ComplaintFile
from skills.config import Settings
from skills.kernel import audit, files
from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job


@job("complaints.hands")
def hands(bench: Bench, complaint_id: str) -> None:
    """Read every entry outside an act, since that takes its time, and keep who acted in the matter."""
    office = bench.office
    matter = office.ask(lambda db: db.scalar(select(Complaint.matter_id).where(Complaint.id == complaint_id)))
    if matter is not None:
        found = tuple(sorted(office.ask(lambda db: audit.hands_on(db, matter))))
        office.perform(know_hands, actor=SYSTEM, key=bench.key("hands"), complaint_id=complaint_id, accounts=found)


@job("complaints.clock", every=timedelta(hours=6))
def clock(bench: Bench) -> None:
    """Run on, then send up, until nothing is left."""
    for work in (resume, raise_late):
        turn = 0
        while bench.office.perform(work, actor=SYSTEM, key=bench.key(f"{work.name}:{turn}")).moved:
            turn += 1


@job("complaints.sweep", every=timedelta(days=1))
def sweep(bench: Bench) -> None:
    """Throw away sealed papers whose complaint was refused or never came, after two days."""
    settings = bench.office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    held = set(bench.office.ask(lambda db: list(db.scalars(select(ComplaintFile.id)))))
    files.sweep(settings.files_dir / FOLDER, held, bench.office.clock.now() - files.UNCLAIMED)
