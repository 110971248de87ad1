"""Sealed columns and the blind index that finds them. The keys lie outside the database."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from skills.kernel.ids import Source

SUITE = b"A"  # AES-256-GCM; "S" is kept for SM4-GCM


class Tampered(Exception):
    """A sealed value does not open: it was changed, moved to another row, or its key is gone."""


class Box:
    """Seals values bound to their place.

    keys       kid → 32 bytes; every sealed value names the key it was sealed with
    active     the kid used from now on, or who tells it whenever something is sealed
    index_key  32 bytes, never one of `keys`: makes the blind index
    """

    def __init__(
        self, keys: Mapping[str, bytes], active: str | Callable[[], str], index_key: bytes, source: Source
    ) -> None:
        self._active = active if callable(active) else lambda: active
        if self._active() not in keys or index_key in keys.values():
            raise ValueError("unknown active key, or the index key is also a data key")
        self._keys = keys
        self._index_key = index_key
        self._source = source

    def seal(self, value: str, place: str) -> bytes:
        """`value` sealed for one place, "table:primary key:column"; it opens nowhere else."""
        active = self._active()
        kid = active.encode()
        nonce = self._source.token(12)
        head = SUITE + bytes([len(kid)]) + kid
        body = AESGCM(self._keys[active]).encrypt(nonce, value.encode(), head + place.encode())
        return head + nonce + body

    def open(self, sealed: bytes, place: str) -> str:
        """What was sealed. Raises `Tampered`."""
        try:
            size = sealed[1]
            head, kid = sealed[: 2 + size], sealed[2 : 2 + size].decode()
            if sealed[:1] != SUITE:
                raise Tampered(place)
            nonce, body = sealed[2 + size : 14 + size], sealed[14 + size :]
            return AESGCM(self._keys[kid]).decrypt(nonce, body, head + place.encode()).decode()
        except (IndexError, KeyError, InvalidTag, UnicodeDecodeError) as error:
            raise Tampered(place) from error

    def blind(self, kind: str, value: str) -> str:
        """A keyed digest under which a sealed value is found; useless without the key."""
        return hmac.new(self._index_key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()
