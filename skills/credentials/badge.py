"""The certificate as data: Open Badges 3.0 on VC 2.0, Data Integrity `eddsa-rdfc-2022`, issuer `did:web`.

Only our own JSON is ever canonicalised (RDFC-1.0 takes exponential time on hostile input): `sign` builds on what
`credential` or `status_credential` made, and `verify` wants the digest under which the bytes are known to us.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from pyld import jsonld

from skills.credentials import statuslist
from skills.credentials.claims import NO_BRANCH, Claims
from skills.credentials.cose import kid_of
from skills.credentials.prepared import Forms
from skills.credentials.verdicts import PublishedKey
from skills.kernel.clock import end_of
from skills.kernel.keys import Signs

Json = dict[str, Any]

VC = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OB_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
CONTEXT = [VC, OB, OB_EXTENSIONS]
_FILES = {
    VC: "credentials-v2.json",
    OB: "ob-v3p0-context-3.0.3.json",
    OB_EXTENSIONS: "ob-v3p0-extensions.json",
}
_FOLDER = Path(__file__).parent / "contexts"
# PyLD replaces an empty base by one of its own; a base that we know can be refused when it shows up.
_RELATIVE = "http://relative.invalid/"
MAX_BYTES = 16_384
_PROOF = ("type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue")


class BadCredential(Exception):
    """Not a credential of ours, or not one that every verifier reads alike."""


@dataclass(frozen=True)
class SigningKey:
    """A key for `did.json`: Ed25519 for credentials, P-256 for QR codes and phone lists. `kid` in hex."""

    kid: str
    public: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey


def did_web(public_base: str) -> str:
    """`did:web` of the host; a port is escaped as the method wants it."""
    return "did:web:" + quote(urlsplit(public_base).netloc, safe="")


def credential(claims: Claims, status_index: int, issued_at: datetime, public_base: str) -> Json:
    """The unsigned credential. Nothing in it is masked or hashed but the ID number is not in it at all."""
    base = public_base.rstrip("/")
    names = _names(claims)
    what: Json = {
        "id": f"{base}/v/{claims.number}#achievement",
        "type": ["Achievement"],
        "achievementType": {"level": "Certification", "completion": "CertificateOfCompletion", "competition": "Award"}[
            claims.kind
        ],
        "name": names,
        "description": f"{claims.issuer_name}：{names}",
        "criteria": {"narrative": _criteria(claims)},
        "inLanguage": "zh-CN",
    }
    if claims.occupation_code:
        what["humanCode"] = claims.occupation_code
    if claims.branch != NO_BRANCH:
        what["specialization"] = claims.branch
    out: Json = {
        "@context": list(CONTEXT),
        "id": f"{base}/v/{claims.number}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": names,
        "issuer": {"id": did_web(base), "type": ["Profile"], "name": claims.issuer_name, "url": base},
        "validFrom": _stamp(issued_at),
        "awardedDate": _stamp(issued_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "hashed": False,
                    "identityHash": claims.holder_name,
                }
            ],
            "achievement": what,
        },
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": [_status_entry(base, p, status_index) for p in ("revocation", "suspension")],
    }
    if claims.expires_on is not None:
        out["validUntil"] = _stamp(end_of(claims.expires_on))
    return out


def status_credential(
    public_base: str, purpose: str, number: int, entries: Sequence[int], now: datetime, life: timedelta
) -> Json:
    """The unsigned Bitstring list `number` of a purpose (revocation or suspension)."""
    url = f"{public_base.rstrip('/')}/status/{purpose}/{number}"
    return {
        "@context": list(CONTEXT),
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did_web(public_base),
        "validFrom": _stamp(now),
        "validUntil": _stamp(now + life),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "ttl": statuslist.TTL_SECONDS * 1000,
            "encodedList": statuslist.bitstring(entries),
        },
    }


def sign(
    document: Json, key: Signs[ed25519.Ed25519PublicKey], kid: str, created: datetime, public_base: str
) -> bytes:
    """The signed credential, exactly as it is to be stored and served. Raises `BadCredential`."""
    if document.get("@context") != CONTEXT:
        raise BadCredential("context")
    _contexts()
    quads = _checked_quads(document)
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": _stamp(created),
        "verificationMethod": f"{did_web(public_base)}#{kid}",
        "proofPurpose": "assertionMethod",
    }
    signature = key.sign(_hashes(document["@context"], proof, quads))
    signed = {**document, "proof": [{**proof, "proofValue": "z" + base58(signature)}]}
    data = json.dumps(signed, ensure_ascii=False, separators=(",", ":")).encode()
    if len(data) > MAX_BYTES:
        raise BadCredential("too large")
    return data


def verify(data: bytes, digest: str, find_key: Callable[[str], ed25519.Ed25519PublicKey]) -> Json:
    """The credential in `data`, if it is ours and its proof holds. Raises `BadCredential`.

    `digest` is the SHA-256 (hex) under which the bytes are stored: strangers' JSON never gets further than that.
    `find_key` maps a verification method's URL to its key.
    """
    if len(data) > MAX_BYTES or hashlib.sha256(data).hexdigest() != digest:
        raise BadCredential("not the stored bytes")
    signed = json.loads(data)
    document = {k: v for k, v in signed.items() if k != "proof"}
    proofs = signed.get("proof")
    if document.get("@context") != CONTEXT or not isinstance(proofs, list) or len(proofs) != 1:
        raise BadCredential("form")
    proof = dict(proofs[0])
    if set(proof) != set(_PROOF) or proof["cryptosuite"] != "eddsa-rdfc-2022":
        raise BadCredential("proof")
    if proof["type"] != "DataIntegrityProof" or proof["proofPurpose"] != "assertionMethod":
        raise BadCredential("proof")
    signature = unbase58(proof.pop("proofValue").removeprefix("z"))
    try:
        find_key(proof["verificationMethod"]).verify(signature, _hashes(CONTEXT, proof, _quads(document)))
    except InvalidSignature:
        raise BadCredential("signature") from None
    return document


def kid_in(data: bytes) -> str:
    """Which key a credential of ours says it is signed with; empty if it says none."""
    proofs = json.loads(data).get("proof") or [{}]
    return str(proofs[0].get("verificationMethod", "")).rpartition("#")[2]


def did_document(public_base: str, keys: Sequence[SigningKey]) -> Json:
    """`/.well-known/did.json`: every key that still counts, old ones included, compromised ones left out."""
    did = did_web(public_base)
    methods = [
        {"id": f"{did}#{k.kid}", "type": "Multikey", "controller": did, "publicKeyMultibase": multikey(k.public)}
        for k in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [m["id"] for m in methods],
    }


def keys_json(keys: Sequence[PublishedKey]) -> Json:
    """`/keys.json`: the P-256 keys of QR codes and phone lists by kid, with their time windows."""
    return {
        kid_of(k.public).hex(): {
            "purpose": k.purpose,
            "jwk": _jwk(k.public),
            "from": k.since,
            "to": k.until,
            "revoked": k.revoked,
        }
        for k in keys
    }


def published(document: Mapping[str, Json]) -> dict[str, PublishedKey]:
    """The keys in a `/keys.json`, for `verdicts.judge`."""
    out = {}
    for kid, fact in document.items():
        x, y = (int.from_bytes(_unb64(fact["jwk"][c]), "big") for c in ("x", "y"))
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        out[kid] = PublishedKey(fact["purpose"], public, fact["from"], fact["to"], fact["revoked"])
    return out


def multikey(public: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey) -> str:
    """A public key in Multikey form: multicodec prefix, raw or compressed key, base58btc."""
    if isinstance(public, ed25519.Ed25519PublicKey):
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return "z" + base58(b"\xed\x01" + raw)
    point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    return "z" + base58(b"\x80\x24" + point)


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(data: bytes) -> str:
    """base58btc without the multibase letter."""
    number, out = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        out = _BASE58[rest] + out
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + out


def unbase58(text: str) -> bytes:
    """The bytes of a base58btc text. Raises `BadCredential`."""
    number = 0
    for letter in text:
        if letter not in _BASE58:
            raise BadCredential("base58")
        number = number * 58 + _BASE58.index(letter)
    return b"\0" * (len(text) - len(text.lstrip("1"))) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _names(claims: Claims) -> str:
    return f"{claims.occupation_name}·{claims.level_words}" if claims.kind == "level" else claims.award


def _criteria(claims: Claims) -> str:
    match claims.kind:
        case "level":
            return f"通过{claims.issuer_name}组织的职业技能等级认定，达到{claims.level_words}水平。"
        case "completion":
            marks = "，".join(part for part in (claims.hours, claims.score) if part)
            return f"完成培训并经考核合格{'（' + marks + '）' if marks else ''}。本证书不代表职业技能等级。"
        case "competition":
            return f"在{claims.issuer_name}举办的职业技能竞赛中获得。"


def _status_entry(base: str, purpose: str, index: int) -> Json:
    number, entry = statuslist.place(index)
    url = f"{base}/status/{purpose}/{number}"
    return {
        "id": f"{url}#{entry}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(entry),
        "statusListCredential": url,
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _jwk(public: ec.EllipticCurvePublicKey) -> dict[str, str]:
    numbers = public.public_numbers()
    x, y = (base64.urlsafe_b64encode(n.to_bytes(32, "big")).rstrip(b"=").decode() for n in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@cache
def _contexts() -> dict[str, Json]:
    """The vendored contexts, each with the digest it was vendored with. Raises RuntimeError otherwise."""
    sums = dict(line.split()[::-1] for line in (_FOLDER / "SHA256SUMS").read_text("ascii").splitlines())
    out = {}
    for url, name in _FILES.items():
        data = (_FOLDER / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != sums[name]:
            raise RuntimeError(f"{name} is not the file that was vendored")
        out[url] = json.loads(data)
    return out


def _load(url: str, options: object = None) -> Json:
    if url not in _FILES:
        raise BadCredential(f"context {url} is not one of ours")
    return {"contextUrl": None, "documentUrl": url, "document": _contexts()[url], "contentType": "application/ld+json"}


def _options() -> Json:
    return {"documentLoader": _load, "base": _RELATIVE}


def _hashes(context: Sequence[str], proof: Json, quads: bytes) -> bytes:
    """What is signed: the hash of the proof's options, then of the document (vc-di-eddsa 3.2)."""
    options = {**proof, "@context": context}
    return hashlib.sha256(_quads(options)).digest() + hashlib.sha256(quads).digest()


