"""What certificates promise: bytes, signatures, log, papers and states agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import TypeAdapter
from sqlalchemy import select

from skills.config import Settings
from skills.credentials import badge, cose
from skills.credentials.claims import Claims
from skills.credentials.models import Certificate, CertificateEvent, DesignRow, Paper, Revocation, SealPicture
from skills.credentials.queries import before
from skills.credentials.rules.designs import HOUSE_EDITIONS, Look, may_print
from skills.credentials.signing import Signer
from skills.credentials.states import CertificateState, DesignState, RevocationState, SealState
from skills.kernel import log
from skills.kernel.audit import AuditEntry
from skills.kernel.canon import digest
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.keys import KeyRing
from skills.kernel.leaves import change_leaf, day_leaf, issue_leaf, print_leaf

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
        document = badge.verify(row.credential, row.credential_digest, signer.any_vc_key)
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
        known[f"issue:{row.id}"] = issue_leaf(digest)
    for event, row in book.db.execute(
        select(CertificateEvent, Certificate).join(Certificate, Certificate.id == CertificateEvent.certificate_id)
    ):
        known[f"{event.move}:{event.id}"] = change_leaf(event.move, bytes.fromhex(row.credential_digest), event.at)
    for paper in book.db.scalars(select(Paper)):
        known[f"print:{paper.certificate_id}"] = print_leaf(bytes.fromhex(paper.digest))
    known |= _of_keys_and_days(book)
    for source in known.keys() | leaves.keys():
        if known.get(source) != leaves.get(source):
            yield f"{source}: log and table disagree"


def _of_keys_and_days(book: Bookkeeper) -> dict[str, bytes]:
    """What the acts on record say was logged about keys and days."""
    found = {}
    acts = select(AuditEntry.notes).where(AuditEntry.action.in_(("keys.record", "log.mark_day")))
    for notes in book.db.scalars(acts):
        for note in notes:
            if note["event"] == "log.day":
                found[f"day:{note['day']}"] = day_leaf(date.fromisoformat(note["day"]))
            elif note["event"].startswith("key."):
                found[f"key:{note['event'].removeprefix('key.')}:{note['kid']}"] = bytes.fromhex(note["leaf"])
    return found


@check("credentials.not_after_theft", "失窃密钥此后未再签发 nothing was signed with a key after it was declared stolen")
def not_after_theft(book: Bookkeeper) -> Iterator[str]:
    ring = book.tools[KeyRing]
    assert isinstance(ring, KeyRing)  # noqa: S101
    stolen = {f.kid: log.place_of(book.db, log.CERTIFICATES, f"key:compromised:{f.kid}")
              for f in ring.facts() if f.revoked}  # fmt: skip
    if not stolen:
        return
    places = log.places(book.db, log.CERTIFICATES, "issue:")
    for row in book.db.scalars(select(Certificate)):
        for kid in (cose.kid_in(row.code).hex(), badge.kid_in(row.credential)):
            if kid in stolen and not before(places.get(f"issue:{row.id}"), stolen[kid]):
                yield f"{row.number}: signed with {kid}, not in the log before that key was declared stolen"


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


_LOOK: TypeAdapter[Look] = TypeAdapter(Look)
_AGREED = (DesignState.APPROVED, DesignState.IN_USE)


@check("credentials.designs_agreed", "样式经两人提出、部门同意 every design printed with was drawn up, handed in and approved by three people")
def designs_agreed(book: Bookkeeper) -> Iterator[str]:
    faces = _noted(book, "design.face")
    printed = {p.design for p in book.db.scalars(select(Paper))} - HOUSE_EDITIONS
    for row in book.db.scalars(select(DesignRow)):
        name = f"{row.organisation_id} {row.kind} v{row.version}"
        if row.state in _AGREED or row.id in printed or row.used_from is not None:
            hands = {row.drafted_by, row.submitted_by, row.decided_by} - {None}
            if len(hands) != 3:
                yield f"{name}: not by three people"
            logo = hashlib.sha256(row.logo).hexdigest() if row.logo else ""
            if (digest(row.look), logo) not in faces.get(row.id, ()):
                yield f"{name}: not as it was approved"
            if not may_print(_LOOK.validate_python(row.look)):
                yield f"{name}: breaks the rules"
        if row.look and row.look.get("kind") != row.kind:
            yield f"{name}: is a design of another kind"
    known = set(book.db.scalars(select(DesignRow.id).where(DesignRow.used_from.is_not(None))))
    for paper in book.db.scalars(select(Paper)):
        if paper.design not in known | HOUSE_EDITIONS:
            yield f"{paper.certificate_id}: printed with a design that never was in use"


@check("credentials.seals_by_two", "印章由两人确认 every seal in use was uploaded by one and confirmed by another, and is the picture uploaded")
def seals_by_two(book: Bookkeeper) -> Iterator[str]:
    noted = {note["id"]: note["picture"] for note in _notes(book, "seal.upload")}
    rows = {row.id: row for row in book.db.scalars(select(SealPicture))}
    for row in rows.values():
        if hashlib.sha256(row.picture).hexdigest() != row.digest or noted.get(row.id) != row.digest:
            yield f"{row.id}: not the picture that was uploaded"
        if row.state == SealState.CONFIRMED and row.confirmed_by in (None, row.uploaded_by):
            yield f"{row.id}: confirmed by nobody else"
    for paper in book.db.scalars(select(Paper).where(Paper.seal_id.is_not(None))):
        seal = rows.get(paper.seal_id or "")
        if seal is None or seal.confirmed_at is None or seal.confirmed_at > paper.made_at:
            yield f"{paper.certificate_id}: printed with a seal that was not confirmed"


def _noted(book: Bookkeeper, event: str) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for note in _notes(book, event):
        found.setdefault(note["id"], set()).add((note["look"], note["logo"]))
    return found


def _notes(book: Bookkeeper, event: str) -> Iterator[dict[str, str]]:
    for notes in book.db.scalars(select(AuditEntry.notes)):
        yield from (note for note in notes if note["event"] == event)
