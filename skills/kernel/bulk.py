"""Many rows at once, column by column. On PostgreSQL new ones travel by COPY, which takes a fraction of what statements take."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import JSON, Boolean, Date, Dialect, Integer, LargeBinary, Row, String, insert, inspect, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skills.kernel.db import FOLLOWED, Base, UtcDateTime, among
from skills.kernel.shapes import as_written

FEWEST = 100  # fewer rows are not worth a COPY

Columns = dict[str, Sequence[Any]]  # of each attribute the values of all rows


def stored(db: Session, model: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Store new rows, every one naming the same attributes, and put them on the act's record. Raises IntegrityError and its like."""
    if rows and not copied(db, model, rows) and not _inserted(db, model, rows):
        db.execute(insert(model), [dict(row) for row in rows])


def copied(db: Session, model: type[Base], rows: Sequence[Mapping[str, object]]) -> bool:
    """Store new rows by COPY and put them on the act's record; False if that is not to be had for these.

    Every row names the same attributes. What they do not name is left to the database, its default or NULL: a default that
    the mapping alone knows cannot be had by COPY, and such rows go the other way. Raises IntegrityError and its like.
    """
    if db.get_bind().dialect.name != "postgresql" or len(rows) < FEWEST or _defaulted(model) - rows[0].keys():
        return False
    db.flush()
    dialect = db.get_bind().dialect
    statement, told = _plan(model, tuple(rows[0]), dialect)
    columns = _columns(model, rows)
    driver: Any = db.connection().connection.driver_connection
    try:
        with driver.cursor().copy(statement) as copy:
            copy.write(_lines(columns, told))
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error, dialect=dialect) from error
    if FOLLOWED in db.info:
        db.info[FOLLOWED].loaded(model, columns)
    return True


def _inserted(db: Session, model: type[Base], rows: Sequence[Mapping[str, object]]) -> bool:
    """The same on SQLite, by one statement of the driver."""
    if db.get_bind().dialect.name != "sqlite" or _defaulted(model) - rows[0].keys():
        return False
    db.flush()
    columns = _columns(model, rows)
    statement, given = _insert(model, tuple(rows[0]), db.get_bind().dialect)
    bound = [_bound(values, made) for values, made in zip(columns.values(), given, strict=True)]
    db.connection().exec_driver_sql(statement, list(zip(*bound, strict=True)))
    if FOLLOWED in db.info:
        db.info[FOLLOWED].loaded(model, columns)
    return True


def _bound(values: Sequence[Any], made: Callable[[Any], Any] | None) -> Sequence[Any]:
    """Values as the driver takes them; what is the same for all rows is made once."""
    if made is None:
        return values
    if values.count(values[0]) == len(values):
        return [None if values[0] is None else made(values[0])] * len(values)
    return [None if value is None else made(value) for value in values]


def whole(model: type[Base], but: Collection[str] = ()) -> list[Any]:
    """What to select to read rows whole, by attribute, but for some that will be written anyway."""
    return [getattr(model, a.key) for a in inspect(model).column_attrs if a.key not in but]


def changed(db: Session, model: type[Base], held: Sequence[Row[Any]], values: Mapping[str, object]) -> None:
    """Give rows the same values and put them on the act's record as they are then.

    held  the rows, read `whole` but for these values in this transaction and locked by it; they are not read again
    """
    columns: Columns = dict(zip(held[0]._fields, zip(*held, strict=True), strict=True))
    columns |= {name: [value] * len(held) for name, value in values.items()}
    one: Any = model
    db.flush()
    table: Any = inspect(model).local_table
    done: Any = db.connection().execute(
        update(table).where(among(db, one.id, columns["id"])).values({inspect(model).get_property(n).columns[0]: v for n, v in values.items()})
    )
    if done.rowcount != len(held):
        raise RuntimeError(f"{model.__tablename__}: {done.rowcount} of {len(held)} rows, which were not held")
    if FOLLOWED in db.info:
        db.info[FOLLOWED].changed(model, columns)


