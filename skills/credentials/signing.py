"""The keys with which certificates are signed, taken from the ring; and how the public sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from skills.credentials import badge, cose, statuslist
from skills.credentials.claims import Claims
from skills.credentials.inspection import trust
from skills.credentials.verdicts import PublishedKey
from skills.kernel.ids import Source
from skills.kernel.keys import KeyFact, KeyInUse, KeyRing


@dataclass(frozen=True)
class SealMaterial:
    """What a PDF is sealed with."""

    key: KeyInUse[ec.EllipticCurvePublicKey]
    certificate: x509.Certificate
    root: x509.Certificate


class Signer:
    """Signs certificates with the keys in use. Where the private keys are, it does not know (`keys.Signatory`)."""

    def __init__(self, keys: KeyRing, public_base: str) -> None:
        self._keys = keys
        self.public_base = public_base

    def credential(self, claims: Claims, index: int, at: datetime) -> bytes:
        """The Open Badges credential, signed, exactly as it is stored and served."""
        kid = self._keys.active("vc").kid
        document = badge.credential(claims, index, at, self.public_base)
        return badge.sign(document, self._keys.ed25519(kid), kid, at, self.public_base)

    def code(self, claims: Claims, index: int, at: datetime) -> bytes:
        """The QR's signed bytes."""
        return cose.sign(cose.payload_of(claims, index, at), self._keys.p256(self._keys.active("qr").kid))

    def phone_list(self, number: int, states: dict[int, statuslist.Status], at: datetime) -> bytes:
        """The signed status list for phones."""
        uri = statuslist.list_uri(self.public_base, number)
        return statuslist.phone_list(uri, states, self._keys.p256(self._keys.active("status").kid), at)

    def status_credential(self, document: dict[str, Any], at: datetime) -> bytes:
        """A Bitstring status list, signed."""
        kid = self._keys.active("vc").kid
        return badge.sign(document, self._keys.ed25519(kid), kid, at, self.public_base)

    def status_lists(self, number: int, states: dict[int, statuslist.Status], at: datetime) -> dict[str, bytes]:
        """List `number` in all its forms (phone, revocation, suspension), signed at this moment."""
        found = {"phone": self.phone_list(number, states, at)}
        for purpose, wanted in statuslist.PURPOSES.items():
            entries = sorted(entry for entry, status in states.items() if status in wanted)
            document = badge.status_credential(
                self.public_base, purpose, number, entries, at, timedelta(seconds=statuslist.LIFE_SECONDS)
            )
            found[purpose] = self.status_credential(document, at)
        return found

    def did(self) -> bytes:
        """`/.well-known/did.json`: old keys included, compromised ones left out."""
        held = [
            badge.SigningKey(fact.kid, self._public(fact))
            for purpose in ("vc", "qr")
            for fact in self._keys.of(purpose)
            if not fact.revoked
        ]
        return json.dumps(badge.did_document(self.public_base, held), ensure_ascii=False).encode()

    def published(self) -> dict[str, PublishedKey]:
        """The P-256 keys of QR codes, phone lists and seals by kid."""
        return {
            fact.kid: PublishedKey(
                fact.purpose,
                self._keys.p256(fact.kid).public_key(),
                int(datetime.fromisoformat(fact.since).timestamp()),
                int(datetime.fromisoformat(fact.until).timestamp()) if fact.until else None,
                fact.revoked,
            )
            for purpose in ("qr", "status", "seal")
            for fact in self._keys.of(purpose)
        }

    def keys_json(self) -> bytes:
        """`/keys.json`, for phones."""
        return json.dumps(badge.keys_json(list(self.published().values()))).encode()

    def vc_key(self, method: str) -> ed25519.Ed25519PublicKey:
        """The key of a verification method's URL, if it still counts. Raises BadCredential."""
        return self._vc_key(method, stolen=False)

    def any_vc_key(self, method: str) -> ed25519.Ed25519PublicKey:
        """The same, stolen ones included: whether bytes are what was signed. Raises BadCredential."""
        return self._vc_key(method, stolen=True)

    def _vc_key(self, method: str, stolen: bool) -> ed25519.Ed25519PublicKey:
        kid = method.rpartition("#")[2]
        for fact in self._keys.of("vc"):
            if fact.kid == kid and (stolen or not fact.revoked):
                return self._keys.ed25519(kid).public_key()
        raise badge.BadCredential("unknown key")

    def trust_json(self, lists: int) -> bytes:
        """`/trust.json`: what anybody needs to verify without this server. `lists` is the number of status lists."""
        return trust.bundle(self.public_base, self.keys_json(), self.did(), self._log_keys(), self._roots(), lists)

    def public_files(self, lists: Mapping[int, bytes], now: datetime) -> trust.Trust:
        """The same for the server's own verifying."""
        methods = {
            f"{badge.did_web(self.public_base)}#{fact.kid}": self._keys.ed25519(fact.kid).public_key()
            for fact in self._keys.of("vc")
            if not fact.revoked
        }
        return trust.Trust(
            self.public_base, self.published(), int(now.timestamp()), methods, self._log_keys(), self._roots(), lists
        )

    def _log_keys(self) -> list[ed25519.Ed25519PublicKey]:
        return [self._keys.ed25519(fact.kid).public_key() for fact in self._keys.of("log") if not fact.revoked]

    def _roots(self) -> list[x509.Certificate]:
        """The seal's root; none before the first seal was made."""
        root_file = self._keys.file("root.crt")
        return [x509.load_pem_x509_certificate(root_file.read_bytes())] if root_file.exists() else []

    def seal_material(self, now: datetime, source: Source) -> SealMaterial:
        """The seal's key and certificates; made under our own root the first time, and again for a new seal key."""
        kid = self._keys.active("seal").kid
        certificate, root = self._keys.seal_certificates(kid, now, source)
        return SealMaterial(self._keys.p256(kid), certificate, root)

    def _public(self, fact: KeyFact) -> ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey:
        if fact.algorithm == "Ed25519":
            return self._keys.ed25519(fact.kid).public_key()
        return self._keys.p256(fact.kid).public_key()
