"""What certificates promise: bytes, signatures, log, papers and states agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import TypeAdapter
from sqlalchemy import select

from skills.config import Settings
from skills.credentials import badge, cose
from skills.credentials.actions import OPERATIONS
from skills.credentials.claims import Claims
from skills.credentials.models import Certificate, CertificateEvent, Paper, Revocation
from skills.credentials.signing import Signer
from skills.credentials.states import CertificateState, RevocationState
from skills.kernel import log
from skills.kernel.audit import AuditEntry
from skills.kernel.checks import Bookkeeper, check

_CLAIMS: TypeAdapter[Claims] = TypeAdapter(Claims)
_AFTER = {"suspend": "suspended", "reinstate": "issued", "revoke": "revoked", "supersede": "superseded"}


@check("credentials.signatures_hold", "证书签名完好 every stored credential and QR is signed by us and says its claims")
def signatures_hold(book: Bookkeeper) -> Iterator[str]:
    signer = book.tools[Signer]
    assert isinstance(signer, Signer)  # noqa: S101
    keys = signer.published()

    def find(kid: bytes) -> ec.EllipticCurvePublicKey:
        if kid.hex() not in keys:
            raise cose.NotGenuine("unknown_key")
        return keys[kid.hex()].public

    for row in book.db.scalars(select(Certificate)):
        claims = _CLAIMS.validate_python(row.claims)
        try:
            payload = cose.read_payload(cose.open_signed(row.code, find).payload)
        except cose.NotGenuine as no:
            yield f"{row.number}: QR {no.reason}"
            continue
        said = (payload.number, payload.name, payload.status_index, payload.level, payload.occupation or "")
        if said != (row.number, claims.holder_name, row.status_index, claims.level_rank, claims.occupation_code):
            yield f"{row.number}: the QR does not say what the certificate claims"
        if claims.number != row.number or claims.kind != row.kind or claims.issued_on != row.issued_on:
            yield f"{row.number}: claims and row disagree"
        yield from _credential_faults(row, claims, signer)


def _credential_faults(row: Certificate, claims: Claims, signer: Signer) -> Iterator[str]:
    try:
        document = badge.verify(row.credential, row.credential_digest, signer.vc_key)
    except badge.BadCredential as bad:
        yield f"{row.number}: credential: {bad}"
        return
    expected = badge.credential(claims, row.status_index, row.issued_at, signer.public_base)
    if document != expected:
        yield f"{row.number}: the credential does not say what the certificate claims"


@check("credentials.logged", "证书均已入日志 every certificate and every change of state stands in the log")
def logged(book: Bookkeeper) -> Iterator[str]:
    leaves = dict(
        book.db.execute(
            select(log.LogLeaf.source, log.LogLeaf.leaf).where(log.LogLeaf.stream == log.CERTIFICATES)
        ).all()
    )
    leaves |= dict(
        book.db.execute(
            select(log.LogQueue.source, log.LogQueue.leaf).where(log.LogQueue.stream == log.CERTIFICATES)
        ).all()
    )
    known = {}
    for row in book.db.scalars(select(Certificate)):
        digest = hashlib.sha256(row.credential).digest()
        known[f"issue:{row.id}"] = bytes([OPERATIONS["issue"]]) + digest
    for event, row in book.db.execute(
        select(CertificateEvent, Certificate).join(Certificate, Certificate.id == CertificateEvent.certificate_id)
    ):
        moment = int(event.at.timestamp()).to_bytes(8, "big")
        known[f"{event.move}:{event.id}"] = (
            bytes([OPERATIONS[event.move]]) + bytes.fromhex(row.credential_digest) + moment
        )
    for paper in book.db.scalars(select(Paper)):
        known[f"print:{paper.certificate_id}"] = bytes([OPERATIONS["print"]]) + bytes.fromhex(paper.digest)
    for source in known.keys() | leaves.keys():
        if known.get(source) != leaves.get(source):
            yield f"{source}: log and table disagree"


@check("credentials.claims_unchanged", "证书内容未被改动 every certificate still claims what its act put on record")
def claims_unchanged(book: Bookkeeper) -> Iterator[str]:
    noted = {
        note["id"]: note["claims"]
        for notes in book.db.scalars(select(AuditEntry.notes))
        for note in notes
        if note["event"] == "certificate.issue"
    }
    for row in book.db.scalars(select(Certificate)):
        if noted.get(row.id) != _CLAIMS.validate_python(row.claims).digest():
            yield f"{row.number}: claims differ from the record"


@check("credentials.states_follow_events", "状态与事件一致 a certificate's state is what its last event made it")
def states_follow_events(book: Bookkeeper) -> Iterator[str]:
    states: dict[str, str] = {}
    for event in book.db.scalars(select(CertificateEvent).order_by(CertificateEvent.step)):
        states[event.certificate_id] = _AFTER[event.move]
    for row in book.db.scalars(select(Certificate)):
        if row.state != states.get(row.id, CertificateState.ISSUED):
            yield f"{row.number}: is {row.state}, its events say {states.get(row.id, 'issued')}"
        if (row.state == CertificateState.SUPERSEDED) != bool(row.replaced_by):
            yield f"{row.number}: replaced without a successor, or the other way round"


@check("credentials.revoked_by_two", "撤销须两人 every revocation was proposed by one and decided by another")
def revoked_by_two(book: Bookkeeper) -> Iterator[str]:
    decided = {
        r.certificate_id: r
        for r in book.db.scalars(select(Revocation).where(Revocation.state == RevocationState.CARRIED_OUT))
    }
    for row in book.db.scalars(select(Certificate).where(Certificate.state == CertificateState.REVOKED)):
        order = decided.get(row.id)
        if order is None or order.proposed_by == order.decided_by:
            yield f"{row.number}: revoked without two people"


@check("credentials.papers_unchanged", "纸质件未被改动 every stored PDF has the digest that was logged")
def papers_unchanged(book: Bookkeeper) -> Iterator[str]:
    settings = book.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    for paper in book.db.scalars(select(Paper)):
        path = settings.files_dir / paper.path
        if not path.exists():
            yield f"{paper.certificate_id}: the PDF is gone"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != paper.digest:
            yield f"{paper.certificate_id}: the PDF was changed"
