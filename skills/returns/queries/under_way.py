"""The file of a return that waits to be checked, and how far the check is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.box import Box
from skills.kernel.jobs import Job
from skills.returns import queries
from skills.returns.models import Return, ReturnLine
from skills.returns.models.waiting import ReturnCheck, ReturnFile
from skills.returns.states import ReturnState

PIECE = 2**20  # how much of a file is sealed at a time
PART = 2_500  # rows that are checked and kept in one act: half a second of work


@dataclass(frozen=True)
class Progress:
    """How far the check of a return is. `job` is the state of the work; `rows` 0 until the file was read."""

    return_id: str
    state: str
    rows: int
    checked: int
    good: int
    bad: int
    worth: int
    job: str
    ordered_at: datetime | None
    finished_at: datetime | None


def job_key(return_id: str, number: int) -> str:
    """The key under which the work on a return is ordered, for each time anew."""
    return f"returns.check:{return_id}:{number}"


def file_place(return_id: str, piece: int) -> str:
    """Where a piece of a waiting file is sealed for."""
    return f"return_file:{return_id}:{piece}"


def file_of(db: Session, box: Box, return_id: str) -> bytes:
    """The bytes of a file that waits; empty if none does. Raises Tampered."""
    rows = db.execute(select(ReturnFile.piece, ReturnFile.body).where(ReturnFile.return_id == return_id).order_by(ReturnFile.piece))
    return b"".join(box.open_bytes(body, file_place(return_id, piece)) for piece, body in rows)


def stored_rows(db: Session, box: Box, return_id: str, after: int, most: int = PART) -> list[tuple[int, dict[str, str]]]:
    """The next stored rows behind a row, opened. Raises Tampered."""
    chosen = select(ReturnLine).where(ReturnLine.return_id == return_id, ReturnLine.row > after)
    return [(line.row, queries.opened(box, line)) for line in db.scalars(chosen.order_by(ReturnLine.row).limit(most))]


def progress(db: Session, return_id: str, organisations: Collection[str | None]) -> Progress:
    """How far the check of a return is. Raises Missing."""
    row = queries.find(db, return_id, organisations)
    check = db.get(ReturnCheck, return_id)
    working = select(Job.state).where(Job.key.startswith(job_key(return_id, 0)[:-1], autoescape=True))
    job = db.scalar(working.order_by(Job.id.desc()).limit(1))
    return Progress(
        row.id, row.state, check.rows if check else 0, check.checked if check else 0, row.good, row.bad, row.worth,
        job or "", check.ordered_at if check else None, check.finished_at if check else None,
    )  # fmt: skip


def under_way(db: Session) -> int:
    """How many returns wait to be checked."""
    return db.scalar(select(func.count()).select_from(Return).where(Return.state == ReturnState.UPLOADED)) or 0
