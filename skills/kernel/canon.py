"""Plain values as one exact text, and its digest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, cast

exact = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode  # of what is plain already
quoted = encode_basestring
_AS_IT_IS = frozenset({type(None), bool, int, str})  # by far the most of what is asked


class Written:
    """A JSON value as its canonical text: made once, it goes so into other values, into the database and into digests."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def written(value: object) -> Written:
    """`value`, written down. Raises TypeError as `plain` does."""
    return Written(canon(value))


def written_all(lists: Iterable[Sequence[object]]) -> list[Written]:
    """Lists, each written down; a thing that several of them hold is written once."""
    held, seen = list(lists), cast(dict[int, str], {})  # held, so that no two things have one identity
    return [Written(f"[{','.join([seen.get(id(v)) or seen.setdefault(id(v), canon(v)) for v in each])}]") for each in held]


_as_given = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # what is read and stored again stays the same text


def to_store(value: object) -> str:
    """The text of a JSON column: what the engines are given as their serializer."""
    return value.text if type(value) is Written else _as_given(value)


def plain(value: object) -> object:
    """`value` in terms of JSON. Raises TypeError for anything that has no one exact form (files, rows)."""
    kind: Any = type(value)
    if kind in _AS_IT_IS:
        return value
    if (names := _names(kind)) is not None:
        return {name: plain(getattr(value, name)) for name in names}
    return _made_plain(value)


def _made_plain(value: object) -> object:
    match value:
        case list() | tuple():
            return [plain(v) for v in value]
        case Enum():
            return plain(value.value)
        case int() | str():
            return value
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case bytes():
            return "b64:" + base64.b64encode(value).decode()
        case Mapping():
            return {
                k if type(k) is str else str(plain(k)): v if type(v) in _AS_IT_IS else plain(v) for k, v in value.items()
            }
        case Set():
            return sorted((plain(v) for v in value), key=str)
        case Written():
            return json.loads(value.text)
    raise TypeError(f"no plain form for {type(value).__name__}")


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """What the fields of a dataclass are called; None of anything else."""
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else None


def canon(value: object) -> str:
    """Canonical JSON: sorted keys, no blanks, characters as they are; the text of `plain(value)`, made in one go."""
    return _WRITERS[type(value)](value)


def _sequence(values: Any) -> str:
    return "[" + ",".join([_WRITERS[type(v)](v) for v in values]) + "]"


def _mapping(value: Any) -> str:
    told = {k if type(k) is str else str(plain(k)): v for k, v in value.items()}
    return "{" + ",".join([f"{quoted(k)}:{_WRITERS[type(v := told[k])](v)}" for k in sorted(told)]) + "}"


class _Writers(dict[type, Callable[[Any], str]]):
    """How values of each type are written; of a dataclass it is found out once."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        made = _of_fields(sorted(names)) if (names := _names(kind)) else lambda value: exact(plain(value))
        return self.setdefault(kind, made)


def _of_fields(names: Sequence[str]) -> Callable[[Any], str]:
    heads, read = [quoted(name) + ":" for name in names], attrgetter(*names)

    def write(value: Any) -> str:
        held = read(value) if len(heads) > 1 else (read(value),)
        return "{" + ",".join([head + _WRITERS[type(v)](v) for head, v in zip(heads, held, strict=True)]) + "}"

    return write


_WRITERS = _Writers({
    str: quoted, int: str, bool: {True: "true", False: "false"}.__getitem__, type(None): lambda _: "null",
    tuple: _sequence, list: _sequence, dict: _mapping, date: lambda day: f'"{day.isoformat()}"', Written: attrgetter("text"),
})  # fmt: skip


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON, in hex. Half a character has a digest too: what may not be is refused by name."""
    return hashlib.sha256(canon(value).encode("utf-8", "surrogatepass")).hexdigest()


def keyed_digest(key: bytes, value: object) -> str:
    """HMAC-SHA-256 of the canonical JSON, in hex: for values that must not be guessable from their digest."""
    return hmac.new(key, canon(value).encode(), hashlib.sha256).hexdigest()
