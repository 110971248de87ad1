"""The blind digests by which equal rows are known, made for many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring as quoted
from typing import Any

from skills.kernel.box import Box
from skills.kernel.canon import canon
from skills.returns.rules import Kind, Line


def marks(box: Box, kind: Kind, organisation: str | None, lines: Sequence[Line]) -> dict[int, str]:
    """Row → what it says as a digest: equal however the file was laid out, useless without the key."""
    place = f"return:{kind.name}:{organisation}"
    names = sorted(column.name for column in kind.columns)
    needed = {column.name for column in kind.columns if column.needed}
    found = {}
    for line in lines:
        whole = needed <= line.values.keys()
        found[line.row] = box.blind(place, said(names, line.values) if whole else canon(line.cells))
    return found


def said(names: Sequence[str], values: Any) -> str:
    """`canon(values)` of a row's values, whose names are among these, sorted: most of them are texts, numbers and days."""
    parts = []
    for name in names:
        if name in values:
            value = values[name]
            kind = type(value)
            text = quoted(value) if kind is str else f'"{value}"' if kind is Decimal or kind is date else canon(value)
            parts.append(f'"{name}":{text}')
    return "{" + ",".join(parts) + "}"
