"""Every row stands on record: an act's audit entry holds a keyed digest of each row it wrote.

`skills fsck` makes the digests again. A row that was put in, changed or taken away past the office differs from what
the last act on record left, whatever table it is in; and the audit entry itself is held by the signed log. The key
lies outside the database, so that a digest says nothing about the row and cannot be made with SQL alone.

A table whose rows are not followed says why in `unwitnessed`, and has a promise of its own or needs none.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import TextClause, event, func, inspect, select, tuple_
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from skills.kernel.audit import AuditEntry
from skills.kernel.canon import exact, quoted
from skills.kernel.db import FOLLOWED, Base
from skills.kernel.keys import KeyRing
from skills.kernel.shapes import Shape, as_written, shape

GONE = ""
_CHUNK = 400
_DIGEST_BYTES = 12
_DIGEST_LENGTH = 16
_SLOT = "\x1f"  # JSON text holds no control character

Key = tuple[Any, ...]
Touched = tuple[dict[Mapper[Any], dict[Key, object | None]], dict[str, dict[str, str]]]


def unwitnessed(table: str) -> str | None:
    """Why the rows of a table are not followed; None if they are."""
    reason: str | None = getattr(_mappers()[table].class_, "unwitnessed", None)
    return reason


def followed() -> list[Shape]:
    """Every table whose rows stand on record, by name."""
    return [shape(mapper) for name, mapper in sorted(_mappers().items()) if unwitnessed(name) is None]


class Witness:
    """Makes the digests, under the installation's own key."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    @property
    def kid(self) -> str:
        """The name of the key in use."""
        return self._keys.active("witness").kid

    def digest(self, kid: str, made: Shape, row: Mapping[str, Any]) -> str:
        """Sixteen characters for a row, given by column name."""
        return self.under(self.secret(kid), made, row)

    def secret(self, kid: str) -> bytes:
        """The key of this name: looked up once for the many rows of an act."""
        return self._keys.secret("witness", kid)

    @staticmethod
    def under(secret: bytes, made: Shape, row: Mapping[str, Any]) -> str:
        """The digest of a row under a key in hand."""
        told = {}
        for cell in made.cells:
            value = row[cell.name]
            value = None if value is None else cell.plain(value)
            if value != cell.left_out or type(value) is not type(cell.left_out):
                told[cell.name] = value
        text = exact([made.table.name, told])
        mac = hmac.digest(secret, text.encode(), "sha256")
        return base64.urlsafe_b64encode(mac[:_DIGEST_BYTES]).decode()

    @staticmethod
    def under_all(secret: bytes, made: Shape, columns: Sequence[Sequence[Any]]) -> list[str]:
        """The digests of many rows, given cell by cell: as `under`, one by one.

        What a column says of all rows alike is written once for all of them.
        """
        count, parts, varying = len(columns[0]), [f"[{quoted(made.table.name)},{{"], []
        for cell, values in zip(made.cells, columns, strict=True):
            told = as_written(values) if cell.json else values
            if told.count(told[0]) == count:
                parts += cell.said(told[:1])
            else:
                parts.append(_SLOT)
                varying.append(cell.said(told))
        row = "%s".join(part.replace("%", "%%") for part in "".join(parts).split(_SLOT))
        prepared, macs = hmac.new(secret, None, "sha256"), []
        for said in zip(*varying, strict=True) if varying else [()] * count:
            mac = prepared.copy()
            mac.update(f"{(row % said).removesuffix(',')}}}]".encode())
            macs.append(mac.digest()[:_DIGEST_BYTES])
        text = base64.urlsafe_b64encode(b"".join(macs)).decode()
        return [text[at : at + _DIGEST_LENGTH] for at in range(0, len(text), _DIGEST_LENGTH)]


