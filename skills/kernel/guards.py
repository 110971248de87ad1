"""What the database itself refuses, whoever writes into it: one condition on what is done to rows of a table, as a trigger of SQLite or PostgreSQL.

A room says its guards beside its models. They stand wherever the tables are made (`create_all`, `skills upgrade`); while tables are
made anew, and while the rows of another database are copied in, they are down.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, event, inspect
from sqlalchemy import text as sql

from skills.kernel.db import Base


@dataclass(frozen=True)
class Guard:
    """What is done to a row (INSERT, UPDATE or DELETE) is refused by this name unless `holds` is true: SQL that both databases read, in
    which NEW is the row as it would be."""

    name: str
    table: str
    holds: str
    on: str


_guards: dict[str, Guard] = {}


def guard(name: str, table: str, holds: str) -> None:
    """Let the database refuse new rows of a table for which a condition is not true."""
    _guards[name] = Guard(name, table, holds, "INSERT")


def frozen(table: str) -> None:
    """Let the database refuse to change rows of a table and to take any away: only new ones are written."""
    for name, on in ((f"{table}_unchanged", "UPDATE"), (f"{table}_undeleted", "DELETE")):
        _guards[name] = Guard(name, table, "FALSE", on)


def put_up(connection: Connection) -> None:
    """Put every guard up, as it is said today."""
    take_down(connection)
    for one in _guards.values():
        for statement in _SAID[connection.dialect.name](one):
            connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    """Take every guard down whose table is there."""
    there = set(inspect(connection).get_table_names())
    for one in _guards.values():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {one.name}")
        elif one.table in there:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {one.name} ON {one.table}")


@contextmanager
def down(connection: Connection) -> Iterator[None]:
    """Write rows that were refused or let in elsewhere: a copy of data is not the place to judge it."""
    take_down(connection)
    yield
    put_up(connection)


def standing(connection: Connection) -> frozenset[str]:
    """The names of the guards that stand in a database."""
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    return frozenset(_guards) & set(connection.execute(sql(asked[connection.dialect.name])).scalars())


def names() -> frozenset[str]:
    """The names of all guards."""
    return frozenset(_guards)


def _sqlite(one: Guard) -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER {one.name} BEFORE {one.on} ON {one.table} FOR EACH ROW WHEN ({one.holds}) IS NOT TRUE "
        f"BEGIN SELECT RAISE(ABORT, '{one.name}'); END",
    )


def _postgresql(one: Guard) -> tuple[str, ...]:
    refuse = f"RAISE EXCEPTION '{one.name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{one.name}'"
    return (
        f"CREATE OR REPLACE FUNCTION {one.name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF ({one.holds}) IS NOT TRUE THEN {refuse}; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {one.name} BEFORE {one.on} ON {one.table} FOR EACH ROW EXECUTE FUNCTION {one.name}()",
    )


_SAID = {"sqlite": _sqlite, "postgresql": _postgresql}


@event.listens_for(Base.metadata, "after_create")
def _made(_target: object, connection: Connection, tables: list[Table] | None = None, **_more: Any) -> None:
    made = {table.name for table in tables or ()}
    if made and made >= {one.table for one in _guards.values()}:
        put_up(connection)
