"""What a verifier has to trust, and nothing else: published keys, the log's key, the seal's root (pure).

Read from files that anybody may fetch (`/trust.json`, `/status/<n>.cwt`, `/log/checkpoint`) and keep.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import SignatureAlgorithmOID

from skills.credentials import badge
from skills.credentials.inspection.answer import Failed, LogPlace
from skills.credentials.verdicts import PublishedKey, StatusAnswer, status_of
from skills.kernel import merkle

PEM = serialization.Encoding.PEM
ISSUE = b"\x01"  # first byte of the log entry of an issue; the credential's SHA-256 follows


class BadTrust(Exception):
    """The public files are incomplete or unreadable; the text says which."""


@dataclass(frozen=True)
class Trust:
    """The public files of one issuer's installation.

    keys         P-256 keys of QR codes, status lists and seals, by kid (hex), as in `/keys.json`
    fetched_at   when they were fetched (epoch seconds); after 7 days they no longer prove that nothing was revoked
    methods      the Ed25519 keys of credentials by verification method, as in `did.json`
    logs         the log's keys, old ones included
    roots        root certificates of the seal
    lists        signed phone lists by number
    heads        roots of checkpoints that the verifier holds, by size: a history that was rewritten contradicts them
    """

    public_base: str
    keys: Mapping[str, PublishedKey]
    fetched_at: int
    methods: Mapping[str, ed25519.Ed25519PublicKey]
    logs: Sequence[ed25519.Ed25519PublicKey]
    roots: Sequence[x509.Certificate]
    lists: Mapping[int, bytes] = field(default_factory=dict)
    heads: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The host and port under which the installation is known."""
        return self.public_base.partition("://")[2].rstrip("/")

    @property
    def origin(self) -> str:
        """The name of the certificate log."""
        return f"{self.host}/certificates"

    def status(self, index: int, now: int) -> StatusAnswer:
        """What the lists say of a status index."""
        return status_of(index, self.keys, self.fetched_at, self.lists, self.public_base, now)

    def method(self, name: str) -> ed25519.Ed25519PublicKey:
        """The key of a verification method. Raises `badge.BadCredential`."""
        if name not in self.methods:
            raise badge.BadCredential("unknown key")
        return self.methods[name]

    def place(self, entry: bytes, index: int, note: str, hashes: Sequence[bytes]) -> LogPlace:
        """The place of a log entry, proved by a signed checkpoint. Raises Failed("log", …)."""
        head = self.opened(note)
        if head is None or not merkle.verify_inclusion(merkle.leaf_hash(entry), index, head.size, hashes, head.root):
            raise Failed("log", "log_proof")
        if self.heads.get(head.size, head.root) != head.root:
            raise Failed("log", "log_forked")
        return LogPlace(index, head.size)

    def opened(self, note: str) -> merkle.Checkpoint | None:
        """A checkpoint that one of the log's keys signed, or None."""
        for key in self.logs:
            try:
                return merkle.open_checkpoint(note, self.origin, key)
            except merkle.BadNote:
                continue
        return None


def bundle(
    public_base: str,
    keys: bytes,
    did: bytes,
    logs: Sequence[ed25519.Ed25519PublicKey],
    roots: Sequence[x509.Certificate],
    lists: int,
) -> bytes:
    """`/trust.json`: all public files but the status lists, of which it says how many there are."""
    origin = public_base.partition("://")[2].rstrip("/") + "/certificates"
    body = {
        "public_base": public_base,
        "keys": json.loads(keys),
        "did": json.loads(did),
        "log": [merkle.verifier_key(origin, key) for key in logs],
        "roots": [root.public_bytes(PEM).decode() for root in roots],
        "status_lists": lists,
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def from_files(files: Mapping[str, bytes], fetched_at: int) -> Trust:
    """The trust of a folder's files by name: `trust.json`, or `keys.json`, `did.json`, `log*.txt|vkey`, `root*.pem`.

    Optional: `status-<n>.cwt` or `<n>.cwt`, `checkpoint*.txt`, `fetched.txt` (ISO time; otherwise `fetched_at`).
    Raises `BadTrust`.
    """
    try:
        body = _bundled(files)
        keys = badge.published(body["keys"])
        methods, public_base = _methods(body["did"], body.get("public_base"))
        logs = [_log_key(text, public_base) for text in body["log"]]
        roots = [x509.load_pem_x509_certificate(pem.encode()) for pem in body["roots"]]
        if "fetched.txt" in files:
            moment = datetime.fromisoformat(files["fetched.txt"].decode().strip())
            fetched_at = int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())
    except BadTrust:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, badge.BadCredential) as wrong:
        raise BadTrust(f"{type(wrong).__name__}: {wrong}") from wrong
    held = Trust(public_base, keys, fetched_at, methods, logs, roots, _lists(files))
    return _with_heads(held, [data for name, data in files.items() if name.startswith("checkpoint")])


