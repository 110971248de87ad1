"""The electronic seal on the finished PDF: PAdES B-B over the whole file, after which nothing may change.

Sign last. A seal made under our own root shows as "unknown signer" in a PDF reader; it is no government e-seal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, validation
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

# A paper outlives the key that sealed it, and no time stamp from outside vouches for the day of sealing: the chain
# must hold as long as papers are shown. How long a key may seal is for the key ring to say, not for its certificate.
ROOT_LIFE = timedelta(days=40 * 365)
_ACTIVE = {"/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/RichMedia", "/XFA", "/SubmitForm", "/ImportData"}
_MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class Check:
    """Whether a PDF is sealed, whole and unchanged.

    reason  empty when intact, otherwise too_large, not_pdf, active_content, foreign_link, no_seal, changed,
            appended, untrusted
    """

    intact: bool
    reason: str = ""
    signed_at: datetime | None = None


def make_root(key: ec.EllipticCurvePrivateKey, name: str, now: datetime, serial: int) -> x509.Certificate:
    """Our own root certificate, good for forty years; its key stays offline."""
    subject = _name(name)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return (
        _builder(subject, subject, key.public_key(), key.public_key(), now, now + ROOT_LIFE, serial)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def make_seal_certificate(
    public: ec.EllipticCurvePublicKey,
    name: str,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    serial: int,
) -> x509.Certificate:
    """The certificate of a seal key, good as long as its root."""
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    return (
        _builder(_name(name), root.subject, public, root_key.public_key(), now, root.not_valid_after_utc, serial)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(root_key, hashes.SHA256())
    )


def seal(
    pdf: bytes,
    key: ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    root: x509.Certificate,
    sealed_at: datetime,
    reason: str,
) -> bytes:
    """The PDF with the seal added; no change is allowed from here on. Raises ValueError for a broken PDF."""
    signer = signers.SimpleSigner(
        signing_cert=_asn1(certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        ),
        cert_registry=SimpleCertificateStore.from_certs([_asn1(root)]),  # type: ignore[no-untyped-call]
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Seal",
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
    )
    out = BytesIO()
    try:
        _TimedSigner(meta, signer, sealed_at).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=out)
    except (PdfError, SigningError) as error:
        raise ValueError(f"cannot seal: {error}") from error
    return out.getvalue()


def check_pdf(pdf: bytes, root: x509.Certificate, own_host: str, at: datetime) -> Check:
    """Whether these are the bytes that were sealed under `root`, all of them, with nothing active inside."""
    if len(pdf) > _MAX_BYTES:
        return Check(False, "too_large")
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=True)
        fault = lint(reader, own_host)
        seals = list(reader.embedded_signatures)
    except Exception:  # a stranger's file can break a parser in any way; none of them is a yes
        return Check(False, "not_pdf")
    if fault:
        return Check(False, fault)
    if len(seals) != 1:
        return Check(False, "no_seal")
    context = ValidationContext(trust_roots=[_asn1(root)], moment=at.astimezone(UTC), allow_fetching=False)
    try:
        status = validation.validate_pdf_signature(seals[0], context)
    except Exception:  # the same
        return Check(False, "changed")
    if not (status.intact and status.valid):
        return Check(False, "changed")
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return Check(False, "appended")
    if not (status.trusted and status.bottom_line):
        return Check(False, "untrusted")
    return Check(True, "", status.signer_reported_dt)


def lint(reader: PdfFileReader, own_host: str) -> str:
    """The first fault of a PDF that a certificate must not have; empty if there is none."""
    for key, value in _entries(reader):
        if key in _ACTIVE or (key == "/S" and value in _ACTIVE):
            return "active_content"
        if key == "/URI" and urlsplit(str(value)).netloc != own_host:
            return "foreign_link"
    return ""


def _entries(reader: PdfFileReader) -> Iterator[tuple[str, Any]]:
    """Every dictionary entry that can be reached from the trailer, each object once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer.raw_get("/Root")]
    while waiting:
        here = waiting.pop()
        if isinstance(here, generic.IndirectObject):
            if (here.idnum, here.generation) in seen:
                continue
            seen.add((here.idnum, here.generation))
            here = here.get_object()  # type: ignore[no-untyped-call]
        if isinstance(here, generic.DictionaryObject):
            for key in here:
                value = here.raw_get(key)
                yield str(key), value
                waiting.append(value)
        elif isinstance(here, generic.ArrayObject):
            waiting.extend(here.raw_get(i) for i in range(len(here)))


class _TimedSigner(signers.PdfSigner):
    """pyHanko's signer, with the time passed in."""

    def __init__(self, meta: Any, signer: Any, moment: datetime) -> None:
        super().__init__(meta, signer=signer)
        self._moment = moment

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._moment
        return session


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    now: datetime,
    until: datetime,
    serial: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _asn1(certificate: x509.Certificate) -> Any:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
