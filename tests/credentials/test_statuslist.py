"""Two encodings, opposite bit orders, one truth."""

from __future__ import annotations

import base64
import gzip
import zlib

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.credentials import cose, statuslist
from skills.credentials.statuslist import SIZE, Status
from tests.credentials.make_vectors import BASE, NOW, STATUS

URI = statuslist.list_uri(BASE, 1)
ENTRIES = st.integers(0, SIZE - 1)


def bits_of(encoded: str) -> bytes:
    return gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))


def packed_of(message: bytes) -> bytes:
    return zlib.decompress(cbor2.loads(cbor2.loads(message)[2])[65533]["lst"])


def test_bitstring_counts_from_the_most_significant_bit() -> None:
    bits = bits_of(statuslist.bitstring([0, 9]))
    assert bits[:2] == bytes([0b1000_0000, 0b0100_0000])
    assert len(bits) == 16_384


def test_phone_list_counts_from_the_least_significant_bits() -> None:
    states = {0: Status.REVOKED, 1: Status.SUSPENDED, 2: Status.SUPERSEDED, 5: Status.REVOKED}
    packed = packed_of(statuslist.phone_list(URI, states, STATUS, NOW))
    assert packed[:2] == bytes([0b00_11_10_01, 0b00_00_01_00])
    assert len(packed) == 32_768


def test_same_entries_give_the_same_text_whatever_the_order() -> None:
    assert statuslist.bitstring([7, 4242]) == statuslist.bitstring([4242, 7])
    assert len(statuslist.bitstring([7, 4242])) < 100


def test_phone_list_says_what_it_is_and_how_long_it_lasts() -> None:
    protected, _, payload, _ = cbor2.loads(statuslist.phone_list(URI, {}, STATUS, NOW))
    content = cbor2.loads(payload)
    assert cbor2.loads(protected)[16] == "application/statuslist+cwt"
    assert content[2] == URI
    assert content[65534] == 12 * 3600
    assert content[4] - content[6] == 7 * 86400


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(ENTRIES, st.sampled_from(Status), max_size=30), ENTRIES)
def test_both_lists_give_back_what_was_put_in(states: dict[int, Status], other: int) -> None:
    phone = statuslist.open_phone_list(statuslist.phone_list(URI, states, STATUS, NOW), lambda kid: STATUS.public_key())
    revoked = statuslist.bitstring(n for n, state in states.items() if state is Status.REVOKED)
    for entry in [*states, other]:
        assert phone.at(entry) is states.get(entry, Status.VALID)
        assert statuslist.bitstring_has(revoked, entry) is (states.get(entry) is Status.REVOKED)


@pytest.mark.parametrize("entry", [-1, SIZE])
def test_no_entry_outside_the_list(entry: int) -> None:
    with pytest.raises(ValueError, match="no entry"):
        statuslist.bitstring([entry])
    with pytest.raises(ValueError, match="no entry"):
        statuslist.phone_list(URI, {entry: Status.REVOKED}, STATUS, NOW)


def test_a_global_index_finds_its_list() -> None:
    assert statuslist.place(0) == (1, 0)
    assert statuslist.place(SIZE - 1) == (1, SIZE - 1)
    assert statuslist.place(SIZE) == (2, 0)


def test_a_list_that_unpacks_to_gigabytes_is_refused_early() -> None:
    bomb = zlib.compress(bytes(50_000_000), 9)
    content = {2: URI, 6: 0, 4: 1, 65534: 1, 65533: {"bits": 2, "lst": bomb}}
    with pytest.raises(cose.NotGenuine):
        statuslist.open_phone_list(cose.sign(content, STATUS, statuslist.TYPE), lambda kid: STATUS.public_key())
