"""Single rows, found and stored by statements that are built once.

Building a statement anew and keeping a session's books about it takes several times longer than the database needs for
its answer. No mapped class here has relationships or parents, so that a row is its columns and nothing follows from it.
What is written is told to the session's pen (`kernel.witness`), as the session tells it of what it writes itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Insert, Select, bindparam, insert, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.dml import ReturningUpdate

from skills.kernel.db import FOLLOWED, Base, among

Row = TypeVar("Row", bound=Base)


def find(db: Session, model: type[Row], **by: object) -> Row | None:
    """The one row with these values by attribute (None: it has none), or None. Raises MultipleResultsFound."""
    stored, key = _stored(db, model, by)
    if stored is None:
        return None
    held: Row | None = db.identity_map.get(key)
    return held or _hold(db, model, stored)


def fresh(db: Session, model: type[Row], row_id: str) -> Row | None:
    """The row of this id as it stands in the database now, whatever the session held of it; or None."""
    stored, key = _stored(db, model, {"id": row_id})
    if stored is None:
        return None
    held: Row | None = db.identity_map.get(key)
    if held is None:
        return _hold(db, model, stored)
    _told(held, _made(model), stored)
    return held


def get(db: Session, model: type[Row], row_id: str | None) -> Row | None:
    """The row of this id, as the session holds it if it does; or None."""
    if row_id is None:
        return None
    held: Row | None = db.identity_map.get(identity_key(model, row_id))
    return find(db, model, id=row_id) if held is None else held


def read(db: Session, statement: Select[*tuple[Any, ...]], **given: object) -> Sequence[Any]:
    """What a kept statement over columns finds, as rows and not as objects: for what is only looked at."""
    db.flush()
    return db.connection().execute(statement, given).all()


def about(db: Session, statement: Select[*tuple[Any, ...]], named: InstrumentedAttribute[Any], ids: Sequence[str]) -> Sequence[Any]:
    """What a kept statement over columns finds of rows that name one of these: of one by a statement built once, of many by one parameter."""
    if len(ids) == 1:
        return read(db, _of_one(statement, named), named=ids[0])
    return db.execute(statement.where(among(db, named, ids))).all()


@cache
def _of_one(statement: Select[*tuple[Any, ...]], named: InstrumentedAttribute[Any]) -> Select[*tuple[Any, ...]]:
    return statement.where(named == bindparam("named"))


def add(db: Session, row: Base) -> None:
    """Write a new row, which the session then holds as if it had read it. Raises IntegrityError and its like."""
    put(db, row)
    make_transient_to_detached(row)
    db.add(row)


def put(db: Session, row: Base) -> None:
    """Write a new row that nobody in this session asks for again. What was not given is its default or NULL."""
    db.flush()
    made, held = _made(type(row)), inspect(row).dict
    values: dict[str, Any] = {}
    for cell in made.cells:
        if held.get(cell.attribute) is not None or (cell.attribute in held and cell.default is None):
            values[cell.column] = held[cell.attribute]
        elif cell.default is not None:
            values[cell.column] = held[cell.attribute] = cell.default()
        elif cell.empty:
            values[cell.column] = held[cell.attribute] = None
    db.connection().execute(made.insert, values)
    if FOLLOWED in db.info:
        db.info[FOLLOWED].held(row, fresh=True)


def change(db: Session, row: Base, only_if: Sequence[ColumnElement[bool]], values: Mapping[str, object]) -> bool:
    """Change a row that the session holds if the conditions hold in the database; False if not.

    The values, by attribute, may be SQL. The row then says what was stored.
    """
    made = _made(type(row))
    named = {made.columns[name]: value for name, value in values.items()}
    return _changed(db, row, made.update.where(*only_if).values(named), {})


def step(db: Session, row: Base, only_if: str, values: Mapping[str, object]) -> bool:
    """The same for plain values, if the row still has the same value of one attribute in the database as here."""
    given = {f"new_{name}": value for name, value in values.items()}
    return _changed(db, row, _stepped(type(row), only_if, tuple(values)), {**given, "old": getattr(row, only_if)})


class Change:
    """A conditional change that is the same each time, as `change` is told it: built once, made on many rows."""

    def __init__(self, model: type[Base], *only_if: ColumnElement[bool], **values: object) -> None:
        self._model, self._only_if, self._values = model, only_if, values

    def on(self, db: Session, row: Base) -> bool:
        """Make it on a row that the session holds; False if the conditions do not hold in the database."""
        return _changed(db, row, self._statement, {})

    @cached_property
    def _statement(self) -> ReturningUpdate[Any]:
        made = _made(self._model)
        return made.update.where(*self._only_if).values({made.columns[n]: v for n, v in self._values.items()})


def _changed(db: Session, row: Base, statement: ReturningUpdate[Any], given: Mapping[str, object]) -> bool:
    db.flush()
    made = _made(type(row))
    key = {f"key_{column}": getattr(row, attribute) for attribute, column in made.key}
    stored = db.connection().execute(statement, {**key, **given}).one_or_none()
    if stored is None:
        return False
    _told(row, made, stored)
    if FOLLOWED in db.info:
        db.info[FOLLOWED].held(row)
    return True


def _stored(db: Session, model: type[Base], by: Mapping[str, object]) -> tuple[Sequence[Any] | None, Any]:
    """What stands in the one row with these values, and the row's key in the session."""
    db.flush()
    given = tuple(name for name, value in by.items() if value is not None)
    missing = tuple(name for name, value in by.items() if value is None)
    stored = db.connection().execute(_asked(model, given, missing), {f"by_{name}": by[name] for name in given}).one_or_none()
    return stored, stored and identity_key(model, tuple(stored[place] for place in _made(model).places))


