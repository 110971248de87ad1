"""Status of certificates in lists that say nothing about any person.

Two encodings of one truth, with opposite bit orders:
- `bitstring`: one bit per entry, most significant bit first, gzip (W3C Bitstring Status List 1.0), one per purpose;
- `phone_list`: two bits per entry, least significant first, zlib (IETF Token Status List), signed as a CWT.
"""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from cryptography.hazmat.primitives.asymmetric import ec

from skills.credentials import cbor, cose
from skills.kernel.keys import Signs

SIZE = 131_072
TTL_SECONDS = 12 * 3600
LIFE_SECONDS = 7 * 86400
TYPE = "application/statuslist+cwt"
TTL, LIST = 65534, 65533


class Status(IntEnum):
    """What the phone list says of one certificate."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    SUPERSEDED = 3


@dataclass(frozen=True)
class PhoneList:
    """A list whose signature holds. Times are epoch seconds."""

    uri: str
    kid: bytes
    made_at: int
    fresh_until: int
    expires_at: int
    packed: bytes

    def at(self, entry: int) -> Status:
        """The status at a place in this list, 0 … SIZE − 1."""
        return Status(self.packed[entry // 4] >> (entry % 4) * 2 & 3)


# What the bit of each Bitstring list means: revocation is for good, suspension may end.
PURPOSES: dict[str, tuple[Status, ...]] = {
    "revocation": (Status.REVOKED, Status.SUPERSEDED),
    "suspension": (Status.SUSPENDED,),
}


def place(index: int) -> tuple[int, int]:
    """Number of the list (from 1) and the entry in it, for a certificate's global status index."""
    return index // SIZE + 1, index % SIZE


def list_uri(public_base: str, number: int) -> str:
    """Where phones fetch the list, and the subject it is signed for."""
    return f"{public_base.rstrip('/')}/status/{number}.cwt"


def bitstring(entries: Iterable[int]) -> str:
    """`encodedList`: the entries' bits set, MSB first, gzip, multibase base64url. Same input, same text."""
    bits = bytearray(SIZE // 8)
    for entry in entries:
        if not 0 <= entry < SIZE:
            raise ValueError(f"no entry {entry} in a list of {SIZE}")
        bits[entry // 8] |= 0x80 >> entry % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), 9, mtime=0)).rstrip(b"=").decode()


def bitstring_has(encoded: str, entry: int) -> bool:
    """Whether an entry's bit is set in an `encodedList`."""
    if not encoded.startswith("u"):
        raise ValueError("not multibase base64url")
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    return bool(bits[entry // 8] & 0x80 >> entry % 8)


def phone_list(
    uri: str, states: Mapping[int, Status], key: Signs[ec.EllipticCurvePublicKey], now: datetime
) -> bytes:
    """The signed list for phones: `states` by entry, all others valid. Fresh for 12 hours, dead after 7 days."""
    packed = bytearray(SIZE // 4)
    for entry, status in states.items():
        if not 0 <= entry < SIZE:
            raise ValueError(f"no entry {entry} in a list of {SIZE}")
        packed[entry // 4] |= Status(status) << entry % 4 * 2
    made = int(now.timestamp())
    content = {
        cose.SUB: uri,
        cose.IAT: made,
        cose.EXP: made + LIFE_SECONDS,
        TTL: TTL_SECONDS,
        LIST: {"bits": 2, "lst": zlib.compress(bytes(packed), 9)},
    }
    return cose.sign(content, key, TYPE)


def open_phone_list(message: bytes, find_key: Callable[[bytes], ec.EllipticCurvePublicKey]) -> PhoneList:
    """The list, if its signature holds and it has our form. Raises `cose.NotGenuine`."""
    signed = cose.open_signed(message, find_key)
    content = cbor.decode(signed.payload) if signed.typ == TYPE else None
    if not isinstance(content, dict) or content.keys() != {cose.SUB, cose.IAT, cose.EXP, TTL, LIST}:
        raise cose.NotGenuine("format")
    uri, made, until, ttl, body = (content[k] for k in (cose.SUB, cose.IAT, cose.EXP, TTL, LIST))
    if not (isinstance(uri, str) and isinstance(made, int) and isinstance(until, int) and isinstance(ttl, int)):
        raise cose.NotGenuine("format")
    if not isinstance(body, dict) or body.keys() != {"bits", "lst"} or body["bits"] != 2:
        raise cose.NotGenuine("format")
    packed = body["lst"]
    return PhoneList(uri, signed.kid, made, made + ttl, until, _inflate(packed if isinstance(packed, bytes) else b""))


def _inflate(packed: bytes) -> bytes:
    """Unpack without trusting the sender's size."""
    try:
        unpacker = zlib.decompressobj()
        bits = unpacker.decompress(packed, SIZE // 4 + 1)
    except zlib.error:
        raise cose.NotGenuine("format") from None
    if len(bits) != SIZE // 4 or not unpacker.eof or unpacker.unused_data:
        raise cose.NotGenuine("format")
    return bits
