"""What makes an erasure final, what follows a joined record late, and by what double records are found."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from skills.kernel.actors import SYSTEM
from skills.kernel.datakeys import DataKeys
from skills.kernel.jobs import Bench, job
from skills.people.actions.joining import GATHER, gather
from skills.people.actions.register import note_likeness, unnoted
from skills.people.models import Person
from skills.people.queries.joining import left_behind
from skills.people.rules import DESTROY


@job(DESTROY, every=timedelta(days=1))
def destroy_keys(bench: Bench) -> None:
    """Destroy the data key of everybody who was erased. Safe to run twice.

    Every day too: a key that came back with a restored backup of the key file goes again.
    """
    keys = bench.office.tools[DataKeys]
    assert isinstance(keys, DataKeys)  # noqa: S101
    erased = bench.office.ask(lambda db: list(db.scalars(select(Person.id).where(Person.erased_at.is_not(None)))))
    for person_id in sorted(set(erased) - keys.destroyed()):
        keys.destroy(person_id, bench.office.clock.now())


@job(GATHER, every=timedelta(days=1))
def gather_rows(bench: Bench) -> None:
    """What was written about a joined record while it was joined follows. Safe to run twice."""
    if bench.office.ask(lambda db: any(True for _ in left_behind(db))):
        bench.office.perform(gather, actor=SYSTEM)


@job("people.note_likeness", every=timedelta(days=1))
def note_all(bench: Bench) -> None:
    """People who came to the register before likenesses were noted get theirs, 500 in an act. Safe to run twice."""
    while bench.office.ask(lambda db: db.scalar(select(Person.id).where(unnoted()).limit(1))):
        bench.office.perform(note_likeness, actor=SYSTEM, most=500)
