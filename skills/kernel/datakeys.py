"""A data key for each subject (a person, say), outside the database: what is sealed under it goes with it.

A dump of the database cannot be edited afterwards; a value in it that was sealed under a subject's own key is
unreadable in every copy once that key is destroyed (crypto-shredding). The keys stand in one SQLite file beside the
others, `DATA_DIR/keys/subjects.db`, for its owner alone. Nothing is kept in memory: a key that one process destroyed
opens nothing in another one.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Collection
from contextlib import closing
from datetime import datetime
from pathlib import Path

from skills.kernel.db import BUSY_MILLISECONDS
from skills.kernel.ids import Source

_TABLE = """CREATE TABLE IF NOT EXISTS subject_key
    (subject TEXT PRIMARY KEY, key BLOB, destroyed_at TEXT, CHECK ((key IS NULL) = (destroyed_at IS NOT NULL)))
    WITHOUT ROWID"""


class KeyDestroyed(LookupError):
    """The subject's key was destroyed: nothing of it opens, and nothing more may be sealed."""


class DataKeys:
    """The subjects' keys of one installation, shared by all its processes."""

    def __init__(self, path: Path, source: Source) -> None:
        self._path = path
        self._source = source
        self._local = threading.local()

    def take(self, subject: str) -> bytes:
        """The 32 bytes of a subject's key, made and stored the first time. Raises KeyDestroyed.

        The key is on disk before anything that is sealed under it can be: a crash leaves a key without a value, never
        a value without its key.
        """
        held = self.find(subject)
        if held is None:
            self._database().execute(
                "INSERT OR IGNORE INTO subject_key (subject, key) VALUES (?, ?)", (subject, self._source.token(32))
            )
            held = self.find(subject)
        assert held is not None  # noqa: S101 - it was there, or was put there
        return held

    def prepare(self, subjects: Collection[str]) -> None:
        """Make the keys of many subjects in one go, for those that have none; whoever fills a copy by bulk needs them all."""
        database = self._database()
        with closing(database.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(
                "INSERT OR IGNORE INTO subject_key (subject, key) VALUES (?, ?)",
                ((subject, self._source.token(32)) for subject in sorted(subjects)),
            )
            cursor.execute("COMMIT")

    def find(self, subject: str) -> bytes | None:
        """A subject's key, None if there never was one. Raises KeyDestroyed."""
        chosen = "SELECT key, destroyed_at FROM subject_key WHERE subject = ?"
        row = self._database().execute(chosen, (subject,)).fetchone()
        if row is not None and row[0] is None:
            raise KeyDestroyed(f"{subject}, {row[1]}")
        return None if row is None else bytes(row[0])

    def find_all(self, subjects: Collection[str]) -> dict[str, bytes | None]:
        """The keys of many subjects, None for one that was destroyed; those that never had one are left out."""
        chosen = "SELECT subject, key FROM subject_key WHERE subject IN (SELECT value FROM json_each(?))"
        return dict(self._database().execute(chosen, (json.dumps(sorted(subjects)),)).fetchall())

    def destroy(self, subject: str, at: datetime) -> bool:
        """Destroy a subject's key for good; False if it was destroyed before. A subject without a key can get none later.

        The page of the file is overwritten (secure_delete). Backups of the file have their own life: docs/keys.md.
        """
        done = self._database().execute(
            "INSERT INTO subject_key (subject, key, destroyed_at) VALUES (?, NULL, ?) ON CONFLICT (subject)"
            " DO UPDATE SET key = NULL, destroyed_at = excluded.destroyed_at WHERE key IS NOT NULL",
            (subject, at.isoformat()),
        )
        return done.rowcount == 1

    def destroyed(self) -> frozenset[str]:
        """The subjects whose keys were destroyed."""
        rows = self._database().execute("SELECT subject FROM subject_key WHERE destroyed_at IS NOT NULL")
        return frozenset(subject for (subject,) in rows)

    def _database(self) -> sqlite3.Connection:
        """This thread's connection; a process that was forked opens its own."""
        if getattr(self._local, "process", None) != os.getpid():
            self._local.connection, self._local.process = self._open(), os.getpid()
        found: sqlite3.Connection = self._local.connection
        return found

    def _open(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        if self._path.stat().st_mode & 0o077:
            raise PermissionError(f"{self._path.name} may be read by others: chmod 600")
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute(_TABLE)
        return connection
