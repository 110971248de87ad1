"""What makes an erasure final: the keys of erased people are destroyed, after the decision is on record."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from skills.kernel.datakeys import DataKeys
from skills.kernel.jobs import Bench, job
from skills.people.models import Person
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
