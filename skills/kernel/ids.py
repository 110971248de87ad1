"""Row ids ordered by time, and codes that people type. Randomness is a source that is passed in."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime
from functools import lru_cache
from typing import Protocol

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", CROCKFORD)  # from the alphabet of RFC 4648
LOOK_ALIKES = str.maketrans("OIL", "011")


class Source(Protocol):
    """Where randomness comes from."""

    def token(self, size: int) -> bytes:
        """`size` bytes that nobody can foresee."""
        ...


class SystemSource:
    """The operating system's randomness."""

    def token(self, size: int) -> bytes:
        return secrets.token_bytes(size)


class SeededSource:
    """The same bytes for the same seed; for the demo programme and for tests, never for production."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._count = 0

    def token(self, size: int) -> bytes:
        out = b""
        while len(out) < size:
            self._count += 1
            out += hashlib.sha256(self._seed + self._count.to_bytes(8, "big")).digest()
        return out[:size]


def base32(value: int, length: int) -> str:
    """`value` in Crockford's alphabet (no I, L, O, U), padded to `length`."""
    out = ""
    for _ in range(length):
        value, rest = divmod(value, 32)
        out = CROCKFORD[rest] + out
    return out


@lru_cache(maxsize=16)
def _moment(milliseconds: int) -> str:
    return base32(milliseconds, 10)  # an act asks for the same moment again and again


def row_id(at: datetime, source: Source) -> str:
    """26 characters: 48 bits of milliseconds, 80 bits of randomness. Sorts by time of making."""
    return row_ids(at, source, 1)[0]


def row_ids(at: datetime, source: Source, count: int) -> list[str]:
    """Many row ids of one moment from one block of randomness."""
    head = _moment(int(at.timestamp() * 1000))
    body = base64.b32encode(source.token(10 * count)).decode().translate(_CROCKFORD)
    return [head + body[start : start + 16] for start in range(0, 16 * count, 16)]


def secret_code(source: Source, length: int = 26) -> str:
    """An unguessable code of 5 bits a character; 26 characters hold 130 bits."""
    return "".join(CROCKFORD[byte & 31] for byte in source.token(length))


def human_code(source: Source, length: int = 9) -> str:
    """A code that people read out: `length` characters and a check character (ISO 7064 MOD 37,36)."""
    body = secret_code(source, length)
    return body + check_character(body)


def check_character(body: str) -> str:
    """The ISO 7064 MOD 37,36 check character of a Crockford text, within that alphabet's 36 values."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    value = 36
    for character in body:
        value = (value + alphabet.index(character)) % 36 or 36
        value = value * 2 % 37
    return alphabet[(37 - value) % 36]


def read_code(text: str) -> str:
    """What a person typed, as we wrote it: upper case, no blanks or hyphens, O and I and L read as 0 and 1."""
    body = "".join(text.upper().split()).replace("-", "")
    return body[:-1].translate(LOOK_ALIKES) + body[-1:] if body else ""
