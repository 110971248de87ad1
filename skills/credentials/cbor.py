"""A strict reader for the few CBOR types that our signatures use; `verdict.js` reads by the same rules.

Only integers, byte and text strings, arrays and maps, each in its one deterministic encoding (RFC 8949 4.2):
shortest lengths, ascending keys, nothing left over. One value has one encoding, so nothing can hide in another.
"""

from __future__ import annotations

from typing import TypeAlias

Value: TypeAlias = "int | bytes | str | list[Value] | dict[int | str, Value]"
MAX_DEPTH = 12


class NotStrict(Exception):
    """Not one value in its deterministic encoding."""


def decode(data: bytes) -> Value:
    """The one value that `data` encodes. Raises `NotStrict`."""
    value, end = _item(data, 0, 0)
    if end != len(data):
        raise NotStrict("bytes left over")
    return value


def _item(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    if depth > MAX_DEPTH:
        raise NotStrict("too deep")
    major, count, at = _head(data, at)
    if major == 0:
        return count, at
    if major == 1:
        return -1 - count, at
    if major in (2, 3):
        end = at + count
        if end > len(data):
            raise NotStrict("cut off")
        return (data[at:end] if major == 2 else _text(data[at:end])), end
    if major == 4:
        return _array(data, at, count, depth)
    if major == 5:
        return _map(data, at, count, depth)
    raise NotStrict("a type we never write")


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    if at >= len(data):
        raise NotStrict("cut off")
    major, short = data[at] >> 5, data[at] & 31
    at += 1
    if short < 24:
        return major, short, at
    if short > 27:
        raise NotStrict("indefinite or reserved length")
    size = 1 << (short - 24)
    if at + size > len(data):
        raise NotStrict("cut off")
    count = int.from_bytes(data[at : at + size], "big")
    if count < (24 if size == 1 else 1 << (4 * size)):
        raise NotStrict("longer than needed")
    if count >= 2**53:
        raise NotStrict("a number that a browser cannot hold")
    return major, count, at + size


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise NotStrict("not UTF-8") from None


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[list[Value], int]:
    out: list[Value] = []
    for _ in range(count):
        value, at = _item(data, at, depth + 1)
        out.append(value)
    return out, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[int | str, Value], int]:
    out: dict[int | str, Value] = {}
    before = b""
    for _ in range(count):
        start = at
        key, at = _item(data, at, depth + 1)
        if not isinstance(key, int | str):
            raise NotStrict("a key that is neither number nor text")
        if data[start:at] <= before:
            raise NotStrict("keys twice or out of order")
        before = data[start:at]
        out[key], at = _item(data, at, depth + 1)
    return out, at
