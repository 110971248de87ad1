"""What a row of a table says in plain terms: how each column enters the digest under which the row stands on record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import JSON, Boolean, ClauseElement, Column, Date, Integer, LargeBinary, String, Table
from sqlalchemy.orm import Mapper

from skills.kernel.canon import Written, exact, quoted
from skills.kernel.db import UtcDateTime


@dataclass(frozen=True)
class Cell:
    """How one column enters a digest. A value equal to `left_out` is not written, so that a new column changes nothing.

    plain  a value that is not None in terms of JSON
    text   the same as JSON text, of JSON already `Written`
    """

    name: str
    attribute: str
    plain: Callable[[Any], Any]
    text: Callable[[Any], str]
    left_out: Any
    nullable: bool
    defaulted: bool
    json: bool

    def said(self, values: Sequence[Any]) -> list[str]:
        """What each of these values adds to the text of its row."""
        head, left, text = f"{quoted(self.name)}:", exact(self.left_out), self.text
        if text is _quoted_text and set(map(type, values)) == {str}:
            text = quoted
        return ["" if (told := "null" if v is None else text(v)) == left else f"{head}{told}," for v in values]


@dataclass(frozen=True)
class Shape:
    """A followed table: its cells in the order of their names, and its primary key."""

    table: Table
    mapper: Mapper[Any]
    cells: tuple[Cell, ...]
    key: tuple[str, ...]

    def key_columns(self) -> list[Column[Any]]:
        return [self.table.c[name] for name in self.key]

    def columns(self, given: Mapping[str, Sequence[Any]], count: int) -> list[Sequence[Any]] | None:
        """What rows say that were given so many values for each attribute, cell by cell; None if the database has a say in it."""
        found: list[Sequence[Any]] = []
        for cell in self.cells:
            values = given.get(cell.attribute)
            if values is None:
                if cell.defaulted or not cell.nullable:
                    return None
                values = [None] * count
            elif any(issubclass(kind, ClauseElement) for kind in set(map(type, values))):
                return None
            found.append(values)
        return found


@cache
def shape(mapper: Mapper[Any]) -> Shape:
    """How the rows of a mapped table are digested."""
    table = mapper.local_table
    assert isinstance(table, Table)  # noqa: S101
    cells = []
    for column in sorted(table.columns, key=lambda c: c.name):
        attribute = mapper.get_property_by_column(column).key
        plain = _plain_of(column)
        given = _default(column)
        cells.append(
            Cell(
                column.name, attribute, plain, _text_of(plain), None if given is None else plain(given), bool(column.nullable),
                column.default is not None or column.server_default is not None, isinstance(column.type, JSON),
            )
        )  # fmt: skip
    return Shape(table, mapper, tuple(cells), tuple(c.name for c in table.primary_key.columns))


def _default(column: Column[Any]) -> Any:
    """The value that a row gets when none is given, if it is always the same."""
    default: Any = column.default
    if default is None or default.is_sequence:
        return None
    if default.is_callable:
        made = default.arg(None)
        return made if made in ({}, []) else None
    return default.arg if default.is_scalar else None


def _plain_of(column: Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case UtcDateTime():
            return _moment
        case Date():
            return date.isoformat
        case JSON():
            return _json
        case LargeBinary():
            return _hex
        case Boolean():
            return bool
        case Integer():
            return int
        case String():
            return _text
    raise TypeError(f"{column}: no digest for {column.type!r}; say how in skills/kernel/shapes.py")


def _text_of(plain: Callable[[Any], Any]) -> Callable[[Any], str]:
    """A value that is made plain so, as JSON text."""
    if plain is _text:
        return _quoted_text
    if plain is _json:
        return lambda value: str(value.text)
    return lambda value: exact(plain(value))


def as_written(values: Sequence[Any]) -> list[Written | None]:
    """The values of a JSON column, each written down once however many rows hold it."""
    seen: dict[int, Written] = {}
    found: list[Written | None] = []
    for value in values:
        if value is None or type(value) is Written:
            found.append(value)
        else:
            if id(value) not in seen:
                seen[id(value)] = Written(exact(_json(value)))
            found.append(seen[id(value)])
    return found


def _quoted_text(value: Any) -> str:
    return quoted(_text(value))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _hex(value: bytes) -> str:
    return bytes(value).hex()


def _text(value: str) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value)


def _json(value: Any) -> Any:
    """As it comes back from the database: enums and dates are text, keys are text, tuples are lists."""
    return json.loads(json.dumps(value))
