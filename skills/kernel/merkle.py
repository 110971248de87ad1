"""The log's tree (RFC 6962), its proofs, and checkpoints as signed notes (C2SP tlog-checkpoint, signed-note)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

_ED25519 = b"\x01"
_DASH = "\u2014 "


class Signs(Protocol):
    """An Ed25519 key in use."""

    def sign(self, data: bytes) -> bytes: ...

    def public_key(self) -> ed25519.Ed25519PublicKey: ...


class BadNote(Exception):
    """Not a checkpoint signed by the expected key."""


@dataclass(frozen=True)
class Checkpoint:
    """The log's promise: `size` entries hash to `root`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The signed part of the note."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree that keeps the hash of every complete subtree: roots and proofs cost O(log n)."""

    def __init__(self, leaf_hashes: Sequence[bytes] = ()) -> None:
        self._rows: list[list[bytes]] = [[]]
        for leaf in leaf_hashes:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._rows[0])

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash; its place, counted from 0."""
        self._rows[0].append(leaf)
        height = 0
        while len(self._rows[height]) % 2 == 0:
            if height + 1 == len(self._rows):
                self._rows.append([])
            self._rows[height + 1].append(node_hash(*self._rows[height][-2:]))
            height += 1
        return len(self) - 1

    def root(self, size: int | None = None) -> bytes:
        """Root of the first `size` leaves, all by default."""
        size = self._within(size)
        return self._span(0, size) if size else hashlib.sha256(b"").digest()

    def inclusion(self, place: int, size: int | None = None) -> list[bytes]:
        """Proof that the leaf at `place` is among the first `size`. Raises ValueError."""
        size = self._within(size)
        if not 0 <= place < size:
            raise ValueError(f"no leaf {place} in a tree of {size}")
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if place < middle:
                path.append(self._span(middle, high))
                high = middle
            else:
                path.append(self._span(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Proof that the first `old` leaves are a prefix of the first `new`. Raises ValueError."""
        new = self._within(new)
        if not 0 <= old <= new:
            raise ValueError(f"{old} is not within {new}")
        if old in (0, new):
            return []
        path: list[bytes] = []
        low, high, whole = 0, new, True
        while high != old:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self._span(middle, high))
                high = middle
            else:
                path.append(self._span(low, middle))
                low, whole = middle, False
        if not whole:
            path.append(self._span(low, high))
        return path[::-1]

    def node(self, height: int, place: int) -> bytes:
        """Hash of the complete subtree of 2**height leaves at `place`; where trees kept elsewhere come in."""
        return self._rows[height][place]

    def _span(self, low: int, high: int) -> bytes:
        width = high - low
        if width & (width - 1) == 0 and low % width == 0:
            return self.node(width.bit_length() - 1, low // width)
        middle = low + _split(width)
        return node_hash(self._span(low, middle), self._span(middle, high))

    def _within(self, size: int | None) -> int:
        size = len(self) if size is None else size
        if not 0 <= size <= len(self):
            raise ValueError(f"the tree has {len(self)} leaves, not {size}")
        return size


def verify_inclusion(leaf: bytes, place: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` leads from a leaf hash at `place` to the root of `size` leaves (RFC 9162 2.1.3.2)."""
    if not 0 <= place < size:
        return False
    here, last, value = place, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            value = node_hash(step, value)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            value = node_hash(value, step)
        here, last = here >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(  # noqa: C901 - the steps of the standard, in its order
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of `new` leaves continues that of `old` (RFC 9162 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == hashlib.sha256(b"").digest()
    if not 0 < old < new:
        return False
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, step)
        here, last = here >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def sign_checkpoint(checkpoint: Checkpoint, key: Signs) -> str:
    """The note as published: text, empty line, one signature line under the origin's name."""
    text = checkpoint.text()
    signature = _key_id(checkpoint.origin, key.public_key()) + key.sign(text.encode())
    return f"{text}\n{_DASH}{checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def open_checkpoint(note: str, origin: str, key: ed25519.Ed25519PublicKey) -> Checkpoint:
    """The checkpoint of a note that `key` signed as `origin`; other witnesses' lines pass by. Raises `BadNote`."""
    text, gap, tail = note.rpartition("\n\n")
    text += "\n"
    if not gap or not tail.endswith("\n"):
        raise BadNote("no signature")
    want = _key_id(origin, key)
    for line in tail.splitlines():
        if not line.startswith(f"{_DASH}{origin} "):
            continue
        signature = _unbase64(line[len(_DASH) + len(origin) + 1 :])
        if signature[:4] != want:
            continue
        try:
            key.verify(signature[4:], text.encode())
        except InvalidSignature:
            raise BadNote("signature") from None
        return _parse(text, origin)
    raise BadNote("not signed by this key")


def verifier_key(origin: str, key: ed25519.Ed25519PublicKey) -> str:
    """The key as auditors' tools take it: `name+id+base64`."""
    return f"{origin}+{_key_id(origin, key).hex()}+{base64.b64encode(_ED25519 + _raw(key)).decode()}"


def _parse(text: str, origin: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != origin or not lines[1].isdecimal() or str(int(lines[1])) != lines[1]:
        raise BadNote("not a checkpoint")
    root = _unbase64(lines[2])
    if len(root) != 32:
        raise BadNote("not a checkpoint")
    return Checkpoint(origin, int(lines[1]), root)


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadNote("not base64") from None


def _key_id(origin: str, key: ed25519.Ed25519PublicKey) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + _raw(key)).digest()[:4]


def _raw(key: ed25519.Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