class Pen:
    """Writes down which rows one transaction touches, and at its end what they say."""

    def __init__(self, db: Session, witness: Witness) -> None:
        self._db = db
        self._witness = witness
        self._kid = ""
        self._touched: dict[Mapper[Any], dict[Key, object | None]] = {}
        self._vanished: dict[str, dict[str, str]] = {}
        self._given: list[tuple[Mapper[Any], list[Key], Mapping[str, Sequence[Any]]]] = []
        self._fresh: list[tuple[Mapper[Any], Key, object]] = []
        db.info[FOLLOWED] = self

    def held(self, instance: object, *, gone: bool = False, fresh: bool = False) -> None:
        """A row that the session wrote as an object."""
        state: Any = inspect(instance)
        if not _is_followed(state.mapper):
            return
        rows = self._touched.setdefault(state.mapper, {})
        key = tuple(state.mapper.primary_key_from_instance(instance))
        before = rows.get(key, GONE)
        if gone:
            rows[key] = GONE
            return
        if fresh:
            self._fresh.append((state.mapper, key, instance))
        if before is not None:  # what a statement wrote may differ from the object: it is read again
            rows[key] = _Held(instance, fresh or (isinstance(before, _Held) and before.fresh))

    def keys(self, mapper: Mapper[Any], keys: Iterable[Key]) -> None:
        """Rows that a statement wrote: they are read again at the end."""
        rows = self._touched.setdefault(mapper, {})
        rows.update((tuple(key), None) for key in keys)

    def given(self, mapper: Mapper[Any], made: Shape, columns: Mapping[str, Sequence[Any]]) -> None:
        """Rows that one statement put in, by attribute: they are what was given, unless a default had a say."""
        touched, keys = self._touched.setdefault(mapper, {}), _keys_of(made, columns)
        self._given.append((mapper, keys, columns))
        known = made.columns(columns, len(keys))
        if known is None:
            touched.update(dict.fromkeys(keys))
            return
        for key, digest in zip(keys, self._digests(made, known), strict=True):
            touched[key] = None if key in touched else digest

    def loaded(self, model: type[Base], columns: Mapping[str, Sequence[Any]]) -> None:
        """Rows that were put in past the session's own statements (`kernel.bulk`), by attribute."""
        mapper: Mapper[Any] = inspect(model)
        if _is_followed(mapper):
            self.given(mapper, shape(mapper), columns)

    def changed(self, model: type[Base], columns: Mapping[str, Sequence[Any]]) -> None:
        """Rows that were changed by whoever held them whole and locked: what they say now, by attribute."""
        mapper: Mapper[Any] = inspect(model)
        if _is_followed(mapper):
            made, keys = shape(mapper), _keys_of(shape(mapper), columns)
            known = made.columns(columns, len(keys))
            if known is None or made.table.columns.keys() - columns.keys():
                raise ValueError(f"{made.table.name}: a row that is changed unread must be known whole")
            self._touched.setdefault(mapper, {}).update(zip(keys, self._digests(made, known), strict=True))

    def gone(self, mapper: Mapper[Any], text: str) -> None:
        """A row that is not there, by the text of its key."""
        self._vanished.setdefault(mapper.local_table.name, {})[text] = GONE  # type: ignore[attr-defined]

    def touched(self) -> Touched:
        """What was touched so far, to come `back_to`."""
        return {mapper: dict(rows) for mapper, rows in self._touched.items()}, {
            table: dict(texts) for table, texts in self._vanished.items()
        }

    def back_to(self, before: Touched) -> None:
        """A part of the transaction was taken back: only what was touched before it counts."""
        self._touched, self._vanished = before

    def said(self, wanted: Mapping[str, Sequence[str]]) -> Iterator[tuple[Mapper[Any], Key, str, Any, bool]]:
        """What the act wrote into attributes of tables: (mapper, primary key, attribute, value, whether the row is new).

        wanted  table → attributes. Rows that a statement changed are left out: they say what the database says.
        """
        for mapper, rows in self._touched.items():
            names = wanted.get(mapper.local_table.name, ())  # type: ignore[attr-defined]
            for key, what in rows.items() if names else ():
                if isinstance(what, _Held):
                    yield from _named(mapper, key, what.instance, names, what.fresh)
        for mapper, key, instance in self._fresh:
            if self._touched.get(mapper, {}).get(key, GONE) is None:  # new, and a statement changed it since
                yield from _named(mapper, key, instance, wanted.get(mapper.local_table.name, ()), True)  # type: ignore[attr-defined]
        for mapper, keys, columns in self._given:
            still = self._touched.get(mapper, {})
            for name in wanted.get(mapper.local_table.name, ()):  # type: ignore[attr-defined]
                pairs = zip(keys, columns.get(name, ()), strict=False)
                yield from ((mapper, key, name, value, True) for key, value in pairs if value is not None and still.get(key, GONE) != GONE)

    def rows(self) -> dict[str, Any] | None:
        """What stands in the audit entry: the key's name, and for each table a digest by primary key."""
        if not self._touched and not self._vanished:
            return None
        found = {
            mapper.local_table.name: dict(sorted(self._told(shape(mapper), rows)))  # type: ignore[attr-defined]
            for mapper, rows in sorted(self._touched.items(), key=lambda item: item[0].local_table.name)  # type: ignore[attr-defined]
            if rows
        }
        for table, texts in self._vanished.items():
            found[table] = {**found.get(table, {}), **texts}
        return {"key": self._key, "rows": found} if found else None

    @property
    def _key(self) -> str:
        """The name of the key of this transaction: one, whatever is rotated meanwhile."""
        self._kid = self._kid or self._witness.kid
        return self._kid

    def _digests(self, made: Shape, columns: Sequence[Sequence[Any]]) -> list[str]:
        return self._witness.under_all(self._witness.secret(self._key), made, columns)

    def _told(self, made: Shape, rows: Mapping[Key, object | None]) -> Iterator[tuple[str, str]]:
        unread: list[Key] = []
        told: dict[str, dict[str, Any]] = {}
        for key, what in rows.items():
            if isinstance(what, str):  # its digest, or GONE
                yield key_text(key), what
                continue
            values = what.values(made) if isinstance(what, _Held) else None
            if values is None:
                unread.append(key)
            else:
                told[key_text(key)] = values
        yield from self._of_rows(made, told)
        for start in range(0, len(unread), _CHUNK):
            part = unread[start : start + _CHUNK]
            there = {
                tuple(row[name] for name in made.key): dict(row)
                for row in self._db.execute(select(made.table).where(_among(made, part))).mappings()
            }
            yield from self._of_rows(made, {key_text(key): row for key, row in there.items()})
            yield from ((key_text(key), GONE) for key in part if key not in there)

    def _of_rows(self, made: Shape, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
        """The digests of rows that are given by column name, each under the text of its key."""
        if rows:
            columns = [[row[cell.name] for row in rows.values()] for cell in made.cells]
            yield from zip(rows, self._digests(made, columns), strict=True)


def _named(
    mapper: Mapper[Any], key: Key, instance: object, names: Sequence[str], fresh: bool
) -> Iterator[tuple[Mapper[Any], Key, str, Any, bool]]:
    """What an object says of these attributes; read again if a part that was taken back left it in doubt."""
    yield from ((mapper, key, name, value, fresh) for name in names if (value := getattr(instance, name)) is not None)


class _Held:
    """A row in the session's hands; what it says is what was stored."""

    def __init__(self, instance: object, fresh: bool) -> None:
        self.instance = instance
        self.fresh = fresh

    def values(self, made: Shape) -> dict[str, Any] | None:
        """Its values by column, None if one of them has to be read from the database."""
        state: Any = inspect(self.instance)
        if state.expired_attributes:
            return None
        there = state.dict
        found = {}
        for cell in made.cells:
            if cell.attribute in there:
                found[cell.name] = there[cell.attribute]
            elif self.fresh and cell.nullable:
                found[cell.name] = None  # nothing was given, so nothing was stored
            else:
                return None
        return found


def next_turn(db: Session) -> int:
    """The place of an act among those that touched the same rows.

    Asked after the rows were written: an act that had to wait for a row sees the turn of the one it waited for.
    """
    return (db.connection().scalar(_LAST_TURN) or 0) + 1


_LAST_TURN = select(func.max(AuditEntry.turn))


@dataclass(frozen=True)
class Doubt:
    """A row that is not as the last act on record left it. `key` is None if the row is gone."""

    made: Shape
    text: str
    key: Key | None
    what: str

    def __str__(self) -> str:
        return f"{self.made.table.name} {self.text}: {self.what}"


def doubts(db: Session, witness: Witness) -> Iterator[Doubt]:
    """Every row that is not as the last act on record left it, and that act."""
    last, filled = _last_told(db), set(db.scalars(_which_are_filled()))
    for made in followed():
        told = last.pop(made.table.name, {})
        chosen = select(made.table).execution_options(yield_per=2_000)
        for row in db.execute(chosen).mappings() if made.table.name in filled else ():
            key = tuple(row[name] for name in made.key)
            text = key_text(key)
            digest, kid, entry = told.pop(text, (GONE, "", ""))
            if digest == GONE:
                yield Doubt(made, text, key, "put in outside any act")
            elif witness.digest(kid, made, dict(row)) != digest:
                yield Doubt(made, text, key, f"changed outside any act; the last on record is {entry}")
        for text, (digest, _, entry) in told.items():
            if digest != GONE:
                yield Doubt(made, text, None, f"taken away outside any act; the last on record is {entry}")


def key_text(key: Key) -> str:
    """A primary key as it stands in an audit entry."""
    return "/".join(map(str, key))


@cache
def _which_are_filled() -> TextClause:
    """Asks in one go which tables have rows: most are empty in a young installation, and each reading opens a cursor on the server."""
    names = [made.table.name for made in followed()]
    return sql(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names))  # noqa: S608 - our own names


