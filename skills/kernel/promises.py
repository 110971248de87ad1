"""What the ground promises about itself: the log, the audit entries, the jobs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from skills.config import Settings
from skills.kernel import audit, log
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.jobs import Job, JobState
from skills.kernel.keys import KeyRing

UNSEALED = timedelta(seconds=60)


@check("log.streams_fit", "日志与检查点一致 every stream fits its signed checkpoints, inside and outside")
def streams_fit(book: Bookkeeper) -> Iterator[str]:
    keys, settings = book.tools[KeyRing], book.tools[Settings]
    assert isinstance(keys, KeyRing)  # noqa: S101
    assert isinstance(settings, Settings)  # noqa: S101
    public = [keys.ed25519(fact.kid).public_key() for fact in keys.of("log") if not fact.revoked]
    for stream in (log.AUDIT, log.CERTIFICATES):
        yield from log.audit_stream(book.db, stream, public, settings.checkpoints_dir)


@check("log.sealed_soon", "日志及时定序 no entry waits for its place for more than a minute")
def sealed_soon(book: Bookkeeper) -> Iterator[str]:
    for stream in (log.AUDIT, log.CERTIFICATES):
        oldest = log.oldest_waiting(book.db, stream)
        if oldest is not None and book.at - oldest > UNSEALED:
            yield f"{stream}: an entry waits since {oldest.isoformat()}"


@check("audit.unchanged", "审计记录未被改动 every audit entry says what was logged")
def audit_unchanged(book: Bookkeeper) -> Iterator[str]:
    yield from audit.unlogged(book.db)


@check("jobs.none_failed", "没有失败的任务 no job has been given up")
def none_failed(book: Bookkeeper) -> Iterator[str]:
    for job in book.db.scalars(select(Job).where(Job.state == JobState.FAILED)):
        yield f"job {job.id} ({job.name}): {job.problem}"
