"""Engine, base class and column types. Only the office and named housekeepers open a writing transaction."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from time import monotonic
from typing import Annotated, Any, cast

import psycopg
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
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from skills.kernel.canon import to_store

BUSY_MILLISECONDS = 20_000
RESTED = 0.2  # seconds after which a connection of the pool is asked whether it still stands, before it is used again
_SINCE = "rests_since"
FOLLOWED = "followed"  # in a session's info: the pen that writes down which rows the session writes (`kernel.witness`)


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
    engine = create_engine(url, pool_size=10, max_overflow=80, connect_args={"cursor_factory": _Cursor}, json_serializer=to_store)
    event.listen(engine, "checkin", _rests)
    event.listen(engine, "checkout", _still_there)
    return engine


def _rests(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_SINCE] = monotonic()


def _still_there(connection: psycopg.Connection[Any], record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask whether the server still knows a connection that rested: it may have been restarted. The pool opens another if not."""
    if monotonic() - record.info.get(_SINCE, 0) < RESTED:
        return
    try:
        connection.autocommit = True  # no transaction for one question
        connection.execute("select 1")
        connection.autocommit = False
    except psycopg.Error as gone:
        raise DisconnectionError from gone


class _Columns(Sequence[Any]):
    """What the columns of an answer are, made out when somebody looks."""

    def __init__(self, look: Callable[[], Sequence[Any]]) -> None:
        self._look = look

    @cached_property
    def _all(self) -> Sequence[Any]:
        return self._look()

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, place: Any) -> Any:
        return self._all[place]


class _Cursor(psycopg.Cursor[Any]):
    """SQLAlchemy asks of every answer whether it has columns, and what they are only the first time that it sees a statement."""

    @property
    def description(self) -> Any:
        told = self.pgresult
        if told is None or not told.nfields:
            return None
        return _Columns(lambda: psycopg.Cursor.description.__get__(self) or ())


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
    sqlite = engine.dialect.name == "sqlite"
    with (
        _sqlite_writer if sqlite else _no_lock,
        Session(engine.execution_options(writes=True) if sqlite else engine, expire_on_commit=False, autoflush=True) as db,
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
    return bool(db.execute(_TRY_LOCK, {"n": name}).scalar_one())


def wait_exclusive(db: Session, name: str) -> None:
    """Wait for the named lock and hold it until the transaction ends (PostgreSQL; SQLite is alone anyway)."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(_LOCK, {"n": name})


_TRY_LOCK = text("select pg_try_advisory_xact_lock(hashtextextended(:n, 0))")
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:n, 0))")


def broken_unique(error: Exception) -> bool:
    """Whether a database error says that somebody else was first."""
    cause = getattr(error, "orig", None)
    return getattr(cause, "sqlstate", "") == "23505" or "UNIQUE constraint failed" in str(cause)
