"""The blind digests by which equal rows are known, made for many rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    needed = {column.name for column in kind.columns if column.needed}
    tell = Teller(sorted(column.name for column in kind.columns))
    found = {}
    for line in lines:
        whole = needed <= line.values.keys()
        found[line.row] = box.blind(place, tell.said(line.values) if whole else canon(line.cells))
    return found


class Teller:
    """Writes `canon(values)` of many rows, whose names are among these, sorted. It keeps how each value is written, by the very
    object: 88 and 88.0 are equal and are not written alike. So the values must stay as long as it does.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._told: list[tuple[str, dict[int, str]]] = [(name, {}) for name in names]

    def said(self, values: Mapping[str, Any]) -> str:
        parts = []
        for name, told in self._told:
            value: Any = values.get(name)
            if value is None and name not in values:
                continue
            text = told.get(id(value))
            if text is None:
                kind = type(value)
                text = quoted(value) if kind is str else f'"{value}"' if kind is Decimal or kind is date else canon(value)
                text = told[id(value)] = f'"{name}":{text}'
            parts.append(text)
        return "{" + ",".join(parts) + "}"
