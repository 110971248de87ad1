"""Plain values as one exact text, and its digest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

_exact = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_AS_IT_IS = frozenset({type(None), bool, int, str})  # by far the most of what is asked


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
    raise TypeError(f"no plain form for {type(value).__name__}")


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """What the fields of a dataclass are called; None of anything else."""
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else None


def canon(value: object) -> str:
    """Canonical JSON: sorted keys, no blanks, characters as they are."""
    return _exact(plain(value))


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON, in hex. Half a character has a digest too: what may not be is refused by name."""
    return hashlib.sha256(canon(value).encode("utf-8", "surrogatepass")).hexdigest()


def keyed_digest(key: bytes, value: object) -> str:
    """HMAC-SHA-256 of the canonical JSON, in hex: for values that must not be guessable from their digest."""
    return hmac.new(key, canon(value).encode(), hashlib.sha256).hexdigest()