def _last_told(db: Session) -> dict[str, dict[str, tuple[str, str, str]]]:
    """For each table and row: the digest, its key's name and the entry, by the last act that touched it."""
    last: dict[str, dict[str, tuple[str, str, str]]] = {}
    entries = select(AuditEntry.id, AuditEntry.action, AuditEntry.rows).where(AuditEntry.turn.is_not(None))
    for entry_id, action, told in db.execute(entries.order_by(AuditEntry.turn).execution_options(yield_per=2_000)):
        for table, rows in (told or {}).get("rows", {}).items():
            of_table = last.setdefault(table, {})
            for key, digest in rows.items():
                of_table[key] = (digest, told["key"], f"{action} {entry_id}")
    return last


def _among(made: Shape, keys: list[Key]) -> Any:
    columns = made.key_columns()
    return columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)


@cache
def _mappers() -> dict[str, Mapper[Any]]:
    return {str(m.local_table.name): m for m in Base.registry.mappers}  # type: ignore[attr-defined]


def _is_followed(mapper: Mapper[Any]) -> bool:
    return getattr(mapper.class_, "unwitnessed", None) is None


def _after_flush(db: Session, _context: object) -> None:
    pen: Pen | None = db.info.get(FOLLOWED)
    if pen is None:
        return
    for instance in db.new:
        pen.held(instance, fresh=True)
    for instance in db.dirty:
        if db.is_modified(instance):
            pen.held(instance)
    for instance in db.deleted:
        pen.held(instance, gone=True)


