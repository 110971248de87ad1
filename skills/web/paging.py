"""Lists of the JSON API by pages: `?limit=&after=`, and the way on in a `Link: <…>; rel="next"` header.

A cursor names the row that a page ended with, never a number of rows: what is added or goes away meanwhile repeats
nothing and leaves nothing out. Callers take it as it is; what it holds may change.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request

from skills.kernel.canon import canon, plain
from skills.kernel.errors import Refusal

T = TypeVar("T")
DEFAULT = 100
MOST = 500
_REMEMBERED = 3  # rows at the end of a page: one of them is still there when the next page is asked for
_LONGEST = 1_200


@dataclass(frozen=True)
class Page:
    """Which page was asked for. `after` are the keys of the last rows of the one before, the very last first."""

    limit: int
    after: tuple[tuple[Any, ...], ...] = ()

    @property
    def key(self) -> str:
        """The first part of the key that the page begins after; empty at the beginning. For queries that skip by key."""
        return str(self.after[0][0]) if self.after else ""


def asked() -> Page:
    """The page that this request asks for. Raises Refusal("page.limit" | "page.cursor")."""
    wanted = request.args.get("limit", str(DEFAULT))
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 6 and 1 <= int(wanted) <= MOST):
        raise Refusal("page.limit", most=MOST)
    cursor = request.args.get("after", "")
    return Page(int(wanted), read(cursor) if cursor else ())


def cut(rows: Sequence[T], page: Page, by: Sequence[str], skipped: bool) -> tuple[Sequence[T], str]:
    """The rows of a page, and the cursor of the next one (empty at the end).

    by       the attributes that name a row within its list
    skipped  the rows begin behind the cursor already
    Raises Refusal("page.gone") if every row that the cursor remembers has left the list.
    """
    start = 0 if skipped or not page.after else _behind([key_of(row, by) for row in rows], page.after)
    found = rows[start : start + page.limit]
    more = len(rows) > start + page.limit
    last = [key_of(row, by) for row in found[-_REMEMBERED:]]
    return found, write(tuple(reversed(last))) if more else ""


def next_link(cursor: str) -> str:
    """The value of the Link header for the page behind a cursor."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "after"]
    return f'<{request.path}?{urlencode([*kept, ("after", cursor)])}>; rel="next"'


def key_of(row: object, by: Sequence[str]) -> tuple[Any, ...]:
    """The values that name a row, in plain terms."""
    return tuple(plain(attrgetter(name)(row)) for name in by)


def write(keys: tuple[tuple[Any, ...], ...]) -> str:
    """Keys as a cursor."""
    return base64.urlsafe_b64encode(canon(keys).encode()).decode().rstrip("=")


def read(cursor: str) -> tuple[tuple[Any, ...], ...]:
    """The keys in a cursor. Raises Refusal("page.cursor")."""
    try:
        if len(cursor) > _LONGEST:
            raise ValueError
        told = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        keys = tuple(tuple(key) for key in told)
        if not keys or any(not key or any(isinstance(part, dict | list) for part in key) for key in keys):
            raise ValueError
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise Refusal("page.cursor") from error
    return keys


def _behind(keys: Sequence[tuple[Any, ...]], after: tuple[tuple[Any, ...], ...]) -> int:
    places = {key: place for place, key in enumerate(keys)}
    for key in after:
        if key in places:
            return places[key] + 1
    raise Refusal("page.gone")