def raw(key: ed25519.Ed25519PublicKey) -> bytes:
    """The 32 bytes of a key."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _bundled(files: Mapping[str, bytes]) -> dict[str, Any]:
    if "trust.json" in files:
        body = json.loads(files["trust.json"])
        if not isinstance(body, dict):
            raise BadTrust("trust.json")
        return body
    for name in ("keys.json", "did.json"):
        if name not in files:
            raise BadTrust(f"{name} is missing")
    texts = [d.decode() for n, d in sorted(files.items()) if n.startswith("log") and n.endswith((".txt", ".vkey"))]
    return {
        "keys": json.loads(files["keys.json"]),
        "did": json.loads(files["did.json"]),
        "log": [line for text in texts for line in text.split()],
        "roots": [d.decode() for n, d in sorted(files.items()) if n.startswith("root") and n.endswith(".pem")],
    }


def _methods(did: Mapping[str, Any], base: object) -> tuple[dict[str, ed25519.Ed25519PublicKey], str]:
    """The Ed25519 keys of a did:web document, and the address that its name stands for (https unless said)."""
    name = did["id"]
    host = unquote(name.removeprefix("did:web:"))
    if not name.startswith("did:web:") or not host or "/" in host:
        raise BadTrust(f"{name} is no did:web of a host")
    public_base = str(base) if base else f"https://{host}"
    if badge.did_web(public_base) != name:
        raise BadTrust(f"{name} does not belong to {public_base}")
    allowed = set(did["assertionMethod"])
    found = {}
    for method in did["verificationMethod"]:
        raw = badge.unbase58(method["publicKeyMultibase"].removeprefix("z"))
        if method["id"] in allowed and raw.startswith(b"\xed\x01"):
            found[method["id"]] = ed25519.Ed25519PublicKey.from_public_bytes(raw[2:])
    return found, public_base


def _log_key(text: str, public_base: str) -> ed25519.Ed25519PublicKey:
    """The key of a C2SP verifier key `name+id+base64`, which must be this host's certificate log."""
    origin, _, rest = text.partition("+")
    raw = base64.b64decode(rest.partition("+")[2], validate=True)
    if origin != public_base.partition("://")[2].rstrip("/") + "/certificates":
        raise BadTrust(f"the log key is of {origin}, not of {public_base}")
    if raw[:1] != b"\x01":
        raise BadTrust("the log key is not Ed25519")
    key = ed25519.Ed25519PublicKey.from_public_bytes(raw[1:])
    if merkle.verifier_key(origin, key) != text:
        raise BadTrust("the log key does not have the name it gives itself")
    return key


def _lists(files: Mapping[str, bytes]) -> dict[int, bytes]:
    found = {}
    for name, data in files.items():
        number = name.removesuffix(".cwt").removeprefix("status-")
        if name.endswith(".cwt") and number.isdecimal() and number.isascii():
            found[int(number)] = data
    return found


def _with_heads(held: Trust, notes: Sequence[bytes]) -> Trust:
    heads: dict[int, bytes] = {}
    for data in notes:
        try:
            head = held.opened(data.decode())
        except (UnicodeDecodeError, binascii.Error):
            head = None
        if head is None:
            raise BadTrust("a checkpoint file is not signed by the log")
        if heads.setdefault(head.size, head.root) != head.root:
            raise BadTrust(f"two checkpoints of {head.size} entries contradict each other: the history was rewritten")
    return Trust(held.public_base, held.keys, held.fetched_at, held.methods, held.logs, held.roots, held.lists, heads)


def issued_by(certificate: x509.Certificate, roots: Sequence[x509.Certificate]) -> bool:
    """Whether a trusted root signed this certificate (ECDSA with SHA-256; our roots sign seals and nothing else)."""
    if certificate.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        return False
    for root in roots:
        public = root.public_key()
        if certificate.issuer != root.subject or not isinstance(public, ec.EllipticCurvePublicKey):
            continue
        try:
            public.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            continue
        return True
    return False
