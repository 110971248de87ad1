"""The copy that a rehearsal plants into: every row of an installation in a SQLite file of its own, and what changes in it alone.

Values stay sealed under the installation's keys, which are not copied: whoever reads the copy borrows them. Keys of people who are
planted lie beside the copy and go with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, or_, select, update

from skills.kernel import guards
from skills.kernel.clock import shanghai_day
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import Base, writing
from skills.kernel.ids import Source
from skills.oversight.rehearsal.book import CHUNK
from skills.standards.states import PolicyState


def copy(source: Engine, target: Engine) -> int:
    """Fill an empty schema of SQLite with all rows of an installation, as they stand at one moment; how many.

    The source is only read, a chunk at a time.
    """
    count = 0
    with _still(source) as there, writing(target) as db:
        here = db.connection()
        here.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # a row may point at a later one of its own table
        with guards.down(here):
            for table in Base.metadata.sorted_tables:
                for rows in there.execute(select(table), execution_options={"yield_per": CHUNK}).partitions():
                    here.execute(insert(table), [row._asdict() for row in rows])
                    count += len(rows)
    return count


@contextmanager
def _still(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment and can write nothing; it is closed afterwards, and nobody else gets it."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.connect() as connection:
        connection.detach()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA query_only=ON")
        yield connection


class Borrowed(DataKeys):
    """The data keys of an installation, which are only read, and beside them those of people who are planted."""

    def __init__(self, path: Path, source: Source, lent: DataKeys) -> None:
        super().__init__(path, source)
        self._lent = lent

    def find(self, subject: str) -> bytes | None:
        own = super().find(subject)
        return own if own is not None else self._lent.find(subject)

    def find_all(self, subjects: Collection[str]) -> dict[str, bytes | None]:
        return self._lent.find_all(subjects) | super().find_all(subjects)


def put_in_force(copied: Engine, policy_id: str, now: datetime) -> None:
    """A proposed row of policy counts today, in the copy alone, whatever its first day; the row in force until now ends yesterday."""
    policy, today = Base.metadata.tables["policy"], shanghai_day(now)
    with writing(copied) as db:
        here = db.connection()
        name = here.scalar(select(policy.c.name).where(policy.c.id == policy_id))
        counts = (policy.c.state == PolicyState.RELEASED, policy.c.valid_from <= today, or_(policy.c.valid_to.is_(None), policy.c.valid_to >= today))
        here.execute(update(policy).where(policy.c.name == name, *counts).values(valid_to=today - timedelta(days=1)))
        row = update(policy).where(policy.c.id == policy_id)
        here.execute(row.values(state=PolicyState.RELEASED, valid_from=today, valid_to=today, released_at=now))
