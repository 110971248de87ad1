"""The signed bytes behind a QR code: COSE_Sign1 with ES256 over deterministic CBOR (RFC 9052, RFC 8949 4.2).

Sign with one key, verify with a public key found by its `kid`. Nothing here knows what a certificate is,
except `payload_of` and `read_payload`, which hold the table of the QR's contents.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import cbor2
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from PIL import Image

from skills.credentials import cbor
from skills.credentials.claims import KIND_CODE, MAX_AWARD, MAX_NAME, Claims
from skills.kernel.clock import end_of, shanghai_day
from skills.kernel.keys import Signs

MAX_FRAGMENT = 1200
ALG, KID, TYP = 1, 4, 16
ES256 = -7
SUB, EXP, IAT, CTI = 2, 4, 6, 7
DETAILS = -70000
NAME, OCCUPATION, LEVEL, INDEX, KIND, AWARD = 1, 2, 3, 4, 5, 6


class NotGenuine(Exception):
    """These bytes prove nothing. `reason` is one of the words in `verdicts.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Signed:
    """A message whose signature holds: who signed, what type it says it has, and the payload's bytes."""

    kid: bytes
    typ: str | None
    payload: bytes


@dataclass(frozen=True)
class QrPayload:
    """What the QR says, checked for form. Times are epoch seconds; `expires_at` is the first invalid second."""

    number: str
    name: str
    kind: int
    status_index: int
    issued_at: int
    expires_at: int | None = None
    occupation: str | None = None
    level: int | None = None
    award: str | None = None


@dataclass(frozen=True)
class Symbol:
    """A QR symbol, level M. `path` is SVG path data in modules, without the quiet zone of 4."""

    version: int
    modules: int
    width_mm: float
    path: str
    png: bytes


def kid_of(public: ec.EllipticCurvePublicKey) -> bytes:
    """Four bytes that name a key: the head of SHA-256 over the 65-byte uncompressed point."""
    point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return hashlib.sha256(point).digest()[:4]


def sign(payload: Mapping[int, object], key: Signs[ec.EllipticCurvePublicKey], typ: str | None = None) -> bytes:
    """COSE_Sign1, untagged. With the file signer the same input gives the same bytes (RFC 6979 nonce)."""
    header: dict[int, object] = {ALG: ES256, KID: kid_of(key.public_key())}
    if typ is not None:
        header[TYP] = typ
    protected = cbor2.dumps(header, canonical=True)
    body = cbor2.dumps(dict(payload), canonical=True)
    signature = key.sign(_to_be_signed(protected, body))
    return cbor2.dumps([protected, {}, body, signature], canonical=True)


def open_signed(message: bytes, find_key: Callable[[bytes], ec.EllipticCurvePublicKey]) -> Signed:
    """The payload of `message` if its signature holds. Raises `NotGenuine`.

    `find_key` gets the kid and raises `NotGenuine` itself for a key it does not know.
    """
    protected, body, signature = _parts(message)
    header = _decode(protected)
    if not isinstance(header, dict) or not header.keys() <= {ALG, KID, TYP}:
        raise NotGenuine("format")
    if header.get(ALG) != ES256:
        raise NotGenuine("algorithm")
    kid, typ = header.get(KID), header.get(TYP)
    if not isinstance(kid, bytes) or len(kid) != 4 or not (typ is None or isinstance(typ, str)):
        raise NotGenuine("format")
    public = find_key(kid)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        public.verify(utils.encode_dss_signature(r, s), _to_be_signed(protected, body), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise NotGenuine("signature") from None
    return Signed(kid, typ, body)


def unproved(message: bytes) -> bytes:
    """The payload's bytes of a message whose signature nobody has looked at. Raises `NotGenuine`."""
    return _parts(message)[1]


def index_in(message: bytes) -> int:
    """The place in the status lists that a code speaks of, its signature not looked at. Raises NotGenuine."""
    return read_payload(_parts(message)[1]).status_index


def kid_in(message: bytes) -> bytes:
    """Which key a message says it is signed with, whether or not that is true. Raises `NotGenuine`."""
    header = _decode(_parts(message)[0])
    kid = header.get(KID) if isinstance(header, dict) else None
    if not isinstance(kid, bytes):
        raise NotGenuine("format")
    return kid


def payload_of(claims: Claims, status_index: int, issued_at: datetime) -> dict[int, object]:
    """The QR's contents. `issued_at` is the moment of signing and must fall on the printed date.

    Raises ValueError otherwise: the page shows the day of `issued_at` to compare with the paper.
    """
    if shanghai_day(issued_at) != claims.issued_on:
        raise ValueError("the printed date is not the day of signing")
    details: dict[int, object] = {NAME: claims.holder_name, INDEX: status_index, KIND: KIND_CODE[claims.kind]}
    if claims.occupation_code:
        details[OCCUPATION] = claims.occupation_code
    if claims.level_rank is not None:
        details[LEVEL] = claims.level_rank
    if claims.award:
        details[AWARD] = claims.award
    payload: dict[int, object] = {IAT: int(issued_at.timestamp()), CTI: claims.number.encode(), DETAILS: details}
    if claims.expires_on is not None:
        payload[EXP] = int(end_of(claims.expires_on).timestamp())
    return payload


def read_payload(body: bytes) -> QrPayload:
    """The QR's contents, every field checked. Raises `NotGenuine("format")`."""
    claims = _decode(body)
    details = claims.get(DETAILS) if isinstance(claims, dict) else None
    if not isinstance(claims, dict) or not isinstance(details, dict):
        raise NotGenuine("format")
    if not claims.keys() <= {EXP, IAT, CTI, DETAILS} or not details.keys() <= set(range(NAME, AWARD + 1)):
        raise NotGenuine("format")
    number = claims.get(CTI)
    issued = _whole(claims, IAT, 0, 2**53)
    name = _words(details, NAME, MAX_NAME)
    kind = _whole(details, KIND, 1, 3)
    index = _whole(details, INDEX, 0, 2**53)
    level = _whole(details, LEVEL, 1, 8)
    occupation, award = _words(details, OCCUPATION, 20), _words(details, AWARD, MAX_AWARD)
    if not isinstance(number, bytes) or not number.isascii():
        raise NotGenuine("format")
    if issued is None or name is None or kind is None or index is None:
        raise NotGenuine("format")
    if (level is None or occupation is None) if kind == 1 else (award is None):
        raise NotGenuine("format")
    expires = _whole(claims, EXP, 0, 2**53)
    return QrPayload(number.decode(), name, kind, index, issued, expires, occupation, level, award)


def fragment_of(message: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(message).rstrip(b"=").decode()


def message_of(fragment: str) -> bytes:
    """The bytes of a fragment; one text per byte string. Raises `NotGenuine`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", fragment):  # first: the length of other letters is not the same in a browser
        raise NotGenuine("encoding")
    if len(fragment) > MAX_FRAGMENT:
        raise NotGenuine("too_long")
    try:
        message = base64.urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4))
    except binascii.Error:
        raise NotGenuine("encoding") from None
    if fragment_of(message) != fragment:
        raise NotGenuine("encoding")
    return message


def qr_url(public_base: str, number: str, message: bytes) -> str:
    """What the QR holds: `https://<host>/v/<number>#<fragment>`."""
    return f"{public_base.rstrip('/')}/v/{number}#{fragment_of(message)}"