def _columns(model: type[Base], rows: Sequence[Mapping[str, object]]) -> Columns:
    """Rows column by column; JSON is written down, once for the database and the record."""
    found: Columns = {name: [row[name] for row in rows] for name in rows[0]}
    for name in _in_json(model) & found.keys():
        found[name] = as_written(found[name])
    return found


def _lines(columns: Columns, told: Mapping[str, Callable[[Any], str]]) -> str:
    """The rows as COPY reads them. What a column says of all rows alike is written once for all of them."""
    parts, varying = [], []
    for name, values in columns.items():
        if values.count(values[0]) == len(values):
            parts.append(_texts(values[:1], told[name])[0].replace("%", "%%"))
        else:
            parts.append("%s")
            varying.append(_texts(values, told[name]))
    line = "\t".join(parts) + "\n"
    return "".join([line % row for row in zip(*varying, strict=True)] if varying else [line % ()] * len(values))


def _texts(values: Sequence[Any], told: Callable[[Any], str]) -> list[str]:
    texts = list(values) if set(map(type, values)) == {str} else ["" if value is None else told(value) for value in values]
    whole = "".join(texts)
    for sign, escaped in _ESCAPED:
        if sign in whole:
            texts = [text.replace(sign, escaped) for text in texts]
    return [_NULL if value is None else text for value, text in zip(values, texts, strict=True)] if None in values else texts


_NULL = "\\N"
_ESCAPED = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))  # the backslash first


@cache
def _defaulted(model: type[Base]) -> frozenset[str]:
    """Attributes that the mapping fills in if they are not named, and the database does not."""
    found = inspect(model).column_attrs
    return frozenset(a.key for a in found if a.columns[0].default is not None and a.columns[0].server_default is None)


@cache
def _in_json(model: type[Base]) -> frozenset[str]:
    return frozenset(a.key for a in inspect(model).column_attrs if isinstance(a.columns[0].type, JSON))


@cache
def _plan(model: type[Base], names: tuple[str, ...], dialect: Dialect) -> tuple[str, dict[str, Callable[[Any], str]]]:
    """The statement, and for each attribute how its values are told."""
    mapper = inspect(model)
    columns = [mapper.get_property(name).columns[0] for name in names]
    quote = dialect.identifier_preparer.quote
    listed = ", ".join(quote(column.name) for column in columns)
    statement = f"COPY {quote(mapper.local_table.name)} ({listed}) FROM STDIN"  # type: ignore[attr-defined]
    return statement, {name: _told(column.type, dialect) for name, column in zip(names, columns, strict=True)}


@cache
def _insert(model: type[Base], names: tuple[str, ...], dialect: Dialect) -> tuple[str, list[Callable[[Any], Any] | None]]:
    """The statement, and for each attribute what makes of its values what the driver takes."""
    mapper = inspect(model)
    columns = [mapper.get_property(name).columns[0] for name in names]
    quote = dialect.identifier_preparer.quote
    listed, places = ", ".join(quote(column.name) for column in columns), ", ".join("?" * len(columns))
    statement = f"INSERT INTO {quote(mapper.local_table.name)} ({listed}) VALUES ({places})"  # type: ignore[attr-defined]  # noqa: S608 - our own names
    return statement, [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]


def _told(kind: Any, dialect: Dialect) -> Callable[[Any], str]:
    """How a value of this type is told to COPY before its signs are escaped."""
    match kind:
        case UtcDateTime():
            return lambda value: str(kind.process_bind_param(value, dialect))
        case JSON():
            return lambda value: str(value.text)
        case Date():
            return date.isoformat
        case LargeBinary():
            return lambda value: f"\\x{bytes(value).hex()}"
        case Boolean():
            return lambda value: "t" if value else "f"
        case Integer():
            return lambda value: str(int(value))
        case String():
            return lambda value: str(value.value) if isinstance(value, Enum) else str(value)
    raise TypeError(f"{kind!r}: say how it travels in skills/kernel/bulk.py")