def _on_statement(state: ORMExecuteState) -> None:
    """A statement that writes past the objects: find out which rows before it runs."""
    pen: Pen | None = state.session.info.get(FOLLOWED)
    if pen is None or not (state.is_insert or state.is_update or state.is_delete):
        return
    mapper = state.bind_mapper
    if mapper is None:
        raise RuntimeError("write through mapped classes: rows of bare tables cannot be put on record")
    if not _is_followed(mapper):
        return
    made = shape(mapper)
    statement: Any = state.statement
    if state.is_insert:
        rows: Any = state.parameters
        if isinstance(rows, list) and rows and not statement._values and all(row.keys() == rows[0].keys() for row in rows):
            pen.given(mapper, made, {name: [row[name] for row in rows] for name in rows[0]})
        else:
            pen.keys(mapper, _inserted(state, made))
        return
    if state.is_update and isinstance(state.parameters, list) and not statement._where_criteria:
        pen.keys(mapper, [_key_of(row, made) for row in state.parameters])  # each by its primary key
        return
    chosen = select(*made.key_columns()).where(*statement._where_criteria)
    pen.keys(mapper, [tuple(row) for row in state.session.execute(chosen.with_for_update())])


def _inserted(state: ORMExecuteState, made: Shape) -> list[Key]:
    statement: Any = state.statement
    given: Any = state.parameters or {}
    if statement._values:
        given = {column.key: bound.value for column, bound in statement._values.items()}
    return [_key_of(row, made) for row in (given if isinstance(given, list) else [given])]


def _keys_of(made: Shape, columns: Mapping[str, Sequence[Any]]) -> list[Key]:
    """The primary keys of rows that are given by attribute."""
    return list(zip(*(columns[made.mapper.get_property_by_column(c).key] for c in made.key_columns()), strict=True))


def _key_of(row: Mapping[str, Any], made: Shape) -> Key:
    return tuple(row[made.mapper.get_property_by_column(column).key] for column in made.key_columns())


event.listen(Session, "after_flush", _after_flush)
event.listen(Session, "do_orm_execute", _on_statement)
