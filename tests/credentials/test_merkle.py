"""The log's tree against RFC 6962's known roots, against the definition, and against forgery."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.kernel import merkle
from skills.kernel.merkle import BadNote, Checkpoint, Tree

# The eight entries and roots of the Certificate Transparency reference implementation.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Inclusion of entry 5 among 8, and consistency 6 to 8, from the same source.
INCLUSION_5_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


def tree(size: int) -> Tree:
    return Tree([merkle.leaf_hash(str(n).encode()) for n in range(size)])


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def known() -> Tree:
    return Tree([merkle.leaf_hash(bytes.fromhex(e)) for e in ENTRIES])


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size: int) -> None:
    assert known().root(size).hex() == ROOTS[size - 1]


def test_known_proofs() -> None:
    assert [h.hex() for h in known().inclusion(5, 8)] == INCLUSION_5_OF_8
    assert [h.hex() for h in known().consistency(6, 8)] == CONSISTENCY_6_TO_8


@given(st.integers(0, 130))
def test_root_follows_the_definition(size: int) -> None:
    assert tree(size).root() == by_definition([merkle.leaf_hash(str(n).encode()) for n in range(size)])


@settings(deadline=None)
@given(st.data())
def test_every_leaf_proves_its_place_and_no_other(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 200))
    place = data.draw(st.integers(0, size - 1))
    log = tree(size)
    leaf, proof, root = merkle.leaf_hash(str(place).encode()), log.inclusion(place), log.root()
    assert merkle.verify_inclusion(leaf, place, size, proof, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"x"), place, size, proof, root)
    assert not merkle.verify_inclusion(leaf, place, size, [*proof, root], root)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != place)) if size > 1 else 1
    assert not merkle.verify_inclusion(leaf, other, size, proof, root)
    if proof:
        broken = [bytes([proof[0][0] ^ 1]) + proof[0][1:], *proof[1:]]
        assert not merkle.verify_inclusion(leaf, place, size, broken, root)
        assert not merkle.verify_inclusion(leaf, place, size, proof[:-1], root)


@settings(deadline=None)
@given(st.data())
def test_growth_is_provable_and_rewriting_is_not(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 200))
    old = data.draw(st.integers(0, new))
    log = tree(new)
    proof = log.consistency(old)
    assert merkle.verify_consistency(old, new, log.root(old), log.root(), proof)
    rewritten = Tree([merkle.leaf_hash(b"x"), *(merkle.leaf_hash(str(n).encode()) for n in range(1, new))])
    if old:
        assert not merkle.verify_consistency(old, new, log.root(old), rewritten.root(), rewritten.consistency(old))
    assert not merkle.verify_consistency(old, new, log.root(old), log.root(), [*proof, log.root()])


def test_a_proof_for_one_size_is_none_for_another() -> None:
    log = tree(8)
    leaf, proof, root = merkle.leaf_hash(b"0"), log.inclusion(0), log.root()
    accepted = [size for size in range(1, 40) if merkle.verify_inclusion(leaf, 0, size, proof, root)]
    assert accepted == [5, 6, 7, 8], "the sizes whose path from the first leaf has three steps"


def test_no_proof_outside_the_tree() -> None:
    with pytest.raises(ValueError, match="no leaf"):
        tree(3).inclusion(3)
    with pytest.raises(ValueError, match="has 3 leaves"):
        tree(3).root(4)
    with pytest.raises(ValueError, match="within"):
        tree(3).consistency(4)
    assert not merkle.verify_inclusion(b"", 0, 0, [], hashlib.sha256(b"").digest())


KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
POINT = Checkpoint("skills.example.org/log", 8, bytes.fromhex(ROOTS[7]))


def test_a_checkpoint_reads_back_and_has_the_public_form() -> None:
    note = merkle.sign_checkpoint(POINT, KEY)
    assert merkle.open_checkpoint(note, POINT.origin, KEY.public_key()) == POINT
    lines = note.split("\n")
    assert lines[:2] == ["skills.example.org/log", "8"]
    assert lines[3] == ""
    assert lines[4].startswith("\u2014 skills.example.org/log ")


def test_a_witness_may_add_a_line() -> None:
    note = merkle.sign_checkpoint(POINT, KEY) + "\u2014 witness.example AAAAAAAA\n"
    assert merkle.open_checkpoint(note, POINT.origin, KEY.public_key()) == POINT


@given(st.integers(0, 200), st.integers(1, 127))
def test_no_changed_letter_passes(at: int, mask: int) -> None:
    note = merkle.sign_checkpoint(POINT, KEY)
    letters = list(note)
    letters[at % len(note)] = chr(ord(letters[at % len(note)]) ^ mask)
    changed = "".join(letters)
    try:
        assert merkle.open_checkpoint(changed, POINT.origin, KEY.public_key()) == POINT
        assert changed.rpartition("\n\n")[0] == note.rpartition("\n\n")[0]  # only the signature's spelling differs
    except BadNote:
        pass


@pytest.mark.parametrize("origin", ["other.example", "skills.example.org"])
def test_another_origin_or_key_is_refused(origin: str) -> None:
    note = merkle.sign_checkpoint(POINT, KEY)
    with pytest.raises(BadNote):
        merkle.open_checkpoint(note, origin, KEY.public_key())
    stranger = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(BadNote):
        merkle.open_checkpoint(note, POINT.origin, stranger.public_key())
    with pytest.raises(BadNote):
        merkle.open_checkpoint("", POINT.origin, KEY.public_key())


def test_verifier_key_has_the_form_auditors_expect() -> None:
    # The example key of golang.org/x/mod/sumdb/note's documentation.
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    import base64

    public = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(vkey.split("+", 2)[2])[1:])
    assert merkle.verifier_key("PeterNeumann", public) == vkey
