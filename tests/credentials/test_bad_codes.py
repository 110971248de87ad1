"""Whatever stands in a code: never VALID for what was not signed, never an exception, the same on server and phone."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.credentials import cose, statuslist
from skills.credentials.statuslist import Status
from skills.credentials.verdicts import State
from tests.credentials import make_vectors as made
from tests.credentials import twin as twins
from tests.credentials.make_vectors import BASE, ISSUED, LEVEL, NOW, OLD, QR, STATUS, STOLEN, STRANGER
from tests.credentials.twin import Case, Twin
from tests.fuzz import examples

pytestmark = pytest.mark.xdist_group("twin")
BOOK: dict[str, Any] = json.loads(made.FILE.read_text("utf-8"))
NOW_SECONDS = int(NOW.timestamp())
REVOKED_INDEX = 5
FRESH = statuslist.phone_list(statuslist.list_uri(BASE, 1), {REVOKED_INDEX: Status.REVOKED}, STATUS, NOW)
GOOD = cose.sign(cose.payload_of(LEVEL, 4, ISSUED), QR)
OTHER = replace(LEVEL, number="S000050001862263000413", holder_name="王小明")
HEADER = {cose.ALG: -7, cose.KID: cose.kid_of(QR.public_key())}
BODY = cbor2.dumps(cose.payload_of(LEVEL, 4, ISSUED), canonical=True)


@pytest.fixture(scope="module")
def twin() -> Iterator[Twin]:
    """Both halves, with the keys of the book of cases."""
    with twins.running(BOOK["keys"], BASE) as running:
        yield running


def case(code: bytes | str, number: str = LEVEL.number, lists: dict[int, bytes] | None = None, **other: int) -> Case:
    """A code shown at the address of a certificate, with fresh keys and a fresh list."""
    fragment = code if isinstance(code, str) else cose.fragment_of(code)
    held = {1: FRESH} if lists is None else lists
    return Case(fragment, number, other.get("now", NOW_SECONDS), other.get("fetched", NOW_SECONDS), held)


def not_genuine(twin: Twin, code: bytes | str, *reasons: str, number: str = LEVEL.number) -> None:
    said = twin.judge(case(code, number))
    assert said.state is State.NOT_GENUINE
    assert said.payload is None
    assert not reasons or said.reason in reasons, said.reason


def signed(body: bytes, header: dict[int, Any] | None = None) -> bytes:
    """Our own signature over a body that we would never write."""
    return made._signed_anyhow(body, HEADER if header is None else header)


def test_the_twins_agree_on_the_whole_book(twin: Twin) -> None:
    for entry in BOOK["cases"]:
        lists = {int(n): base64.b64decode(data) for n, data in entry["lists"].items()}
        stolen = entry.get("before_theft", False)
        said = twin.judge(Case(entry["fragment"], entry["number"], entry["now"], entry["keys_fetched_at"], lists, stolen))
        assert (said.state, said.reason) == (entry["state"], entry["reason"])


@pytest.mark.row(51)
def test_every_single_bit_of_a_code_counts(twin: Twin) -> None:
    assert twin.judge(case(GOOD)).state is State.VALID
    for at in range(len(GOOD) * 8):
        flipped = bytearray(GOOD)
        flipped[at // 8] ^= 1 << at % 8
        said = twin.server(case(bytes(flipped)))
        assert (said.state, said.payload) == (State.NOT_GENUINE, None), at
        if at % 5 == 0:  # the phone's half: a fifth of the bits, spread over all bytes
            not_genuine(twin, bytes(flipped))


def test_every_single_bit_of_a_phones_list_counts(twin: Twin) -> None:
    """A revoked certificate never gets better than unknown by a change of the list."""
    revoked = cose.sign(cose.payload_of(LEVEL, REVOKED_INDEX, ISSUED), QR)
    assert twin.judge(case(revoked)).state is State.REVOKED
    for at in range(len(FRESH) * 8):
        flipped = bytearray(FRESH)
        flipped[at // 8] ^= 1 << at % 8
        changed = case(revoked, lists={1: bytes(flipped)})
        said = twin.judge(changed) if at % 9 == 0 else twin.server(changed)
        assert said.state is State.GENUINE_STATUS_UNKNOWN, at


def test_a_code_of_one_at_the_address_of_another(twin: Twin) -> None:
    other = cose.sign(cose.payload_of(OTHER, 6, ISSUED), QR)
    assert twin.judge(case(other, OTHER.number)).state is State.VALID
    not_genuine(twin, other, "other_number")
    not_genuine(twin, GOOD, "other_number", number=OTHER.number)
    for number in ("", "-", LEVEL.number.lower(), LEVEL.number + " ", LEVEL.number[:-1], "S" + "٠" * 21, "\u202e" + LEVEL.number):
        not_genuine(twin, GOOD, "other_number", number=number)


@pytest.mark.parametrize(
    ("key", "reason"), [(STRANGER, "unknown_key"), (STATUS, "unknown_key"), (STOLEN, "revoked_key"), (OLD, "key_window")]
)
def test_a_key_that_does_not_count(key: Any, reason: str, twin: Twin) -> None:
    not_genuine(twin, cose.sign(cose.payload_of(LEVEL, 4, ISSUED), key), reason)


def test_a_retired_key_counts_for_what_it_signed_in_its_time(twin: Twin) -> None:
    early = datetime(2026, 3, 1, tzinfo=UTC)
    old = replace(LEVEL, issued_on=date(2026, 3, 1))
    assert twin.judge(case(cose.sign(cose.payload_of(old, 4, early), OLD))).state is State.VALID
    ended = datetime(2026, 6, 1, tzinfo=UTC)
    for moment, state in ((ended, State.VALID), (ended + timedelta(seconds=1), State.NOT_GENUINE)):
        claims = replace(LEVEL, issued_on=date(2026, 6, 1))
        assert twin.judge(case(cose.sign(cose.payload_of(claims, 4, moment), OLD))).state is state


@pytest.mark.parametrize("algorithm", [-8, -35, -36, -37, -257, 5, 0, 7, "ES256", None, [], -7 - 2**53, b"-7"])
def test_another_algorithm_is_never_tried(algorithm: Any, twin: Twin) -> None:
    not_genuine(twin, signed(BODY, {**HEADER, cose.ALG: algorithm}), "algorithm", "format")


def text(length: int, letter: str = "x") -> bytes:
    return cbor2.dumps(letter * length)


# Whole messages, and bodies under a good signature: both must be refused for their form alone.
HOSTILE_CBOR: dict[str, bytes] = {
    "nothing": b"",
    "trailing byte": BODY + b"\0",
    "trailing map": BODY + b"\xa0",
    "ten thousand nested arrays": b"\x81" * 10_000 + b"\x00",
    "nested arrays that never end": b"\x81" * 800,
    "nested maps": b"\xa1\x00" * 400 + b"\x00",
    "nested tags": b"\xc6" * 800 + b"\x00",
    "nested indefinite arrays": b"\x9f" * 800,
    "indefinite map": b"\xbf" + BODY[1:] + b"\xff",
    "indefinite array": b"\x9f\x01\xff",
    "indefinite bytes": b"\x5f\x41\x01\x41\x02\xff",
    "indefinite text": b"\x7f\x61a\xff",
    "break alone": b"\xff",
    "array of 2^64-1": b"\x9b" + b"\xff" * 8,
    "array of 2^53": b"\x9b\x00\x20" + b"\x00" * 6,
    "array of 2^32": b"\x9b\x00\x00\x00\x01" + b"\x00" * 4,
    "map of 2^32": b"\xbb\x00\x00\x00\x01" + b"\x00" * 4,
    "bytes of 2^63": b"\x5b\x80" + b"\x00" * 7,
    "bytes of 4 GB": b"\x5a\xff\xff\xff\xff" + b"x" * 100,
    "text of 2 GB": b"\x7a\x7f\xff\xff\xff" + b"x" * 100,
    "one-byte length for a small number": b"\x18\x17",
    "two-byte length for a small number": b"\x19\x00\xff",
    "four-byte length for a small number": b"\x1a\x00\x00\xff\xff",
    "eight-byte length for a small number": b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff",
    "map with a long length": b"\xb8\x03" + BODY[1:],
    "reserved length 28": b"\x1c",
    "reserved length 29": b"\x3d",
    "reserved length 30": b"\x5e",
    "float": cbor2.dumps(1.5),
    "not a number": b"\xf9\x7e\x00",
    "true": b"\xf5",
    "null": b"\xf6",
    "undefined": b"\xf7",
    "simple value 255": b"\xf8\xff",
    "big number": cbor2.dumps(2**70),
    "date tag": b"\xc1\x1a\x00\x00\x00\x00",
    "shared reference": b"\xd8\x1d\x00",
    "text that is no UTF-8": b"\x62\xc3\x28",
    "surrogate in text": b"\x63\xed\xa0\x80",
    "overlong slash": b"\x62\xc0\xaf",
    "keys twice": b"\xa2\x01\x01\x01\x02",
    "keys out of order": b"\xa2\x02\x01\x01\x02",
    "key twice in two spellings": b"\xa2\x01\x01\x18\x01\x02",
    "text key before number": b"\xa2\x61a\x01\x01\x02",
    "array as key": b"\xa1\x80\x01",
    "map as key": b"\xa1\xa0\x01",
    "bytes as key": b"\xa1\x41a\x01",
    "key without value": b"\xa1\x01",
}


@pytest.mark.parametrize("data", HOSTILE_CBOR.values(), ids=HOSTILE_CBOR)
def test_hostile_cbor_is_refused_wherever_it_stands(data: bytes, twin: Twin) -> None:
    not_genuine(twin, data, "format", "too_long", "empty")
    not_genuine(twin, cbor2.dumps([cbor2.dumps(HEADER), {}, BODY]) + data, "format", "too_long")
    if len(data) < 700:
        not_genuine(twin, signed(data), "format")
        protected, _, body, signature = cbor2.loads(GOOD)
        not_genuine(twin, cbor2.dumps([data, {}, body, signature]), "format", "algorithm", "signature")
        not_genuine(twin, b"\x84" + cbor2.dumps(protected) + data + cbor2.dumps(body) + cbor2.dumps(signature), "format")


def test_a_body_of_ten_thousand_nested_arrays_does_not_even_reach_the_signature(twin: Twin) -> None:
    """As deep as the address may be long, and deeper."""
    for depth in (12, 13, 100, 800, 10_000, 1_000_000):
        not_genuine(twin, b"\x81" * depth + b"\x00", "format", "too_long")


FIELDS = st.sampled_from([2, 3, 4, 5, 6, 7, 8, -70000, 65533, "a"])
WHATEVER = st.recursive(
    st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=70) | st.text(max_size=70) | st.booleans() | st.none() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers(-9, 9) | st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)
PLAUSIBLE = st.fixed_dictionaries(
    {6: st.integers(-1, 2**54) | st.just(int(ISSUED.timestamp())), 7: st.sampled_from([LEVEL.number.encode(), b"", b"\xff", "x"])},
    optional={
        4: st.integers(-1, 2**54),
        -70000: st.fixed_dictionaries(
            {},
            optional={
                1: st.text(max_size=62) | st.just(3), 2: st.text(max_size=22), 3: st.integers(-1, 9), 4: st.integers(-1, 2**54),
                5: st.integers(-1, 4), 6: st.text(max_size=62), 7: st.just(1),
            },
        ),
    },
)  # fmt: skip


@pytest.mark.fuzz
@examples(80)
@given(body=st.binary(max_size=300) | WHATEVER.map(cbor2.dumps) | PLAUSIBLE.map(lambda fields: cbor2.dumps(fields, canonical=True)))
def test_the_halves_agree_on_any_body_under_a_good_signature(body: bytes, twin: Twin) -> None:
    """We would never sign these; if we ever did, no phone may read them otherwise than the server."""
    message = signed(body)
    if len(cose.fragment_of(message)) <= cose.MAX_FRAGMENT:
        twin.judge(case(message))


@pytest.mark.fuzz
@examples(80)
@given(message=st.binary(max_size=400) | WHATEVER.map(cbor2.dumps))
def test_the_halves_agree_that_unsigned_bytes_are_nothing(message: bytes, twin: Twin) -> None:
    not_genuine(twin, message)


@pytest.mark.fuzz
@examples(80)
@given(fragment=st.text(max_size=1400) | st.text("ABCxyz019-_=+/ \n", max_size=40) | st.text("\U0001f600\ud800\u202e", min_size=500, max_size=1300))
def test_the_halves_agree_on_any_text(fragment: str, twin: Twin) -> None:
    not_genuine(twin, fragment)


@pytest.mark.fuzz
@examples(80)
@given(edits=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255), st.sampled_from("+-=")), min_size=1, max_size=6))
def test_the_halves_agree_on_any_edit_of_a_good_code(edits: list[tuple[int, int, str]], twin: Twin) -> None:
    message = bytearray(GOOD)
    for at, byte, kind in edits:
        place = at % max(1, len(message))
        if kind == "+":
            message.insert(place, byte)
        elif kind == "-" and message:
            del message[place]
        elif message:
            message[place] = byte
    said = twin.judge(case(bytes(message)))
    assert said.state is (State.VALID if bytes(message) == GOOD else State.NOT_GENUINE)


@pytest.mark.fuzz
@examples(80)
@given(now=st.integers(0, 2**40), fetched=st.integers(0, 2**40), index=st.integers(0, 2**53 - 1), made_at=st.integers(0, 2**33))
def test_the_halves_agree_at_any_time_and_place(now: int, fetched: int, index: int, made_at: int, twin: Twin) -> None:
    code = cose.sign(cose.payload_of(LEVEL, index, ISSUED), QR)
    number, _ = statuslist.place(index)
    signed_list = statuslist.phone_list(statuslist.list_uri(BASE, number), {}, STATUS, datetime.fromtimestamp(made_at, UTC))
    said = twin.judge(case(code, lists={number: signed_list}, now=now, fetched=fetched))
    if said.state is State.VALID:
        assert made_at - 300 <= now <= made_at + statuslist.TTL_SECONDS
        assert now - fetched <= 7 * 86400


def packed(level: int, states: dict[int, int]) -> bytes:
    bits = bytearray(statuslist.SIZE // 4)
    for entry, state in states.items():
        bits[entry // 4] |= state << entry % 4 * 2
    return zlib.compress(bytes(bits), level)


@pytest.mark.fuzz
@examples(80)
@given(
    level=st.integers(0, 9),
    states=st.dictionaries(st.integers(0, statuslist.SIZE - 1), st.integers(1, 3), max_size=30),
    edits=st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 255)), max_size=2),
    ttl=st.integers(-5, 10**6) | st.text(max_size=2),
)
def test_the_halves_unpack_any_list_alike(level: int, states: dict[int, int], edits: list[tuple[int, int]], ttl: Any, twin: Twin) -> None:
    data = bytearray(packed(level, states))
    for at, mask in edits:
        data[at % len(data)] ^= mask
    content = {2: statuslist.list_uri(BASE, 1), 6: NOW_SECONDS, 4: NOW_SECONDS + 999, 65534: ttl, 65533: {"bits": 2, "lst": bytes(data)}}
    message = cose.sign(content, STATUS, statuslist.TYPE)
    for index in (4, *list(states)[:2]):
        code = cose.sign(cose.payload_of(LEVEL, index, ISSUED), QR)
        twin.judge(case(code, lists={1: message}))
