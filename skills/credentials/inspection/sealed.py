"""The seal on a PDF, judged from its bytes alone: no PDF parser ever meets a stranger's file (pure).

A seal of ours covers the whole file but for the signature's own place (PAdES B-B, ETSI EN 319 142-1). So the bytes
decide: one signature, from the first byte to the last, whose remaining place holds exactly one encoding of it. What
passes is byte for byte what was sealed, and may then be read. Linear in the file's size.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from skills.credentials.cose import kid_of
from skills.credentials.inspection.answer import Failed
from skills.credentials.inspection.trust import Trust, issued_by

MOST_BYTES = 5_000_000
MOST_SIGNATURE = 32_768  # bytes of the CMS; ours has two certificates and needs 1,500
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,8})\s+(\d{1,8})\s+(\d{1,8})\s+(\d{1,8})\s*\]")
_HEX = re.compile(rb"<((?:[0-9A-F]{2})+|(?:[0-9a-f]{2})+)>")  # one spelling for one value
# The time of sealing, of which the octal \072 is a colon as pyHanko writes it.
_TIME = re.compile(rb"/M\s*\(D(?::|\\072)(\d{14})(Z|[+-]\d\d'\d\d'?)?\)")


@dataclass(frozen=True)
class Sealed:
    """A whole and unchanged file of ours: when it was sealed (epoch seconds) and by which key."""

    at: int
    kid: str


def open_seal(data: bytes, trust: Trust) -> Sealed:
    """The seal that covers this file. Raises `Failed`."""
    covered, place = _split(data)
    try:
        signed = _parsed(place)
        signer = _signer(signed)
        if not issued_by(signer, trust.roots):
            raise Failed("issuer", "seal_foreign")
        _check_signature(signed, signer, covered)
        _check_encoding(signed, signer, place, trust)
    except Failed:
        raise
    except Exception:  # a stranger's DER can break a parser in any way; none of them is a yes
        raise Failed("signature", "changed") from None
    at = _time(data)
    kid = _known(signer, at, trust)
    return Sealed(int(at.timestamp()), kid)


def _split(data: bytes) -> tuple[bytes, bytes]:
    """What is covered, and the bytes of the signature's place. Raises Failed("signature", …)."""
    count = data.count(b"/ByteRange")
    if count == 0:
        raise Failed("signature", "no_seal")
    found = _RANGE.search(data)
    if found is None:
        raise Failed("signature", "changed")
    start, length, after, rest = (int(number) for number in found.groups())
    if count > 1:
        raise Failed("signature", "second_seal")
    if after + rest < len(data):
        raise Failed("signature", "appended")
    if start != 0 or after + rest != len(data) or not 0 < length < after:
        raise Failed("signature", "changed")
    gap = data[length:after]
    hexadecimal = _HEX.fullmatch(gap) if len(gap) <= 2 * MOST_SIGNATURE + 2 else None
    if hexadecimal is None:
        raise Failed("signature", "changed")
    return data[:length] + data[after:], bytes.fromhex(hexadecimal[1].decode("ascii"))


def _parsed(place: bytes) -> cms.SignedData:
    content = cms.ContentInfo.load(place)
    if content["content_type"].native != "signed_data":
        raise Failed("signature", "changed")
    signed = content["content"]
    if len(signed["signer_infos"]) != 1 or not 1 <= len(signed["certificates"]) <= 2:
        raise Failed("signature", "changed")
    return signed


def _signer(signed: cms.SignedData) -> x509.Certificate:
    """The certificate that the signature names."""
    wanted = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    for held in signed["certificates"]:
        if held.chosen.serial_number == wanted:
            certificate = x509.load_der_x509_certificate(held.chosen.dump())
            if isinstance(certificate.public_key(), ec.EllipticCurvePublicKey):
                return certificate
    raise Failed("issuer", "seal_foreign")


def _check_signature(signed: cms.SignedData, signer: x509.Certificate, covered: bytes) -> None:
    """The signed attributes speak of these bytes and this signer, and the signature is over them."""
    assert tsp.SigningCertificateV2  # noqa: S101 - importing it teaches asn1crypto the attribute's name
    info = signed["signer_infos"][0]
    said = {a["type"].native: a["values"] for a in info["signed_attrs"]}
    binding = said["signing_certificate_v2"][0]["certs"][0]["cert_hash"].native
    attributes = info["signed_attrs"].untag().dump()
    public = signer.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)  # noqa: S101 - `_signer` looked
    try:
        public.verify(info["signature"].native, attributes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Failed("signature", "changed") from None
    digest = said["message_digest"][0].native
    if digest != hashlib.sha256(covered).digest() or binding != signer.fingerprint(hashes.SHA256()):
        raise Failed("signature", "changed")


def _check_encoding(signed: cms.SignedData, signer: x509.Certificate, place: bytes, trust: Trust) -> None:
    """The place holds the one encoding of this signature and nothing beside it: no bit of the file is left free."""
    info = signed["signer_infos"][0]
    extra = [root for root in trust.roots if root.subject == signer.issuer][: len(signed["certificates"]) - 1]
    sha256: dict[str, Any] = {"algorithm": "sha256", "parameters": info["digest_algorithm"]["parameters"]}
    ecdsa = {"algorithm": "sha256_ecdsa", "parameters": info["signature_algorithm"]["parameters"]}
    if any(not isinstance(a["parameters"], core.Null | core.Void) for a in (sha256, ecdsa)):
        raise Failed("signature", "changed")
    held = [_asn1(certificate) for certificate in (signer, *extra)]
    rebuilt = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [algos.DigestAlgorithm(sha256)],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": held,
                    "signer_infos": [
                        cms.SignerInfo(
                            {
                                "version": "v1",
                                "sid": cms.SignerIdentifier(
                                    "issuer_and_serial_number",
                                    {"issuer": held[0].issuer, "serial_number": held[0].serial_number},
                                ),
                                "digest_algorithm": algos.DigestAlgorithm(sha256),
                                "signed_attrs": info["signed_attrs"],
                                "signature_algorithm": algos.SignedDigestAlgorithm(ecdsa),
                                "signature": info["signature"].native,
                            }
                        )
                    ],
                }
            ),
        }
    ).dump()
    if place != rebuilt + bytes(len(place) - len(rebuilt)):
        raise Failed("signature", "changed")


def _known(signer: x509.Certificate, at: datetime, trust: Trust) -> str:
    """The seal key's name, if the key was in use when the file was sealed. Raises Failed("issuer", …)."""
    public = signer.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)  # noqa: S101 - `_signer` looked
    kid = kid_of(public).hex()
    key = trust.keys.get(kid)
    if key is None or key.purpose != "seal" or _point(key.public) != _point(public):
        raise Failed("issuer", "unknown_key")
    if key.revoked:
        raise Failed("issuer", "revoked_key", kid)
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc or not key.covers(int(at.timestamp())):
        raise Failed("issuer", "key_window")
    return kid


def _time(data: bytes) -> datetime:
    """When the file says it was sealed; read from bytes that the seal covers."""
    found = _TIME.findall(data)
    if len(found) != 1:
        raise Failed("format", "not_certificate")
    digits, zone = found[0]
    try:
        moment = datetime.strptime(digits.decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise Failed("format", "not_certificate") from None
    if zone not in (b"", b"Z"):
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        moment += -shift if zone[:1] == b"+" else shift
    return moment


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _asn1(certificate: x509.Certificate) -> Any:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
