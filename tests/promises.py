"""Every promise of the house, asked at the end of a test, without asking again what is known.

Most tables are empty in most tests. What a check says follows from what it reads: if it read nothing but empty tables
and found nothing, it finds nothing as long as they are empty. That is learned once by each process of tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import TextClause

from skills.kernel import checks
from skills.kernel.db import Base, snapshots

_silent: dict[checks.Check, frozenset[str]] = {}  # found nothing while these were empty, and looked at nothing else


class _Tools(Mapping[type, object]):
    """The tools of the house, and whether one was taken: a file or a key is not seen in a statement."""

    def __init__(self, tools: Mapping[type, object]) -> None:
        self._tools = tools
        self.taken = False

    def __getitem__(self, kind: type) -> object:
        self.taken = True
        return self._tools[kind]

    def __iter__(self) -> Iterator[type]:
        self.taken = True
        return iter(self._tools)

    def __len__(self) -> int:
        return len(self._tools)


def broken(engine: Engine, at: datetime, tools: Mapping[type, object]) -> dict[str, list[str]]:
    """Every check that does not hold, with its violations: as `checks.run` tells them."""
    found = {}
    with snapshots(engine) as connection, connection.begin():  # one moment for all: nothing else goes on in a test
        filled = frozenset(connection.scalars(_which_are_filled()))
        for name in sorted(checks.CHECKS):
            made = checks.CHECKS[name]
            if made in _silent and _silent[made].isdisjoint(filled):
                continue
            lines, read, taken = _asked(connection, made, at, tools)
            if lines:
                found[name] = lines
            elif not taken and read.isdisjoint(filled):
                _silent[made] = read
    return found


def _asked(connection: Connection, made: checks.Check, at: datetime, tools: Mapping[type, object]) -> tuple[list[str], frozenset[str], bool]:
    """What a check finds, the tables that its statements name, and whether it took a tool."""
    said: list[str] = []
    watched = _Tools(tools)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        with Session(connection, expire_on_commit=False, autoflush=False) as db:
            lines = list(made.ask(checks.Bookkeeper(db, at, watched)))
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return lines, frozenset().union(*map(_tables, said)), watched.taken


_WORD = re.compile(r"(?<![.\w])(?<!%\()(?<!AS )\w+")  # not the columns, values and labels that are called like a table


@cache
def _tables(statement: str) -> frozenset[str]:
    return frozenset(_WORD.findall(statement)) & Base.metadata.tables.keys()


@cache
def _which_are_filled() -> TextClause:
    return text(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in Base.metadata.tables))
