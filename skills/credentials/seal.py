"""The electronic seal on the finished PDF: PAdES B-B over the whole file, after which nothing may change.

Sign last. A seal made under our own root shows as "unknown signer" in a PDF reader; it is no government e-seal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, validation
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from skills.kernel.keys import Signs

_ACTIVE = {"/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/RichMedia", "/XFA", "/SubmitForm", "/ImportData"}
_MAX_BYTES = 5_000_000
_BESIDE = 1_000  # bytes of a signature beside its certificates: twice what it takes


@dataclass(frozen=True)
class Check:
    """Whether a PDF is sealed, whole and unchanged.

    reason  empty when intact, otherwise too_large, not_pdf, active_content, foreign_link, no_seal, changed,
            appended, untrusted
    """

    intact: bool
    reason: str = ""
    signed_at: datetime | None = None


def seal(
    pdf: bytes,
    key: Signs[ec.EllipticCurvePublicKey],
    certificate: x509.Certificate,
    root: x509.Certificate,
    sealed_at: datetime,
    reason: str,
) -> bytes:
    """The PDF with the seal added; no change is allowed from here on. Raises ValueError for a broken PDF."""
    signer = _KeySigner(key, certificate, root)
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
        _TimedSigner(meta, signer, sealed_at).sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf)), output=out, bytes_reserved=_room(certificate, root)
        )
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
    return fault_in(_entries(reader), own_host)


def fault_in(entries: Iterable[tuple[str, Any]], own_host: str) -> str:
    """The first fault among the entries of a PDF's dictionaries: active_content, foreign_link, or empty."""
    for key, value in entries:
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


class _KeySigner(signers.Signer):
    """pyHanko's signer over a key that signs elsewhere: it never sees the key."""

    def __init__(
        self, key: Signs[ec.EllipticCurvePublicKey], certificate: x509.Certificate, root: x509.Certificate
    ) -> None:
        registry = SimpleCertificateStore.from_certs([_asn1(root)])  # type: ignore[no-untyped-call]
        super().__init__(signing_cert=_asn1(certificate), cert_registry=registry)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise SigningError(f"the seal signs SHA-256, not {digest_algorithm}")
        if dry_run:  # only the length is asked for; a DER signature of P-256 is never longer
            return bytes(72)
        signature = self._key.sign(data)
        return utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


class _TimedSigner(signers.PdfSigner):
    """pyHanko's signer, with the time passed in."""

    def __init__(self, meta: Any, signer: Any, moment: datetime) -> None:
        super().__init__(meta, signer=signer)
        self._moment = moment

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._moment
        return session


def _room(certificate: x509.Certificate, root: x509.Certificate) -> int:
    """Hexadecimal digits kept free for the signature with both certificates: else pyHanko signs once more to measure it."""
    return 2 * (_BESIDE + sum(len(one.public_bytes(serialization.Encoding.DER)) for one in (certificate, root)))


def _asn1(certificate: x509.Certificate) -> Any:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
