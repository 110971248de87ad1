"""What certificates promise: bytes, signatures, log, papers and states agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import TypeAdapter
from sqlalchemy import select

from skills.config import Settings
from skills.credentials import badge, cose, held, statuslist
from skills.credentials.actions import paper_source
from skills.credentials.claims import Claims
from skills.credentials.models import (
    AuditSample,
    Certificate,
    CertificateEvent,
    DesignRow,
    LookChoice,
    LookCount,
    NationalExport,
    NationalExportRow,
    NationalUpload,
    Paper,
    SealPicture,
    ShareLink,
    StatusList,
    UnknownLook,
)
from skills.credentials.queries import before, exceptions, sampling
from skills.credentials.rules import sampling as drawing
from skills.credentials.rules.designs import HOUSE_EDITIONS, Look, may_print
from skills.credentials.rules.uploads import control_total, print_serial
from skills.credentials.signing import Signer
from skills.credentials.states import CertificateState, DesignState, SampleState, SealState, ShareState, UploadState
from skills.kernel import leaves, log
from skills.kernel.audit import AuditEntry
from skills.kernel.box import Box, Shredded, Tampered, box_of
from skills.kernel.canon import digest
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day
from skills.kernel.keys import KeyRing
from skills.people.queries import erased

_AFTER = {"suspend": "suspended", "reinstate": "issued", "revoke": "revoked", "cancel": "revoked",
          "void": "revoked", "supersede": "superseded"}  # fmt: skip


@check("credentials.signatures_hold", "证书签名完好 every stored credential and QR is signed by us and says its claims")
def signatures_hold(book: Bookkeeper) -> Iterator[str]:
    signer = book.tools[Signer]
    assert isinstance(signer, Signer)  # noqa: S101
    keys = signer.published()

    def find(kid: bytes) -> ec.EllipticCurvePublicKey:
        if kid.hex() not in keys:
            raise cose.NotGenuine("unknown_key")
        return keys[kid.hex()].public

    forgotten = erased(book.db)
    for row in book.db.scalars(select(Certificate)):
        if row.person_id in forgotten:
            if row.name_proof or row.four_proof:
                yield f"{row.number}: its holder was erased, but can still be found by name"
            continue
        try:
            claims, code, credential = held.claims_of(book.db, row), held.code_of(book.db, row), held.credential_of(book.db, row)
        except Tampered:
            yield f"{row.number}: what is sealed does not open"
            continue
        yield from _derived_faults(box_of(book.db), row, claims, code, credential)
        try:
            payload = cose.read_payload(cose.open_signed(code, find).payload)
        except cose.NotGenuine as no:
            yield f"{row.number}: QR {no.reason}"
            continue
        said = (payload.number, payload.name, payload.status_index, payload.level, payload.occupation or "")
        if said != (row.number, claims.holder_name, row.status_index, claims.level_rank, claims.occupation_code):
            yield f"{row.number}: the QR does not say what the certificate claims"
        if claims.number != row.number or claims.kind != row.kind or claims.issued_on != row.issued_on:
            yield f"{row.number}: claims and row disagree"
        yield from _credential_faults(row, credential, claims, signer)


def _derived_faults(box: Box, row: Certificate, claims: Claims, code: bytes, credential: bytes) -> Iterator[str]:
    """What stands beside the sealed columns is made from them."""
    proofs = held.name_proof(box, row.number, claims.holder_name), held.four_proof(box, row.number, claims.document_masked[-4:])
    if (row.name_proof, row.four_proof) != proofs:
        yield f"{row.number}: is found by another name or document than it claims"
    made = hashlib.sha256(code).hexdigest(), cose.kid_in(code).hex(), badge.kid_in(credential)
    if made != (row.code_digest, row.code_kid, row.credential_kid):
        yield f"{row.number}: digest or keys are not those of its signed bytes"


def _credential_faults(row: Certificate, credential: bytes, claims: Claims, signer: Signer) -> Iterator[str]:
    try:
        document = badge.verify(credential, row.credential_digest, signer.any_vc_key)
    except badge.BadCredential as bad:
        yield f"{row.number}: credential: {bad}"
        return
    expected = badge.credential(claims, row.status_index, row.issued_at, signer.public_base)
    here, there = expected["issuer"]["id"], document["issuer"]["id"]
    if here != there:
        yield f"{row.number}: issued as {there}, while PUBLIC_BASE makes this installation {here}"
    elif document != expected:
        yield f"{row.number}: the credential does not say what the certificate claims"


@check("credentials.logged", "证书均已入日志 every certificate and every change of state stands in the log")
def logged(book: Bookkeeper) -> Iterator[str]:
    logged = dict(
        book.db.execute(
            select(log.LogLeaf.source, log.LogLeaf.leaf).where(log.LogLeaf.stream == log.CERTIFICATES)
        ).all()
    )
    logged |= dict(
        book.db.execute(
            select(log.LogQueue.source, log.LogQueue.leaf).where(log.LogQueue.stream == log.CERTIFICATES)
        ).all()
    )
    known = {}
    for row in book.db.scalars(select(Certificate)):
        known[f"issue:{row.id}"] = leaves.issue_leaf(bytes.fromhex(row.credential_digest))
    for event, row in book.db.execute(
        select(CertificateEvent, Certificate).join(Certificate, Certificate.id == CertificateEvent.certificate_id)
    ):
        digest = bytes.fromhex(row.credential_digest)
        known[f"{event.move}:{event.id}"] = leaves.change_leaf(event.move, digest, event.at)
    digests = {row.id: row.credential_digest for row in book.db.scalars(select(Certificate))}
    for paper in book.db.scalars(select(Paper)):
        source = paper_source(paper.certificate_id, paper.copy)
        known[source] = leaves.print_leaf(bytes.fromhex(paper.digest))
        if paper.ended_at is not None:
            issued = bytes.fromhex(digests.get(paper.certificate_id, ""))
            known[f"reprint:{paper.certificate_id}:{paper.copy + 1}"] = leaves.change_leaf(
                "reprint", issued, paper.ended_at
            )
    known |= _of_keys_and_days(book)
    for source in known.keys() | logged.keys():
        if known.get(source) != logged.get(source):
            yield f"{source}: log and table disagree"


def _of_keys_and_days(book: Bookkeeper) -> dict[str, bytes]:
    """What the acts on record say was logged about keys and days."""
    found = {}
    acts = select(AuditEntry.notes).where(AuditEntry.action.in_(("keys.record", "log.mark_day")))
    for notes in book.db.scalars(acts):
        for note in notes:
            if note["event"] == "log.day":
                found[f"day:{note['day']}"] = leaves.day_leaf(date.fromisoformat(note["day"]))
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
        for kid in (row.code_kid, row.credential_kid):
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
    box = box_of(book.db)
    for row in book.db.scalars(select(Certificate)):
        try:
            claims = held.claims_of(book.db, row)
        except Tampered:  # named by credentials.signatures_hold
            continue
        if held.erased(claims) and row.id in noted:  # what is left of the row is held by its own digest on record
            continue
        if noted.get(row.id) not in (held.claims_digest(box, claims), claims.digest()):  # unkeyed before revision 0012
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


@check("credentials.chains", "换发更正前后相连 a replaced certificate and the one that replaced it name each other")
def chains(book: Bookkeeper) -> Iterator[str]:
    rows = {row.id: row for row in book.db.scalars(select(Certificate))}
    followers = {row.predecessor_id: row for row in rows.values() if row.predecessor_id}
    for row in rows.values():
        following = followers.get(row.id)
        if (following.number if following else None) != row.replaced_by:
            yield f"{row.number}: replaced by {row.replaced_by}, followed by {following.number if following else None}"
        before = rows.get(row.predecessor_id or "")
        if (before.number if before else None) != row.replaces or (before and before.person_id != row.person_id):
            yield f"{row.number}: does not follow the certificate that it replaces"


@check("credentials.paper_serials", "流水码与份数一致 papers are numbered copy by copy, and one at most counts")
def paper_serials(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, list[Paper]] = {}
    for paper in book.db.scalars(select(Paper).order_by(Paper.copy)):
        held.setdefault(paper.certificate_id, []).append(paper)
    index = dict(book.db.execute(select(Certificate.id, Certificate.status_index)).all())
    for certificate_id, papers in held.items():
        if [p.copy for p in papers] != list(range(1, len(papers) + 1)):
            yield f"{certificate_id}: copies {[p.copy for p in papers]}"
        if any(p.ended_at is None for p in papers[:-1]):
            yield f"{certificate_id}: two papers count"
        for paper in papers:
            if paper.serial != print_serial(index.get(certificate_id, -1), paper.copy):
                yield f"{certificate_id}: the serial {paper.serial} is not that of copy {paper.copy}"


@check("credentials.lists_true", "状态列表签名有效 every kept status list is signed by us and says the states of its moment")
def lists_true(book: Bookkeeper) -> Iterator[str]:
    signer = book.tools[Signer]
    assert isinstance(signer, Signer)  # noqa: S101
    keys = signer.published()
    last = book.db.scalar(select(CertificateEvent.at).order_by(CertificateEvent.at.desc()).limit(1))
    for kept in book.db.scalars(select(StatusList)):
        name = f"{kept.form} {kept.number}"
        states = exceptions(book.db, kept.number) if last is None or last <= kept.made_at else None
        try:
            if kept.form == "phone":
                held = statuslist.open_phone_list(kept.body, lambda kid: keys[kid.hex()].public)
                wrong = held.uri != statuslist.list_uri(signer.public_base, kept.number) or (
                    states is not None and any(held.at(e) is not s for e, s in states.items())
                )
            else:
                digest = hashlib.sha256(kept.body).hexdigest()
                document = badge.verify(kept.body, digest, signer.vc_key)
                encoded = document["credentialSubject"]["encodedList"]
                wanted = statuslist.PURPOSES[kept.form]
                wrong = not document["id"].endswith(f"/{kept.form}/{kept.number}") or (
                    states is not None
                    and encoded != statuslist.bitstring(sorted(e for e, s in states.items() if s in wanted))
                )
        except (KeyError, cose.NotGenuine, badge.BadCredential):
            yield f"status list {name}: not signed by us"
            continue
        if wrong:
            yield f"status list {name}: does not say the states"


@check("credentials.national_uploads", "等级证书均有上传状态 every level certificate has its upload, exports hold what they say")
def national_uploads(book: Bookkeeper) -> Iterator[str]:
    uploads = {row.certificate_id: row for row in book.db.scalars(select(NationalUpload))}
    numbers = dict(book.db.execute(select(Certificate.id, Certificate.number)).all())
    for row in book.db.scalars(select(Certificate).where(Certificate.kind == "level")):
        upload = uploads.pop(row.id, None)
        if upload is None:
            yield f"{row.number}: a level certificate without a national upload"
        elif (upload.state == UploadState.CONFIRMED) != (upload.searchable_on is not None):
            yield f"{row.number}: {upload.state}, searchable since {upload.searchable_on}"
        elif upload.state in (UploadState.EXPORTED, UploadState.CONFIRMED, UploadState.REJECTED) and not upload.export_id:
            yield f"{row.number}: {upload.state} without an export"
    for certificate_id in uploads:
        yield f"{certificate_id}: an upload of no level certificate"
    held: dict[str, list[str]] = {}
    for line in book.db.scalars(select(NationalExportRow)):
        held.setdefault(line.export_id, []).append(numbers.get(line.certificate_id, ""))
    for made in book.db.scalars(select(NationalExport)):
        rows = held.get(made.id, [])
        if len(rows) != made.count or control_total(rows) != made.control:
            yield f"export {made.number}: {len(rows)} rows do not give its control totals"


@check("credentials.papers_unchanged", "纸质件未被改动 every stored PDF has the digest that was logged")
def papers_unchanged(book: Bookkeeper) -> Iterator[str]:
    settings = book.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    for paper in book.db.scalars(select(Paper)):
        try:
            data = held.open_paper(box_of(book.db), settings.files_dir, paper)
        except Shredded:
            continue
        except Tampered:
            data = b""
        if data is None:
            yield f"{paper.certificate_id}: the PDF is gone"
        elif hashlib.sha256(data).hexdigest() != paper.digest:
            yield f"{paper.certificate_id}: the PDF was changed"


LONGEST_SHARE = timedelta(days=366)  # whatever the policy said when the link was made
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


@check("credentials.looks_fair", "查验次数如实 looks are counted for days that were, and for nobody who wants none")
def looks_fair(book: Bookkeeper) -> Iterator[str]:
    silent = set(book.db.scalars(select(LookChoice.person_id).where(LookChoice.counted.is_(False))))
    today = shanghai_day(book.at)
    for row, person in book.db.execute(
        select(LookCount, Certificate.person_id).join(Certificate, Certificate.id == LookCount.certificate_id)
    ):
        if person in silent:
            yield f"{row.certificate_id}: counted against the holder's wish"
        if row.count < 1 or row.day > today:
            yield f"{row.certificate_id}: {row.count} looks on {row.day}"
    for unknown in book.db.scalars(select(UnknownLook)):
        if unknown.count < 1 or unknown.day > today:
            yield f"unknown number: {unknown.count} looks on {unknown.day}"


@check("credentials.shares_end", "分享链接均有期限 every link to a certificate has an end, and an ended one its moment")
def shares_end(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(ShareLink)):
        if not row.made_at < row.expires_at <= row.made_at + LONGEST_SHARE:
            yield f"{row.id}: made {row.made_at}, expires {row.expires_at}"
        if (row.state == ShareState.ENDED) != (row.ended_at is not None):
            yield f"{row.id}: ended without a moment, or the other way round"


@check("credentials.samples_drawn_again", "样本可重抽 every sample is drawn again by a seed that its plan could not know")
def samples_drawn_again(book: Bookkeeper) -> Iterator[str]:
    for sample_id in book.db.scalars(select(AuditSample.id)):
        held = sampling.sample(book.db, sample_id)
        cases = list(sampling.population_of(book.db, held).values())
        if drawing.digest(cases) != held.digest or len(cases) != held.population:
            yield f"{sample_id}: the register gives another population than the plan names"
        elif held.state in (SampleState.PLANNED, SampleState.GIVEN_UP):
            if held.seed or held.cases or held.announced:
                yield f"{sample_id}: something was drawn, but it is {held.state}"
        elif held.announced is None or sampling.announcement(book.db, sample_id, held.planned_at) != held.announced:
            yield f"{sample_id}: its head is not the first that was signed over the plan"
        elif not drawing.announces(held.announced, held.seed, held.digest, held.size):
            yield f"{sample_id}: its seed is not the root of that head, or the plan was another"
        elif drawing.draw(cases, held.seed, held.size) != sampling.drawn(held):
            yield f"{sample_id}: other cases than the seed draws"
        elif held.state == SampleState.CLOSED and held.looked_at != len(held.cases):
            yield f"{sample_id}: closed before every certificate had its finding"
