"""One redemption on SQLite beside one bare connection that is told the very same statements."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench import redemption
from bench.result import Result
from skills import config
from skills.app import assemble

Said = list[tuple[str, Any, bool]]  # (statement, values, whether there are many of them)


def measure(count: int = 300) -> list[Result]:
    """Redemptions a second of one process, and of `sqlite3` alone on a copy, by turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = _environment(folder, "ours")
        tickets = redemption.prepare(environ, count)
        for copy in ("recorded", "replayed"):
            with sqlite3.connect(folder / "ours.db") as source, sqlite3.connect(folder / f"{copy}.db") as target:
                source.backup(target)
        rounds = [tickets[r :: redemption.ROUNDS] for r in range(redemption.ROUNDS)]
        scripts = [_said(_environment(folder, "recorded"), round_) for round_ in rounds]
        redemption.begin(environ)
        bare = _bare(folder / "replayed.db")
        took = theirs = 0.0
        for round_, script in zip(rounds, scripts, strict=True):
            start, end = redemption.share(round_)
            took += end - start
            theirs += _replay(bare, script)
        for database in ("ours", "replayed"):
            with sqlite3.connect(folder / f"{database}.db") as check:
                if check.execute("select count(*) from redemption").fetchone() != (count,):
                    raise RuntimeError(f"{database}: not {count} redemptions")
        redemption.works().engine.dispose()
        bare.close()
        shutil.rmtree(folder, ignore_errors=True)
    return [Result("one redemption, one process (SQLite)", "redemptions/s", count / took, count / theirs,
                   "sqlite3 alone, same statements")]  # fmt: skip


def _environment(folder: Path, database: str) -> dict[str, str]:
    return {"SKILLS_ENV": "demo", "DATA_DIR": str(folder), "PUBLIC_BASE": "http://localhost", "SKILLS_LIMITS": "off",
            "DATABASE_URL": f"sqlite:///{folder / database}.db"}  # fmt: skip


def _said(environ: dict[str, str], tickets: redemption.Share) -> list[Said]:
    """What each act said to the database, with its values; reads before the act among it."""
    house = assemble(config.read(environ))
    said: Said = []

    @event.listens_for(house.engine, "before_cursor_execute")
    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if not statement.startswith("BEGIN"):
            said.append((statement, parameters, many))

    acts = []
    for ticket in tickets:
        said.clear()
        redemption.redeem(house, ticket)
        acts.append(list(said))
    house.engine.dispose()
    return acts


def _bare(path: Path) -> sqlite3.Connection:
    """A connection as the house makes one, without the house."""
    made = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        made.execute(f"PRAGMA {pragma}")
    return made


def _replay(bare: sqlite3.Connection, acts: list[Said]) -> float:
    start = time.perf_counter()
    for said in acts:
        bare.execute("BEGIN IMMEDIATE")
        for statement, values, many in said:
            if many:
                bare.executemany(statement, values)
            else:
                bare.execute(statement, values).fetchall()
        bare.execute("COMMIT")
    return time.perf_counter() - start
