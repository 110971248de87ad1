"""Work for later: rows written in the act that wants them, so that no job is lost and none is a phantom.

A worker leases a job, renews the lease while it works, and marks it done. If the worker dies, the lease ends and
another takes the job up again; handlers therefore perform acts under keys made from the job's id.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, String, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from skills.kernel import store
from skills.kernel.canon import plain, written
from skills.kernel.db import Base, Id, UtcTime, reading, writing
from skills.kernel.errors import Refusal, Unavailable
from skills.kernel.ids import row_id
from skills.kernel.machines import Machine, move

if TYPE_CHECKING:
    from skills.kernel.acts import Office

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 5
LONGEST_WAIT = 8  # as a power of two, in seconds: four minutes between two attempts


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


JOB = Machine(
    "job",
    JobState,
    JobState.WAITING,
    move("take", JobState.WAITING, to=JobState.RUNNING, means="领受 leased by a worker"),
    move("retake", JobState.RUNNING, to=JobState.RUNNING, means="接续 taken up after its worker died"),
    move("finish", JobState.RUNNING, to=JobState.DONE, means="完成 all of it is done"),
    move("put_back", JobState.RUNNING, to=JobState.WAITING, means="重试 failed, tried again later"),
    move("give_up", JobState.RUNNING, to=JobState.FAILED, means="失败 failed too often, a person must look"),
    move("revive", JobState.FAILED, to=JobState.WAITING, means="再办 ordered anew by a person"),
    words={
        JobState.WAITING: ("等待", "waiting"),
        JobState.RUNNING: ("进行中", "running"),
        JobState.DONE: ("完成", "done"),
        JobState.FAILED: ("失败", "failed"),
    },
)


class Job(Base):
    """One piece of work. `key` makes it unique: the same key orders it once."""

    __tablename__ = "job"
    unwitnessed = "workers move it outside acts; what a job does is an act of its own"
    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    key: Mapped[str | None] = mapped_column(String(128), unique=True)
    args: Mapped[dict[str, Any]] = mapped_column(JSON())
    state: Mapped[str] = mapped_column(String(16), index=True)
    ordered_by: Mapped[str] = mapped_column(String(26))
    due: Mapped[UtcTime] = mapped_column(index=True)
    lease_until: Mapped[UtcTime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(2000), default="")


@dataclass(frozen=True)
class Order:
    """One of many jobs of a kind: its id, its key, its arguments in plain terms."""

    id: str
    key: str
    args: Mapping[str, object]


@dataclass(frozen=True)
class Bench:
    """What a job's handler works with."""

    job: str
    office: Office

    def key(self, part: object) -> str:
        """The idempotency key for one part of this job."""
        return f"job:{self.job}:{part}"

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is, and renew the lease."""
        with writing(self.office.engine) as db:
            db.execute(
                update(Job)
                .where(Job.id == self.job, Job.state == JobState.RUNNING)
                .values(done=done, total=total, lease_until=self.office.clock.now() + LEASE)
            )


Handler = Callable[..., None]
HANDLERS: dict[str, Handler] = {}
EVERY: dict[str, timedelta] = {}
BEHIND = timedelta(hours=1)  # how late a regular job may be before /readyz says so


def job(name: str, every: timedelta | None = None) -> Callable[[Handler], Handler]:
    """Declare the handler of a kind of job: `def handler(bench, **args)`. It must be safe to run twice.

    every  also order it regularly, without arguments: the worker sees to it
    """

    def mark(handler: Handler) -> Handler:
        if name in HANDLERS:
            raise ValueError(f"job {name} is declared twice")
        HANDLERS[name] = handler
        if every is not None:
            EVERY[name] = every
        return handler

    return mark


def order(
    db: Session, new_id: str, name: str, due: datetime, by: str, key: str | None, args: Mapping[str, object]
) -> str:
    """Write a job in the caller's transaction; the id of it, or of the one that had this key already."""
    if key is not None and (old := db.scalar(select(Job.id).where(Job.key == key))):
        return old
    row = Job(id=new_id, name=name, key=key, args=plain(args), state=JobState.WAITING, ordered_by=by, due=due)
    store.put(db, row)
    return new_id


def rows_of(name: str, due: datetime, by: str, orders: Sequence[Order]) -> list[dict[str, object]]:
    """Many jobs of a kind as rows with every value named, to be stored by one statement (`Act.add_many`)."""
    return [
        {"id": o.id, "name": name, "key": o.key, "args": written(o.args), "state": JobState.WAITING, "ordered_by": by, "due": due,
         "lease_until": None, "attempts": 0, "done": 0, "total": 0, "problem": ""}
        for o in orders
    ]  # fmt: skip


