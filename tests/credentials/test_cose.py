"""The QR's bytes hold for anyone: checked here without our own reader."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from io import BytesIO

import cbor2
import pytest
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from skills.credentials import cbor, cose
from tests.credentials.make_vectors import ISSUED, LEVEL, QR, STRANGER

MESSAGE = cose.sign(cose.payload_of(LEVEL, 94567, ISSUED), QR)


def outside_view(message: bytes, public: ec.EllipticCurvePublicKey) -> dict[int, object]:
    """COSE_Sign1 verification as RFC 9052 4.4 tells it, over the libraries alone."""
    protected, unprotected, payload, signature = cbor2.loads(message)
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert cbor2.loads(protected) == {1: -7, 4: hashlib.sha256(point).digest()[:4]}
    assert unprotected == {}
    to_be_signed = cbor2.dumps(["Signature1", protected, b"", payload])
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public.verify(encode_dss_signature(r, s), to_be_signed, ec.ECDSA(hashes.SHA256()))
    return dict(cbor2.loads(payload))


def test_another_implementation_accepts_the_signature_and_reads_the_table() -> None:
    claims = outside_view(MESSAGE, QR.public_key())
    assert claims == {
        4: 1889798400,  # the first second of 2029-11-20 in Shanghai: the last day counts whole
        6: int(ISSUED.timestamp()),
        7: b"S000050001862263000412",
        -70000: {1: "古丽·𠮷", 2: "4-04-05-05", 3: 4, 4: 94567, 5: 1},
    }


def test_another_implementation_refuses_another_key() -> None:
    with pytest.raises((InvalidSignature, AssertionError)):
        outside_view(MESSAGE, STRANGER.public_key())


def test_signing_twice_gives_the_same_bytes() -> None:
    assert cose.sign(cose.payload_of(LEVEL, 94567, ISSUED), QR) == MESSAGE


def test_the_printed_date_is_the_day_of_signing() -> None:
    with pytest.raises(ValueError, match="day of signing"):
        cose.payload_of(LEVEL, 1, ISSUED + timedelta(days=1))


def test_a_camera_reads_the_symbol_back() -> None:
    url = cose.qr_url("https://skills.example.org", LEVEL.number, MESSAGE)
    symbol = cose.qr_symbol(url)
    picture = ImageOps.expand(Image.open(BytesIO(symbol.png)).convert("L"), border=16, fill=255)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [url]
    assert (
        url == f"https://skills.example.org/v/{LEVEL.number}#" + base64.urlsafe_b64encode(MESSAGE).rstrip(b"=").decode()
    )


def test_the_drawn_path_covers_exactly_the_dark_modules() -> None:
    symbol = cose.qr_symbol("https://skills.example.org/v/1")
    picture = (
        Image.open(BytesIO(symbol.png)).convert("L").resize((symbol.modules, symbol.modules), Image.Resampling.NEAREST)
    )
    dark = {(x, y) for x in range(symbol.modules) for y in range(symbol.modules) if picture.getpixel((x, y)) == 0}
    drawn = set()
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", symbol.path):
        drawn |= {(int(x) + i, int(y)) for i in range(int(run))}
    assert drawn == dark


@given(st.integers(10, 1100))
@settings(max_examples=15, deadline=None)
def test_modules_are_never_smaller_than_a_phone_can_see(length: int) -> None:
    symbol = cose.qr_symbol("https://skills.example.org/v/1#" + "A" * length)
    assert symbol.width_mm / symbol.modules >= 0.45
    assert symbol.width_mm >= (40 if symbol.version >= 13 else 38)


SIMPLE = st.recursive(
    st.integers(-(2**53), 2**53 - 1) | st.binary(max_size=300) | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 70_000), inner, max_size=5),
    max_leaves=4,
)


@given(SIMPLE)
def test_the_strict_reader_reads_what_the_library_writes(value: object) -> None:
    assert cbor.decode(cbor2.dumps([value], canonical=True)) == [value]


@given(st.binary(max_size=60))
def test_what_the_strict_reader_accepts_has_no_second_encoding(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except cbor.NotStrict:
        return
    assert cbor2.loads(data) == value
