"""The key ring: which key serves which purpose, from when to when. Private keys stay with whoever signs.

`<folder>/ring.json` holds purpose, algorithm, from, to, revoked. Running programs notice a changed ring by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypeVar, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from skills.kernel.ids import Source
from skills.kernel.keyfiles import FileSigner, Public, write

SIGNING: dict[str, str] = {"qr": "ES256", "status": "ES256", "vc": "Ed25519", "log": "Ed25519", "seal": "ES256"}
SECRET: tuple[str, ...] = ("box", "index", "replay", "session", "witness", "steps")
# Purposes whose key stands for what is stored already: another one would find nothing again.
FOR_LIFE: tuple[str, ...] = ("index", "replay")

# An act that began before a change of keys may sign after it, or the other way round: both keys cover this long.
GRACE = timedelta(minutes=5)

K = TypeVar("K", ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)
K_co = TypeVar("K_co", ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey, covariant=True)


class KeyMissing(LookupError):
    """No key for this purpose: `skills init` makes them."""


class Signatory(Protocol):
    """Whoever holds the private keys: the file signer, or an HSM in its place."""

    def sign(self, kid: str, data: bytes) -> bytes:
        """64 bytes: Ed25519, or ES256 as r and s. Raises LookupError for a key that it does not hold."""
        ...

    def public(self, kid: str) -> Public:
        """The public half. Raises LookupError."""
        ...


class Signs(Protocol[K_co]):
    """One key in use."""

    def sign(self, data: bytes) -> bytes:
        """64 bytes: Ed25519, or ES256 as r and s."""
        ...

    def public_key(self) -> K_co:
        """The public half."""
        ...


@dataclass(frozen=True)
class KeyInUse(Generic[K]):
    """A key by its name: signing is asked of whoever holds it."""

    kid: str
    signatory: Signatory

    def sign(self, data: bytes) -> bytes:
        return self.signatory.sign(self.kid, data)

    def public_key(self) -> K:
        return cast(K, self.signatory.public(self.kid))


@dataclass(frozen=True)
class KeyFact:
    """What may be known of a key. Times are ISO 8601 in UTC; `until` is empty while the key is in use.

    since  empty while the key is prepared and not yet in use
    """

    kid: str
    purpose: str
    algorithm: str
    since: str
    until: str = ""
    revoked: bool = False


class KeyRing:
    """All keys of one installation. `rotate` and `compromise` change the ring file at once."""

    def __init__(self, folder: Path, signatory: Signatory | None = None) -> None:
        self._folder = folder
        self._files = FileSigner(folder)
        self._signatory: Signatory = signatory or self._files
        self._facts: list[KeyFact] = []
        self._stamp: tuple[int, int, int] | None = None

    def create_missing(self, now: datetime, source: Source) -> list[KeyFact]:
        """Make a key for every purpose that has none; what was made."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = []
        for purpose in (*SIGNING, *SECRET):
            if not any(f.purpose == purpose for f in self.facts()):
                made.append(self.activate(self.prepare(purpose, source).kid, now, grace=timedelta(0)))
        return made

    def prepare(self, purpose: str, source: Source) -> KeyFact:
        """A key that will take over, made and kept; one that was prepared before is taken."""
        for fact in self.facts():
            if fact.purpose == purpose and not fact.since and not fact.revoked:
                return fact
        algorithm = SIGNING.get(purpose, "secret")
        fact = KeyFact(self._files.make(algorithm, source), purpose, algorithm, "")
        self._save([*self.facts(), fact])
        return fact

    def activate(self, kid: str, now: datetime, grace: timedelta = GRACE) -> KeyFact:
        """A prepared key takes over from the one in use, which stays for verifying what it signed."""
        fresh = replace(self.fact(kid), since=(now - grace).isoformat())
        others = [replace(f, until=(now + grace).isoformat()) if f.purpose == fresh.purpose and f.since and not f.until else f
                  for f in self.facts() if f.kid != kid]  # fmt: skip
        self._save([*others, fresh])
        return fresh

    def rotate(self, purpose: str, now: datetime, source: Source) -> KeyFact:
        """A new key takes over at once."""
        return self.activate(self.prepare(purpose, source).kid, now)

    def compromise(self, kid: str, now: datetime, source: Source) -> KeyFact:
        """Mark a key as stolen: nothing signed by it counts by its signature alone; the key in use afterwards.

        If the key was in use, a new one takes over.
        """
        fact = self.fact(kid)
        if not fact.revoked:
            stolen = replace(fact, until=fact.until or now.isoformat(), revoked=True)
            self._save([stolen if f.kid == kid else f for f in self.facts()])
        try:
            return self.active(fact.purpose)
        except KeyMissing:
            return self.rotate(fact.purpose, now, source)

    def facts(self) -> list[KeyFact]:
        """Every key ever made, oldest first. Read again when the file has changed."""
        ring = self._folder / "ring.json"
        try:
            seen = ring.stat()
        except FileNotFoundError:
            return []
        stamp = (seen.st_mtime_ns, seen.st_ino, seen.st_size)
        if stamp != self._stamp:
            self._facts = [KeyFact(**row) for row in json.loads(ring.read_text("utf-8"))]
            self._stamp = stamp
        return self._facts

    def fact(self, kid: str) -> KeyFact:
        """The key of this name. Raises KeyMissing."""
        for fact in self.facts():
            if fact.kid == kid:
                return fact
        raise KeyMissing(kid)

    def active(self, purpose: str) -> KeyFact:
        """The key in use for a purpose. Raises `KeyMissing`."""
        for fact in reversed(self.facts()):
            if fact.purpose == purpose and fact.since and not fact.until:
                return fact
        raise KeyMissing(purpose)

    def of(self, purpose: str) -> list[KeyFact]:
        """All keys of a purpose that are or were in use, the active one last."""
        return [f for f in self.facts() if f.purpose == purpose and f.since]

    def p256(self, kid: str) -> KeyInUse[ec.EllipticCurvePublicKey]:
        """The P-256 key of this name. Raises KeyMissing."""
        return KeyInUse(self.fact(kid).kid, self._signatory)

    def ed25519(self, kid: str) -> KeyInUse[ed25519.Ed25519PublicKey]:
        """The Ed25519 key of this name. Raises KeyMissing."""
        return KeyInUse(self.fact(kid).kid, self._signatory)

    def public(self, kid: str) -> Public:
        """The public half of a signing key. Raises KeyMissing."""
        return self._signatory.public(self.fact(kid).kid)

    def secret(self, purpose: str, kid: str | None = None) -> bytes:
        """The 32 bytes of a symmetric key, the active one unless a name is given. Raises KeyMissing."""
        fact = self.fact(kid) if kid else self.active(purpose)
        if fact.purpose != purpose:
            raise KeyMissing(f"{purpose} {fact.kid}")
        return self._files.secret(fact.kid)

    def secrets(self, purpose: str) -> Mapping[str, bytes]:
        """The symmetric keys of a purpose by kid, as they are at the moment of asking."""
        return _Secrets(self, purpose)

    def seal_certificates(self, kid: str, now: datetime, source: Source) -> tuple[x509.Certificate, x509.Certificate]:
        """A seal key's certificate and its root's. With an HSM they are put into the folder beforehand."""
        return self._files.seal_certificates(kid, now, source)

    def file(self, name: str) -> Path:
        """The place of a file that belongs to a key (its X.509 certificate, say)."""
        return self._folder / name

    def _save(self, facts: list[KeyFact]) -> None:
        text = json.dumps([asdict(f) for f in facts], indent=1, ensure_ascii=False)
        write(self._folder / "ring.json", text.encode())


class _Secrets(Mapping[str, bytes]):
    def __init__(self, ring: KeyRing, purpose: str) -> None:
        self._ring = ring
        self._purpose = purpose

    def __getitem__(self, kid: str) -> bytes:
        try:
            return self._ring.secret(self._purpose, kid)
        except KeyMissing:
            raise KeyError(kid) from None

    def __iter__(self) -> Iterator[str]:
        return (fact.kid for fact in self._ring.of(self._purpose))

    def __len__(self) -> int:
        return len(self._ring.of(self._purpose))
