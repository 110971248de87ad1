"""The work on a return in the background: a large file that waits to be checked, rows that are being applied, how far it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.box import Box
from skills.kernel.db import among
from skills.kernel.jobs import Job, JobState
from skills.returns import queries
from skills.returns.models import Return, ReturnLine
from skills.returns.models.waiting import ReturnCheck, ReturnFile
from skills.returns.states import FILED_STATES, ONCE_APPLIED, LineState, ReturnState

PIECE = 2**20  # how much of a file is sealed at a time
CHECK, APPLY = "returns.check", "returns.apply"  # the jobs
WORK = {ReturnState.UPLOADED: "check", ReturnState.ACCEPTED: "apply"}
TROUBLE = {"check": "return.check_given_up", "apply": "return.apply_given_up"}
PART = 5_000  # rows that are checked and kept in one act: half a second of work


@dataclass(frozen=True)
class Progress:
    """How far the work on a return is: the check of a large file, or applying what was handed in. Money in 分.

    rows      rows that are to be worked on; 0 until the file was read
    checked   rows that were checked; good, bad, worth: what they came to so far
    job       the state of the work; `failed`: it was given up, and a person has to let it go on
    work      "check" or "apply" while it is under way, else empty
    left      rows handed in that have no outcome yet, beside applied, held, same and awaiting (for a certificate)
    again     it stopped, and is tried again by itself
    trouble   the code of why it stands still and what to do; empty while it goes on
    """

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
    work: str = ""
    applied: int = 0
    held: int = 0
    same: int = 0
    awaiting: int = 0
    left: int = 0
    again: bool = False
    trouble: str = ""
    number: str | None = None


def job_key(return_id: str, number: int) -> str:
    """The key under which the check of a return is ordered, for each time anew."""
    return f"{CHECK}:{return_id}:{number}"


def apply_key(return_id: str) -> str:
    """The key under which it is ordered to apply a return: once."""
    return f"{APPLY}:{return_id}"


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
    """How far the work on a return is. Raises Missing."""
    row = queries.find(db, return_id, organisations)
    job, work = work_of(db, row), WORK.get(ReturnState(row.state), "")
    stopped = job is not None and job.state == JobState.FAILED
    told = {
        "job": job.state if job else "", "work": work, "number": row.number,
        "again": job is not None and job.state == JobState.WAITING and job.attempts > 0,
        "trouble": TROUBLE[work] if work and stopped else "",
    }  # fmt: skip
    if row.state in FILED_STATES:
        came = _outcomes(db, row)
        return Progress(row.id, row.state, row.lines, row.lines, row.good, row.bad, row.worth,
                        ordered_at=row.accepted_at, finished_at=row.applied_at, **came, **told)  # type: ignore[arg-type]  # fmt: skip
    check = db.get(ReturnCheck, return_id)
    return Progress(
        row.id, row.state, check.rows if check else 0, check.checked if check else 0, row.good, row.bad, row.worth,
        ordered_at=check.ordered_at if check else None, finished_at=check.finished_at if check else None, **told,  # type: ignore[arg-type]
    )  # fmt: skip


def work_of(db: Session, row: Return) -> Job | None:
    """The work on a return as it was ordered last: its check, or since it was handed in, applying it."""
    if row.state in FILED_STATES:
        return db.scalar(select(Job).where(Job.key == apply_key(row.id)))
    checks = select(Job).where(Job.key.startswith(job_key(row.id, 0)[:-1], autoescape=True))
    return db.scalar(checks.order_by(Job.id.desc()).limit(1))


def stopped(db: Session, organisations: Collection[str | None]) -> frozenset[str]:
    """Returns of these organisations of which the work was given up, so that a person has to let it go on."""
    keys = db.scalars(select(Job.key).where(Job.name.in_((CHECK, APPLY)), Job.state == JobState.FAILED))
    rows = db.scalars(
        select(Return).where(
            among(db, Return.id, {str(key).split(":")[1] for key in keys}), Return.state.in_(WORK), queries.owned(organisations)
        )
    ).all()
    return frozenset(row.id for row in rows if (job := work_of(db, row)) is not None and job.state == JobState.FAILED)


def _outcomes(db: Session, row: Return) -> dict[str, int]:
    """What became of the rows of a return that was handed in."""
    counted = select(ReturnLine.state, func.count()).where(ReturnLine.return_id == row.id).group_by(ReturnLine.state)
    states = dict(db.execute(counted).all())
    return {
        "applied": sum(states.get(state, 0) for state in ONCE_APPLIED), "held": states.get(LineState.HELD, 0),
        "same": states.get(LineState.SAME, 0), "awaiting": states.get(LineState.AWAITING, 0),
        "left": states.get(LineState.CHECKED, 0) + states.get(LineState.WAITING, 0),
    }  # fmt: skip


def under_way(db: Session) -> int:
    """How many returns wait to be checked."""
    return db.scalar(select(func.count()).select_from(Return).where(Return.state == ReturnState.UPLOADED)) or 0
