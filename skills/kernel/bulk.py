"""Many new rows at once. On PostgreSQL they travel by COPY, which takes a fraction of what statements take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import JSON, BigInteger, Boolean, Date, Dialect, Integer, LargeBinary, String, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skills.kernel.db import Base, UtcDateTime
from skills.kernel.witness import FOLLOWED

FEWEST = 100  # fewer rows are not worth a COPY

# From the narrowest type on: a BigInteger is an Integer, too.
_TYPES: tuple[tuple[type[Any], str], ...] = (
    (BigInteger, "int8"), (Integer, "int4"), (Boolean, "bool"), (LargeBinary, "bytea"), (JSON, "json"),
    (UtcDateTime, "timestamptz"), (Date, "date"), (String, "text"),
)  # fmt: skip


def copied(db: Session, model: type[Base], rows: Sequence[Mapping[str, object]]) -> bool:
    """Store new rows by COPY and put them on the act's record; False if that is not to be had for these.

    Every row names the same attributes. What they do not name is left to the database, its default or NULL: a default that
    the mapping alone knows cannot be had by COPY, and such rows go the other way. Raises IntegrityError and its like.
    """
    if db.get_bind().dialect.name != "postgresql" or len(rows) < FEWEST or _defaulted(model) - rows[0].keys():
        return False
    db.flush()
    dialect = db.get_bind().dialect
    statement, types, fields = _plan(model, tuple(rows[0]), dialect)
    driver: Any = db.connection().connection.driver_connection
    try:
        with driver.cursor().copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row([None if (value := row[name]) is None else made(value) for name, made in fields])
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error, dialect=dialect) from error
    if FOLLOWED in db.info:
        db.info[FOLLOWED].loaded(model, rows)
    return True


@cache
def _defaulted(model: type[Base]) -> frozenset[str]:
    """Attributes that the mapping fills in if they are not named, and the database does not."""
    found = inspect(model).column_attrs
    return frozenset(a.key for a in found if a.columns[0].default is not None and a.columns[0].server_default is None)


@cache
def _plan(
    model: type[Base], names: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[str], list[tuple[str, Callable[[Any], Any]]]]:
    """The statement, the types of its columns, and for each attribute what the driver is given."""
    mapper = inspect(model)
    columns = [mapper.get_property(name).columns[0] for name in names]
    quote = dialect.identifier_preparer.quote
    listed = ", ".join(quote(column.name) for column in columns)
    statement = f"COPY {quote(mapper.local_table.name)} ({listed}) FROM STDIN (FORMAT BINARY)"  # type: ignore[attr-defined]
    types = [next(word for kind, word in _TYPES if isinstance(column.type, kind)) for column in columns]
    return statement, types, [(name, _given(column.type, dialect)) for name, column in zip(names, columns, strict=True)]


def _given(kind: Any, dialect: Dialect) -> Callable[[Any], Any]:
    if isinstance(kind, JSON | UtcDateTime):
        return kind.bind_processor(dialect) or (lambda value: value)
    if isinstance(kind, String):
        return lambda value: str(value.value) if isinstance(value, Enum) else value
    return lambda value: value
