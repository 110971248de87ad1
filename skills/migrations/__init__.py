"""The schema's history: one chain of revisions for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from skills import features
from skills.kernel import guards
from skills.kernel.db import Base


class Broken(Exception):
    """An upgrade would leave rows without what they point at; nothing was changed."""


FOLDER = Path(__file__).parent


def upgrade(engine: Engine, revision: str = "head", files: Path | None = None) -> None:
    """Bring a database to a revision; on an empty one, make everything. `files`: where its papers lie."""
    features.load()
    with _without_foreign_keys(engine) as connection:
        guards.take_down(connection)
        command.upgrade(_config(connection, files), revision)
        if MigrationContext.configure(connection).get_current_revision() == newest():
            guards.put_up(connection)


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """One writing transaction in which SQLite lets a table be made anew that others point at.

    The pointers are checked before the commit: sqlite.org/lang_altertable.html, section 7. Raises Broken.
    """
    sqlite = engine.dialect.name == "sqlite"
    with engine.execution_options(writes=True).connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None  # noqa: S101 - narrows for the type checker
        if sqlite:  # a pragma inside a transaction would do nothing
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if sqlite and (faults := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise Broken(f"{len(faults)} rows point at rows that are not there, first in {faults[0][0]}")
        finally:
            if sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


def stamp_of(engine: Engine) -> str | None:
    """The revision a database stands at; None if it has no history."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The newest revision of this version of the code."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def revisions() -> list[str]:
    """All revisions, the first first."""
    return [script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()][::-1]


def differences(engine: Engine) -> list[object]:
    """What the database and the models do not agree on."""
    features.load()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def write_revision(engine: Engine, message: str, rev_id: str) -> None:
    """Write a new revision from the difference between the models and this database (for developers)."""
    with engine.execution_options(writes=True).begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=rev_id)


def _config(connection: Connection | None, files: Path | None = None) -> Config:
    chosen = Config()
    chosen.set_main_option("script_location", str(FOLDER))
    chosen.attributes["connection"] = connection
    chosen.attributes["files"] = files
    return chosen
