"""What the ground promises about itself: the log, the audit entries, the jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import select

from skills.config import Settings
from skills.kernel import audit, log, logcheck, witness
from skills.kernel.box import Box, Tampered
from skills.kernel.checks import Bookkeeper, Check, check
from skills.kernel.jobs import Job, JobState
from skills.kernel.keys import KeyRing
from skills.kernel.replays import Replay, place

UNSEALED = timedelta(seconds=60)


@check("log.streams_fit", "日志与检查点一致 every stream fits its signed checkpoints, inside and outside")
def streams_fit(book: Bookkeeper) -> Iterator[str]:
    settings = book.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    kept: list[logcheck.Kept] = []
    try:  # before the first look into the database, so that the database cannot be the older of the two
        kept = logcheck.read_kept(settings.checkpoints_dir) if settings.checkpoints_dir.exists() else []
    except logcheck.NotKept as broken:
        yield str(broken)
    yield from against(book, kept)
    yield from logcheck.strange_rows(book.db)


def against(book: Bookkeeper, kept: Sequence[logcheck.Kept]) -> Iterator[str]:
    """Every fault of the streams, seen from these heads too. A head of a stream that is none of ours is a fault."""
    keys = book.tools[KeyRing]
    assert isinstance(keys, KeyRing)  # noqa: S101
    public = [keys.ed25519(fact.kid).public_key() for fact in keys.of("log")]
    for stream in log.STREAMS:
        yield from logcheck.stream_faults(book.db, stream, public, kept)
    for head in kept:
        if head.stream not in log.STREAMS:
            yield f"{head.where}: a checkpoint of {head.note.partition(chr(10))[0]}, which is no log of ours"


def kept_heads_fit(kept: Sequence[logcheck.Kept]) -> Check:
    """The question whether these heads, which somebody kept elsewhere, still fit."""

    def ask(book: Bookkeeper) -> Iterator[str]:
        known = set(against(book, []))
        yield from (line for line in against(book, kept) if line not in known)

    return Check("log.kept_heads_fit", f"与外部留存的检查点一致 all {len(kept)} heads that were kept elsewhere still fit", ask)


@check("log.nodes_fit", "日志树节点与条目一致 every stored hash of the tree is made from the entries below it")
def nodes_fit(book: Bookkeeper) -> Iterator[str]:
    for stream in log.STREAMS:
        yield from logcheck.node_faults(book.db, stream)


@check("log.sealed_soon", "日志及时定序 no entry waits for its place for more than a minute")
def sealed_soon(book: Bookkeeper) -> Iterator[str]:
    for stream in log.STREAMS:
        oldest = log.oldest_waiting(book.db, stream)
        if oldest is not None and book.at - oldest > UNSEALED:
            yield f"{stream}: an entry waits since {oldest.isoformat()}"


@check("audit.unchanged", "审计记录未被改动 every audit entry says what was logged")
def audit_unchanged(book: Bookkeeper) -> Iterator[str]:
    yield from audit.unlogged(book.db)


@check("audit.codes_only", "审计记录只有编号和代码 no audit entry holds prose, a name, a document or phone number")
def codes_only(book: Bookkeeper) -> Iterator[str]:
    for entry_id, notes in book.db.execute(select(audit.AuditEntry.id, audit.AuditEntry.notes)):
        yield from (f"entry {entry_id}: {where}" for where in audit.talking(notes))


@check("replays.open", "重复请求的答复可读 every answer kept for a repeated request opens")
def replays_open(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    for row in book.db.scalars(select(Replay)):
        try:
            box.open(row.answer, place(row.actor, row.key))
        except Tampered:
            yield f"answer to {row.key} of {row.actor} does not open"


@check("audit.rows_on_record", "数据行均有据可查 every row is as the last act on record left it")
def rows_on_record(book: Bookkeeper) -> Iterator[str]:
    held = book.tools[witness.Witness]
    assert isinstance(held, witness.Witness)  # noqa: S101
    yield from (str(doubt) for doubt in witness.doubts(book.db, held))


@check("jobs.none_failed", "没有失败的任务 no job has been given up")
def none_failed(book: Bookkeeper) -> Iterator[str]:
    for job in book.db.scalars(select(Job).where(Job.state == JobState.FAILED)):
        yield f"job {job.id} ({job.name}): {job.problem}"
