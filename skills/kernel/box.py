"""Sealed columns and the blind index that finds them. The keys lie outside the database."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from skills.kernel.datakeys import DataKeys, KeyDestroyed
from skills.kernel.ids import Source

SUITE = b"A"  # AES-256-GCM; "S" is kept for SM4-GCM
OF_SUBJECT = b"P"  # AES-256-GCM under a subject's own data key


class Tampered(Exception):
    """A sealed value does not open: it was changed, moved to another row, or its key is gone."""


class Shredded(Tampered):
    """The subject's data key was destroyed: the value was readable once and never will be again."""


def sealed_for(subject: str) -> tuple[bytes, bytes]:
    """From where to where sealed values of a subject stand in the order of bytes: to find them without opening any."""
    kid = subject.encode()
    head = OF_SUBJECT + bytes([len(kid)]) + kid
    return head, head + b"\xff" * 13


def sealed_for_anybody() -> tuple[bytes, bytes]:
    """The same, of values sealed for whatever subject; what lies outside is under the installation's own keys."""
    return OF_SUBJECT, OF_SUBJECT[:-1] + bytes([OF_SUBJECT[-1] + 1])


class Box:
    """Seals values bound to their place.

    keys       kid → 32 bytes; every sealed value names the key it was sealed with
    active     the kid used from now on, or who tells it whenever something is sealed
    index_key  32 bytes, never one of `keys`: makes the blind index
    subjects   the data keys of people: what is sealed for somebody is unreadable once their key is destroyed
    """

    def __init__(
        self, keys: Mapping[str, bytes], active: str | Callable[[], str], index_key: bytes, source: Source,
        subjects: DataKeys | None = None,
    ) -> None:  # fmt: skip
        self._active = active if callable(active) else lambda: active
        if self._active() not in keys or index_key in keys.values():
            raise ValueError("unknown active key, or the index key is also a data key")
        self._keys = keys
        self._index_key = index_key
        self._source = source
        self._subjects = subjects

    def seal(self, value: str, place: str, subject: str | None = None) -> bytes:
        """`value` sealed for one place, "table:primary key:column"; it opens nowhere else.

        subject  the person whom it is about: it is sealed under that person's own data key and goes with it
        Raises KeyDestroyed.
        """
        return self.seal_bytes(value.encode(), place, subject)

    def seal_bytes(self, value: bytes, place: str, subject: str | None = None) -> bytes:
        """The same for bytes: a signed credential, a whole file."""
        suite, name = (SUITE, self._active()) if subject is None else (OF_SUBJECT, subject)
        kid = name.encode()
        nonce = self._source.token(12)
        head = suite + bytes([len(kid)]) + kid
        key = self._keys[name] if subject is None else self._of_subjects().take(subject)
        return head + nonce + AESGCM(key).encrypt(nonce, value, head + place.encode())

    def seal_all(self, values: Sequence[tuple[str, str]]) -> list[bytes]:
        """Many values, each (value, place), sealed under the installation's key: as `seal` would, one by one."""
        name = self._active()
        kid, cipher = name.encode(), AESGCM(self._keys[name])
        head = SUITE + bytes([len(kid)]) + kid
        nonces = self._source.token(12 * len(values))
        found = []
        for at, (value, place) in zip(range(0, len(nonces), 12), values, strict=True):
            nonce = nonces[at : at + 12]
            found.append(head + nonce + cipher.encrypt(nonce, value.encode(), head + place.encode()))
        return found

    def open(self, sealed: bytes, place: str) -> str:
        """What was sealed. Raises `Tampered`, and of that kind `Shredded` if the data key was destroyed."""
        return self.open_bytes(sealed, place).decode()

    def read(self, sealed: bytes, place: str, gone: str = "") -> str:
        """What was sealed, for a page: `gone` if the data key was destroyed. Raises `Tampered`."""
        try:
            return self.open(sealed, place)
        except Shredded:
            return gone

    def read_all(self, values: Sequence[tuple[bytes, str]], gone: str = "") -> list[str]:
        """What was sealed, of many (value, place): as `read`, with the subjects' keys fetched together. Raises `Tampered`."""
        subjects = {sealed[2 : 2 + sealed[1]].decode() for sealed, _ in values if sealed[:1] == OF_SUBJECT}
        keys = self._of_subjects().find_all(subjects) if subjects else {}
        ciphers: dict[bytes, AESGCM | None] = {}
        found = []
        for sealed, place in values:
            try:
                head = sealed[: 2 + sealed[1]]
                if head not in ciphers:
                    kid = head[2:].decode()
                    key = keys[kid] if head[:1] == OF_SUBJECT else self._key(head[:1], kid)
                    ciphers[head] = None if key is None else AESGCM(key)
                cipher, start = ciphers[head], len(head)
                if cipher is None:
                    found.append(gone)
                else:
                    found.append(cipher.decrypt(sealed[start : start + 12], sealed[start + 12 :], head + place.encode()).decode())
            except (IndexError, KeyError, ValueError, InvalidTag) as error:
                raise Tampered(place) from error
        return found

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """The same for bytes. Raises as `open` does."""
        try:
            size = sealed[1]
            head, kid = sealed[: 2 + size], sealed[2 : 2 + size].decode()
            nonce, body = sealed[2 + size : 14 + size], sealed[14 + size :]
            return AESGCM(self._key(sealed[:1], kid)).decrypt(nonce, body, head + place.encode())
        except KeyDestroyed as gone:
            raise Shredded(place) from gone
        except (IndexError, KeyError, ValueError, InvalidTag) as error:
            raise Tampered(place) from error

    def blind(self, kind: str, value: str) -> str:
        """A keyed digest under which a sealed value is found; useless without the key."""
        return hmac.digest(self._index_key, f"{kind}\0{value}".encode(), "sha256").hex()

    def _key(self, suite: bytes, kid: str) -> bytes:
        """The key that a sealed value names. Raises KeyError, KeyDestroyed."""
        if suite == SUITE:
            return self._keys[kid]
        found = self._of_subjects().find(kid) if suite == OF_SUBJECT else None
        if found is None:
            raise KeyError(kid)
        return found

    def _of_subjects(self) -> DataKeys:
        if self._subjects is None:
            raise KeyError("this box holds no keys of subjects")
        return self._subjects


_BOX = "box"  # the engine's option under which its installation's box stands


def holding(engine: Engine, box: Box) -> Engine:
    """The same engine, whose sessions know the box that opens what they read (`box_of`)."""
    return engine.execution_options(**{_BOX: box})


def box_of(db: Session) -> Box:
    """The box of the installation that this session reads."""
    box = db.get_bind().get_execution_options()[_BOX]
    assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
    return box