def _hold(db: Session, model: type[Row], stored: Sequence[Any]) -> Row:
    """The session holds a row that was read."""
    made = _made(model)
    row: Row = made.manager.new_instance()
    instance_dict(row).update(zip(made.columns, stored, strict=True))
    make_transient_to_detached(row)
    db.add(row)
    return row


def _told(row: Base, made: _Made, stored: Sequence[Any]) -> None:
    """The object says what stands in the database."""
    held = instance_dict(row)
    for name, value in zip(made.columns, stored, strict=True):
        if name not in held or held[name] != value:
            set_committed_value(row, name, value)


@dataclass(frozen=True)
class _Cell:
    """A column: how a value is made if none is given; `empty` if it is NULL then, else the database has a say."""

    attribute: str
    column: str
    default: Callable[[], Any] | None
    empty: bool


@dataclass(frozen=True)
class _Made:
    """A table's statements. `key`: (attribute, column) of its primary key; `places`: where that stands among its columns."""

    insert: Insert
    update: ReturningUpdate[Any]
    cells: tuple[_Cell, ...]
    columns: Mapping[str, Column[Any]]
    key: tuple[tuple[str, str], ...]
    places: tuple[int, ...]
    manager: Any


@cache
def _made(model: type[Base]) -> _Made:
    mapper = inspect(model)
    table: Any = mapper.local_table
    columns = {attribute.key: table.c[attribute.columns[0].key] for attribute in mapper.column_attrs}
    cells = tuple(
        _Cell(name, c.key, _default(c), c.default is None and c.server_default is None and bool(c.nullable))
        for name, c in columns.items()
    )
    key = tuple((name, c.key) for name, c in columns.items() if c.primary_key)
    this = [columns[name] == bindparam(f"key_{column}") for name, column in key]
    changed = update(table).where(*this).returning(*columns.values())
    places = tuple(list(columns).index(mapper.get_property_by_column(c).key) for c in mapper.primary_key)
    return _Made(insert(table), changed, cells, columns, key, places, mapper.class_manager)


@cache
def _stepped(model: type[Base], only_if: str, names: tuple[str, ...]) -> ReturningUpdate[Any]:
    made = _made(model)
    return made.update.where(made.columns[only_if] == bindparam("old")).values(
        {made.columns[name]: bindparam(f"new_{name}") for name in names}
    )


def _default(column: Any) -> Callable[[], Any] | None:
    if column.default is None:
        return None
    held = column.default.arg
    return (lambda: held(None)) if column.default.is_callable else (lambda: held)


@cache
def _asked(model: type[Base], names: tuple[str, ...], missing: tuple[str, ...]) -> Select[Any]:
    columns = _made(model).columns
    return select(*columns.values()).where(
        *(columns[name] == bindparam(f"by_{name}") for name in names), *(columns[name].is_(None) for name in missing)
    )
