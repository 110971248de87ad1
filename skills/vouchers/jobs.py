"""Issuing a batch in the background: each step under its own key, so that a new worker goes on where one died."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, Job, job
from skills.vouchers.actions.issuing import issue_chunk
from skills.vouchers.models import BatchLine
from skills.vouchers.states import LineState


@job("vouchers.issue")
def issue(bench: Bench, batch_id: str) -> None:
    """Walk the list to its end. A step that was done before answers as it did then and is not done again."""
    office = bench.office
    ordered_by = office.ask(lambda db: db.get_one(Job, bench.job).ordered_by)
    actor = replace(SYSTEM, on_behalf_of=ordered_by)
    waiting = select(func.count()).select_from(BatchLine).where(
        BatchLine.batch_id == batch_id, BatchLine.state == LineState.WAITING
    )  # fmt: skip
    done, after = 0, 0
    total = office.ask(lambda db: db.scalar(waiting)) or 0
    while True:
        chunk = office.perform(issue_chunk, actor=actor, key=bench.key(after), batch_id=batch_id, after=after)
        done += chunk.issued + chunk.refused
        bench.progress(done, max(total, done))
        if chunk.last is None:
            return
        after = chunk.last