def order_regular(office: Office) -> int:
    """Order every regular job whose turn has come; how many were ordered. Many workers may: a turn is ordered once."""
    now = office.clock.now()
    wanted = {f"every:{name}:{_turn(now, period)}": name for name, period in EVERY.items()}
    with reading(office.engine) as db:
        held = set(db.scalars(select(Job.key).where(Job.key.in_(wanted))))
    ordered = 0
    for key, name in wanted.items():
        if key not in held:
            ordered += _order_alone(office, name, key, now)
    return ordered


def behind(db: Session, now: datetime) -> list[str]:
    """Regular jobs whose last turn is overdue: nobody works them."""
    found = []
    for name, period in sorted(EVERY.items()):
        done = db.scalar(
            select(func.max(Job.due)).where(
                Job.name == name, Job.key.startswith(f"every:{name}:"), Job.state == JobState.DONE
            )
        )
        if done is not None and now - done > period + BEHIND:
            found.append(name)
    return found


def _turn(now: datetime, period: timedelta) -> int:
    return int(now.timestamp() // period.total_seconds())


def _order_alone(office: Office, name: str, key: str, now: datetime) -> int:
    try:
        with writing(office.engine) as db:
            job_id = row_id(now, office.source)
            return int(order(db, job_id, name, now, "system", key, {}) == job_id)
    except IntegrityError:  # another worker was first
        return 0


def revive(db: Session, name: str, job_ids: Iterable[str], now: datetime) -> int:
    """Let failed jobs of a kind start afresh, in the caller's transaction; how many there were."""
    count = 0
    for row in db.scalars(select(Job).where(Job.id.in_(list(job_ids)), Job.name == name, Job.state == JobState.FAILED)):
        JOB.check(row.state, "revive")
        row.state, row.attempts, row.problem, row.due = JobState.WAITING, 0, "", now
        count += 1
    db.flush()
    return count


def run_one(office: Office, but: frozenset[str] = frozenset()) -> bool:
    """Take the next due job and run it, kinds in `but` left out; False if none is due."""
    taken = _take(office, but)
    if taken is None:
        return False
    job_id, name, args, attempts = taken
    try:
        HANDLERS[name](Bench(job_id, office), **args)
    except Exception as error:
        # Busy or read-only is nothing of the job's own: it is tried again however long that lasts.
        later = isinstance(error, Unavailable)
        final = not later and (attempts >= MOST_ATTEMPTS or isinstance(error, Refusal))
        _settle(office, job_id, JobState.FAILED if final else JobState.WAITING, attempts, _told(error))
    else:
        _settle(office, job_id, JobState.DONE, attempts, "")
    return True


def run_due(office: Office, most: int = 10_000, but: frozenset[str] = frozenset()) -> int:
    """Run jobs until none is due, kinds in `but` left out; how many ran."""
    for count in range(most):
        if not run_one(office, but):
            return count
    return most


def _take(office: Office, but: frozenset[str] = frozenset()) -> tuple[str, str, dict[str, Any], int] | None:
    now = office.clock.now()
    ready = (Job.state == JobState.WAITING) & (Job.due <= now) & Job.name.not_in(but)
    orphaned = (Job.state == JobState.RUNNING) & (Job.lease_until < now) & Job.name.not_in(but)
    with reading(office.engine) as db:
        if db.scalar(select(Job.id).where(or_(ready, orphaned)).limit(1)) is None:
            return None
    with writing(office.engine) as db:
        row = db.scalars(
            select(Job).where(or_(ready, orphaned)).order_by(Job.due, Job.id).limit(1).with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        JOB.check(row.state, "take" if row.state == JobState.WAITING else "retake")
        row.state, row.lease_until, row.attempts = JobState.RUNNING, now + LEASE, row.attempts + 1
        return row.id, row.name, dict(row.args), row.attempts


def _settle(office: Office, job_id: str, state: JobState, attempts: int, problem: str) -> None:
    now = office.clock.now()
    with writing(office.engine) as db:
        db.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == JobState.RUNNING)
            .values(
                state=state,
                problem=problem,
                lease_until=None,
                due=now + timedelta(seconds=2 ** min(attempts, LONGEST_WAIT)) if state == JobState.WAITING else Job.due,
            )
        )


def _told(error: Exception) -> str:
    if isinstance(error, Refusal):
        return " ".join([error.code, *(f.code for f in error.findings if not f.met)])
    return "".join(traceback.format_exception_only(error))[:400]


def open_of(db: Session, name: str) -> bool:
    """Whether work of this kind waits or runs."""
    open_states = (JobState.WAITING, JobState.RUNNING)
    return db.scalar(select(Job.id).where(Job.name == name, Job.state.in_(open_states)).limit(1)) is not None


def waiting(db: Session) -> int:
    """How many jobs wait or run."""
    open_states = (JobState.WAITING, JobState.RUNNING)
    return db.scalar(select(func.count()).select_from(Job).where(Job.state.in_(open_states))) or 0
