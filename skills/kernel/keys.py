"""Key files by purpose, outside the database, readable by the owner alone.

`<folder>/<kid>.pem` (PKCS 8) or `<kid>.key` (32 bytes), and `ring.json`: purpose, algorithm, from, to, revoked.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from skills.kernel.ids import Source

SIGNING: dict[str, str] = {"qr": "ES256", "status": "ES256", "vc": "Ed25519", "log": "Ed25519", "seal": "ES256"}
SECRET: tuple[str, ...] = ("box", "index", "replay", "session", "witness")


class KeyMissing(Exception):
    """No key for this purpose: `skills init` makes them."""


@dataclass(frozen=True)
class KeyFact:
    """What may be known of a key. Times are ISO 8601 in UTC; `until` is empty while the key is in use."""

    kid: str
    purpose: str
    algorithm: str
    since: str
    until: str = ""
    revoked: bool = False


class KeyRing:
    """All keys of one installation. Reading caches; `rotate` and `compromise` change the ring file at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts: list[KeyFact] | None = None
        self._loaded: dict[str, object] = {}

    def create_missing(self, now: datetime, source: Source) -> list[KeyFact]:
        """Make a key for every purpose that has none; what was made."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = []
        for purpose in (*SIGNING, *SECRET):
            if not any(f.purpose == purpose for f in self.facts()):
                made.append(self._make(purpose, now, source))
        return made

    def rotate(self, purpose: str, now: datetime, source: Source) -> KeyFact:
        """A new key takes over; the old one stays for verifying what it signed."""
        old = self.active(purpose)
        self._replace(replace(old, until=now.isoformat()))
        return self._make(purpose, now, source)

    def compromise(self, kid: str, now: datetime, source: Source) -> KeyFact:
        """Mark a key as stolen: nothing signed by it counts any more, and a new one takes over."""
        fact = next(f for f in self.facts() if f.kid == kid)
        self._replace(replace(fact, until=fact.until or now.isoformat(), revoked=True))
        if any(f.purpose == fact.purpose and not f.until for f in self.facts()):
            return self.active(fact.purpose)
        return self._make(fact.purpose, now, source)

    def facts(self) -> list[KeyFact]:
        """Every key ever made, oldest first."""
        if self._facts is None:
            ring = self._folder / "ring.json"
            rows = json.loads(ring.read_text("utf-8")) if ring.exists() else []
            self._facts = [KeyFact(**row) for row in rows]
        return self._facts

    def active(self, purpose: str) -> KeyFact:
        """The key in use for a purpose. Raises `KeyMissing`."""
        for fact in reversed(self.facts()):
            if fact.purpose == purpose and not fact.until:
                return fact
        raise KeyMissing(purpose)

    def of(self, purpose: str) -> list[KeyFact]:
        """All keys of a purpose, the active one last."""
        return [f for f in self.facts() if f.purpose == purpose]

    def p256(self, kid: str) -> ec.EllipticCurvePrivateKey:
        """The private P-256 key of this name."""
        return cast(ec.EllipticCurvePrivateKey, self._private(kid))

    def ed25519(self, kid: str) -> ed25519.Ed25519PrivateKey:
        """The private Ed25519 key of this name."""
        return cast(ed25519.Ed25519PrivateKey, self._private(kid))

    def secret(self, purpose: str, kid: str | None = None) -> bytes:
        """The 32 bytes of a symmetric key, the active one unless a name is given."""
        return cast(bytes, self._private(kid or self.active(purpose).kid))

    def file(self, name: str) -> Path:
        """The place of a file that belongs to a key (its X.509 certificate, say)."""
        return self._folder / name

    def _private(self, kid: str) -> object:
        if kid not in self._loaded:
            fact = next((f for f in self.facts() if f.kid == kid), None)
            if fact is None:
                raise KeyMissing(kid)
            path = self._folder / (f"{kid}.key" if fact.algorithm == "secret" else f"{kid}.pem")
            if path.stat().st_mode & 0o077:
                raise PermissionError(f"{path.name} may be read by others: chmod 600")
            data = path.read_bytes()
            secret = fact.algorithm == "secret"
            self._loaded[kid] = data if secret else serialization.load_pem_private_key(data, None)
        return self._loaded[kid]

    def _make(self, purpose: str, now: datetime, source: Source) -> KeyFact:
        if purpose in SECRET:
            data = source.token(32)
            kid = hashlib.sha256(b"kid" + data).hexdigest()[:8]
            fact = KeyFact(kid, purpose, "secret", now.isoformat())
            self._write(self._folder / f"{kid}.key", data)
        else:
            key = _private_key(SIGNING[purpose], source)
            fact = KeyFact(_kid(key), purpose, SIGNING[purpose], now.isoformat())
            pem = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            self._write(self._folder / f"{fact.kid}.pem", pem)
        self._save([*self.facts(), fact])
        return fact

    def _replace(self, fact: KeyFact) -> None:
        self._save([fact if f.kid == fact.kid else f for f in self.facts()])

    def _save(self, facts: list[KeyFact]) -> None:
        text = json.dumps([asdict(f) for f in facts], indent=1, ensure_ascii=False)
        self._write(self._folder / "ring.json", text.encode())
        self._facts = facts

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        fresh = path.with_name(path.name + ".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)


def _private_key(algorithm: str, source: Source) -> ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    if algorithm == "Ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(source.token(32))
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return ec.derive_private_key(int.from_bytes(source.token(48), "big") % (order - 1) + 1, ec.SECP256R1())


def _kid(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    """First 4 bytes of SHA-256 over the public key: 65 bytes uncompressed (P-256) or 32 raw (Ed25519)."""
    public = key.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        raw = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    else:
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:8]