def qr_symbol(url: str) -> Symbol:
    """The printed symbol: level M, 38 mm (40 mm from version 13), no module under 0.45 mm."""
    code = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn: Any = code.to_image(scale=1, add_quiet_zones=False)  # one grey byte a module; a buffer, untyped
    pixels = memoryview(drawn)
    modules = len(pixels)
    rows: list[list[int]] = pixels.tolist()  # type: ignore[assignment]
    version, matrix = (modules - 17) // 4, [[dark == 0 for dark in row] for row in rows]
    width = max(40.0 if version >= 13 else 38.0, 0.45 * modules)
    picture = Image.frombytes("L", (modules, modules), pixels.tobytes())
    png = BytesIO()
    picture.resize((4 * modules, 4 * modules), Image.Resampling.NEAREST).convert("1").save(png, "PNG")
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < modules:
            start = x
            while x < modules and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return Symbol(version, modules, width, "".join(runs), png.getvalue())


def _to_be_signed(protected: bytes, body: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", body])


def _parts(message: bytes) -> tuple[bytes, bytes, bytes]:
    outer = _decode(message)
    if not isinstance(outer, list) or len(outer) != 4 or outer[1] != {}:
        raise NotGenuine("format")
    protected, _, body, signature = outer
    if not (isinstance(protected, bytes) and isinstance(body, bytes) and isinstance(signature, bytes)):
        raise NotGenuine("format")
    if len(signature) != 64:
        raise NotGenuine("format")
    return protected, body, signature


def _decode(data: bytes) -> cbor.Value:
    try:
        return cbor.decode(data)
    except cbor.NotStrict:
        raise NotGenuine("format") from None


def _whole(fields: Mapping[int | str, cbor.Value], key: int, low: int, high: int) -> int | None:
    """The number in a field, None if the field is absent."""
    value = fields.get(key, low)
    if not isinstance(value, int) or not low <= value <= high:
        raise NotGenuine("format")
    return value if key in fields else None


def _words(fields: Mapping[int | str, cbor.Value], key: int, most: int) -> str | None:
    """The text in a field, None if the field is absent."""
    value = fields.get(key, "-")
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise NotGenuine("format")
    return value if key in fields else None
