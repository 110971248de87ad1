"""The badge says what was asserted, holds under its key, and refuses what verifiers would read differently."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from pyld import jsonld

from skills.credentials import badge, statuslist
from skills.credentials.badge import BadCredential
from tests.credentials.make_vectors import BASE, ISSUED, LEVEL, QR, STATUS, published

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KID = "0a1b2c3d"


def signed(document: dict[str, Any] | None = None) -> bytes:
    return badge.sign(document or badge.credential(LEVEL, 94567, ISSUED, BASE), KEY, KID, ISSUED, BASE)


def verify(data: bytes, key: ed25519.Ed25519PrivateKey = KEY) -> dict[str, Any]:
    return badge.verify(data, hashlib.sha256(data).hexdigest(), lambda method: key.public_key())


def test_it_reads_back_what_was_signed() -> None:
    document = verify(signed())
    assert document == badge.credential(LEVEL, 94567, ISSUED, BASE)
    assert document["issuer"]["id"] == "did:web:skills.example.org"
    assert document["validUntil"] == "2029-11-19T16:00:00Z"
    assert document["credentialSubject"]["identifier"][0]["identityHash"] == "古丽·𠮷"
    assert document["credentialStatus"][0]["statusListIndex"] == "94567"
    assert "500105" not in json.dumps(document)


def test_the_proof_holds_outside_our_code() -> None:
    """vc-di-eddsa 3.2 step by step, with the contexts read from their files."""
    document = json.loads(signed())
    (proof,) = document.pop("proof")
    value = proof.pop("proofValue")
    folder = Path(badge.__file__).parent / "contexts"
    files = {
        "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
    }

    def load(url: str, options: object) -> dict[str, Any]:
        context = json.loads((folder / files[url]).read_text("utf-8"))
        return {"contextUrl": None, "documentUrl": url, "document": context, "contentType": "application/ld+json"}

    def hashed(value: dict[str, Any]) -> bytes:
        options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
        return hashlib.sha256(jsonld.normalize(value, options).encode()).digest()

    number = 0
    for letter in value[1:]:
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(letter)
    to_be_signed = hashed({**proof, "@context": document["@context"]}) + hashed(document)
    KEY.public_key().verify(number.to_bytes(64, "big"), to_be_signed)
    document["credentialSubject"]["identifier"][0]["identityHash"] = "他人"
    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(number.to_bytes(64, "big"), hashed(proof) + hashed(document))


@pytest.mark.parametrize(
    ("old", "new"), [("古丽", "古力"), ("高级工", "中级工"), ("94567", "94568"), ("2029-11", "2039-11")]
)
def test_a_changed_badge_fails(old: str, new: str) -> None:
    changed = signed().decode().replace(old, new).encode()
    assert changed != signed()
    with pytest.raises(BadCredential, match="signature"):
        verify(changed)


def test_another_key_fails() -> None:
    with pytest.raises(BadCredential, match="signature"):
        verify(signed(), ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_unknown_bytes_are_never_parsed() -> None:
    with pytest.raises(BadCredential, match="not the stored bytes"):
        badge.verify(b"not json at all", hashlib.sha256(b"other").hexdigest(), lambda method: KEY.public_key())


@pytest.mark.parametrize(
    "change",
    [
        {"favouriteColour": "red"},
        {"evidence": [{"type": ["Evidence"], "id": "relative/path"}]},
        {"type": ["VerifiableCredential", "OpenBadgeCredential", "Undefined"]},
        {"@context": [badge.VC, badge.OB]},
        {"@context": [*badge.CONTEXT, "https://example.org/context"]},
    ],
)
def test_what_others_would_read_differently_is_not_signed(change: dict[str, Any]) -> None:
    with pytest.raises(BadCredential):
        signed({**badge.credential(LEVEL, 1, ISSUED, BASE), **change})


def test_a_context_that_was_touched_stops_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (Path(badge.__file__).parent / "contexts").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "credentials-v2.json").write_bytes((tmp_path / "credentials-v2.json").read_bytes() + b" ")
    monkeypatch.setattr(badge, "_FOLDER", tmp_path)
    badge._contexts.cache_clear()
    with pytest.raises(RuntimeError, match="not the file that was vendored"):
        signed()
    badge._contexts.cache_clear()


def test_status_lists_are_signed_the_same_way() -> None:
    document = badge.status_credential(BASE, "revocation", 1, [4242], ISSUED, timedelta(days=7))
    read = verify(signed(document))
    assert statuslist.bitstring_has(read["credentialSubject"]["encodedList"], 4242)
    assert not statuslist.bitstring_has(read["credentialSubject"]["encodedList"], 4243)


def test_the_did_document_names_every_key_in_multikey_form() -> None:
    # RFC 8032 test 1's key and its Multikey, as given in the did:key method's examples.
    raw = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    public = ed25519.Ed25519PublicKey.from_public_bytes(raw)
    document = badge.did_document(BASE, [badge.SigningKey("aa", public), badge.SigningKey("bb", QR.public_key())])
    first, second = document["verificationMethod"]
    assert badge.unbase58(first["publicKeyMultibase"][1:]) == b"\xed\x01" + raw
    assert first["publicKeyMultibase"].startswith("z6Mk")
    assert second["publicKeyMultibase"].startswith("zDn")
    assert document["assertionMethod"] == ["did:web:skills.example.org#aa", "did:web:skills.example.org#bb"]
    assert badge.did_web("https://localhost:8443") == "did:web:localhost%3A8443"


def test_published_keys_read_back() -> None:
    book = json.loads(json.dumps(badge.keys_json(published())))
    assert badge.published(book) == dict(zip(book, published(), strict=True))
    assert {fact["purpose"] for fact in book.values()} == {"qr", "status"}
    assert STATUS.public_key() == next(k.public for k in published() if k.purpose == "status")


def test_times_are_told_in_utc() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert badge.credential(LEVEL, 1, late, BASE)["validFrom"] == "2026-11-20T23:30:00Z"