def _quads(document: Json) -> bytes:
    return _filled(document) or _normalized(document).encode()


def _checked_quads(document: Json) -> bytes:
    """The same for what is to be signed. A prepared form was checked when it was made."""
    found = _filled(document)
    if found is None:
        _same_for_all(document)
        found = _normalized(document).encode()
    return found


def _filled(document: Json) -> bytes | None:
    """By a prepared form, if there is one. Texts may say anything, but what `_normalized` refuses is refused here too."""
    quads = _FORMS.quads(document)
    return None if quads is None or _RELATIVE in quads else quads.encode()


def _normalized(document: Json) -> str:
    options = {**_options(), "algorithm": "URDNA2015", "format": "application/n-quads"}
    quads: str = jsonld.normalize(document, options)
    if _RELATIVE in quads:
        raise BadCredential("relative IRI")
    return quads


def _for_a_form(document: Json) -> str | None:
    try:
        _same_for_all(document)
        return _normalized(document)
    except BadCredential:
        return None


_FORMS = Forms(_for_a_form)


def _same_for_all(document: Json) -> None:
    """Refuse what JSON-LD would drop or leave relative: PyLD does so silently, other verifiers do not agree."""
    try:
        expanded = jsonld.expand(document, _options())
    except jsonld.JsonLdError as error:
        raise BadCredential("not JSON-LD") from error
    if _RELATIVE in json.dumps(expanded):
        raise BadCredential("relative IRI")
    if _leaves_expanded(expanded) != _leaves({k: v for k, v in document.items() if k != "@context"}):
        raise BadCredential("a term that no context defines")


def _leaves(value: object) -> int:
    if isinstance(value, dict):
        return sum(_leaves(v) for v in value.values())
    if isinstance(value, list):
        return sum(_leaves(v) for v in value)
    return 1


def _leaves_expanded(value: object) -> int:
    if isinstance(value, dict):
        return 1 if "@value" in value else sum(_leaves_expanded(v) for v in value.values())
    if isinstance(value, list):
        return sum(_leaves_expanded(v) for v in value)
    return 1
