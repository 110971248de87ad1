"""Engine, base class and column types. Only the office and named housekeepers open a writing transaction."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Select,
    String,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from skills.kernel.canon import to_store

BUSY_MILLISECONDS = 20_000


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = Annotated[str, mapped_column(String(26))]
Code = Annotated[str, mapped_column(String(64))]
Words = Annotated[str, mapped_column(String(400))]
UtcTime = Annotated[datetime, mapped_column(UtcDateTime())]
Cents = Annotated[int, mapped_column(BigInteger())]
Sealed = Annotated[bytes, mapped_column(LargeBinary())]
Json = Annotated[dict[str, Any], mapped_column(JSON())]


class Base(DeclarativeBase):
    """Every table. Constraint names follow one pattern, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def make_engine(url: str) -> Engine:
    """An engine for SQLite (WAL) or PostgreSQL.

    On SQLite a transaction is `BEGIN IMMEDIATE` only if it is marked as writing (`writing(engine)`): a page that
    reads never takes the one write lock.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=20, max_overflow=100, json_serializer=to_store)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    url = url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)
    return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=80, json_serializer=to_store)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA recursive_triggers=ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_sqlite_writer = threading.Lock()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One writing transaction: committed at the end, rolled back on any exception.

    On SQLite the writers of one process queue here and not inside the database, which shortens the longest wait.
    """
    lock = _sqlite_writer if engine.dialect.name == "sqlite" else _no_lock
    with (
        lock,
        Session(engine.execution_options(writes=True), expire_on_commit=False, autoflush=True) as db,
        db.begin(),
    ):
        yield db


@contextmanager
def reading(engine: Engine | Connection) -> Iterator[Session]:
    """One reading session; nothing that is done in it is kept."""
    with Session(engine, expire_on_commit=False, autoflush=False) as db:
        try:
            yield db
        finally:
            db.expunge_all()  # what was read stays readable; a rollback would empty it
            db.rollback()


def among(db: Session, column: Any, values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a text column holds one of these values, however many there are: they travel as one parameter."""
    wanted = sorted(set(values))
    if db.get_bind().dialect.name == "postgresql":
        return cast(ColumnElement[bool], column == func.any(func.string_to_array(_BETWEEN.join(wanted), _BETWEEN)))
    listed = func.json_each(json.dumps(wanted)).table_valued("value")
    return cast(ColumnElement[bool], column.in_(select(listed.c.value)))


_BETWEEN = "\x1f"  # stands in no id, number or digest; a text that holds it is none of them


class Prepared:
    """One SELECT, compiled once and run on the bare driver: for the few reads that strangers ask for all day long.

    Values go in and come out as the driver has them (JSON is text on SQLite); every parameter must be bound by name.
    """

    def __init__(self, engine: Engine, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=engine.dialect)
        self._engine = engine
        self._sql = str(compiled)
        self._order = compiled.positiontup

    def all(self, **values: object) -> Sequence[Sequence[Any]]:
        """The rows. Reads only: the transaction is rolled back when the connection goes home."""
        with closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(self._sql, values if self._order is None else [values[name] for name in self._order])
            found: Sequence[Sequence[Any]] = cursor.fetchall()
            cursor.close()
            return found


@contextmanager
def snapshots(engine: Engine) -> Iterator[Connection]:
    """A connection on which every reading session sees data that stands still: each all of its own moment, whatever is done meanwhile."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection


class _NoLock:
    def __enter__(self) -> None: ...
    def __exit__(self, *_error: object) -> None: ...


_no_lock = _NoLock()


def exclusive(db: Session, name: str) -> bool:
    """Take the named lock until the transaction ends; False if another transaction holds it.

    On SQLite a writing transaction is alone anyway.
    """
    if db.get_bind().dialect.name != "postgresql":
        return True
    found = db.execute(text("select pg_try_advisory_xact_lock(hashtextextended(:n, 0))"), {"n": name}).scalar_one()
    return bool(found)


def wait_exclusive(db: Session, name: str) -> None:
    """Wait for the named lock and hold it until the transaction ends (PostgreSQL; SQLite is alone anyway)."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("select pg_advisory_xact_lock(hashtextextended(:n, 0))"), {"n": name})


def broken_unique(error: Exception) -> bool:
    """Whether a database error says that somebody else was first."""
    cause = getattr(error, "orig", None)
    return getattr(cause, "sqlstate", "") == "23505" or "UNIQUE constraint failed" in str(cause)
