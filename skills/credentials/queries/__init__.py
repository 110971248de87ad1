"""Reading certificates: for the holder, for the body, and for whoever verifies."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Subquery, select
from sqlalchemy.orm import Session

from skills.credentials import cose, held
from skills.credentials.claims import Claims
from skills.credentials.models import Certificate, CertificateEvent, Paper, StatusList, holds_number
from skills.credentials.pairs import Proofs, Tries, proves
from skills.credentials.queries.story import Happened, endings, happened
from skills.credentials.queries.uploads import uploads_confirmed
from skills.credentials.rules.uploads import print_serial
from skills.credentials.states import PHONE_STATUS, CertificateState
from skills.credentials.statuslist import SIZE, Status
from skills.kernel import log
from skills.kernel.box import Shredded, box_of
from skills.kernel.errors import Missing, Refusal

__all__ = [
    "CertificateLine", "Happened", "PrintJob", "address_of", "by_id", "by_index", "certificate", "code_of", "counts",
    "credential_of", "endings", "exceptions", "happened", "is_printed", "kept_list", "last_change", "levels_held", "lists", "lookup", "mine",
    "numbers", "of_issuers", "of_person", "paper_of", "pdf_of", "print_job", "uploads_confirmed",
]  # fmt: skip

Bytes = TypeVar("Bytes", bound=bytes | None)


@dataclass(frozen=True)
class CertificateLine:
    """A certificate with all that its page shows. `stage` is numbered, sealed or printed.

    move       the last change of its state, as in the state table; empty while it is simply valid
    serial     流水码 of the paper that counts, empty while there is none
    handed_on  when that paper was handed out
    status_index  its place in the status lists, as its QR says it
    erased     its holder's data were erased: the claims name nobody, no form of it is kept
    """

    id: str
    number: str
    kind: str
    state: str
    claims: Claims
    issued_at: datetime
    person_id: str
    issuer_id: str
    stage: str
    replaces: str | None
    replaced_by: str | None
    revoked_on: datetime | None
    reason: str
    synthetic: bool
    move: str = ""
    serial: str = ""
    handed_on: datetime | None = None
    status_index: int = -1
    erased: bool = False

    def expired(self, day: date) -> bool:
        """Whether its period has ended before this day."""
        return self.claims.expires_on is not None and self.claims.expires_on < day


@dataclass(frozen=True)
class PrintJob:
    """What the printed form is made from."""

    claims: Claims
    person_id: str
    issuer_id: str
    code: bytes
    credential: bytes
    receipt: log.Receipt
    synthetic: bool
    serial: str
    issued_at: datetime


def of_person(db: Session, person_id: str) -> Sequence[CertificateLine]:
    """A person's certificates, newest first."""
    rows = db.scalars(
        select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.issued_at.desc())
    )
    return [_line(db, row) for row in rows]


def mine(db: Session, person_id: str, number: str) -> CertificateLine:
    """One of a person's own certificates. Raises Missing."""
    line = certificate(db, number)
    if line.person_id != person_id:
        raise Missing("certificate.unknown")
    return line


def certificate(db: Session, number: str) -> CertificateLine:
    """A certificate by number. Raises Missing("certificate.unknown"). Not for public pages: see `lookup`."""
    return _line(db, _holding(db, number))


def by_id(db: Session, certificate_id: str) -> CertificateLine:
    """A certificate by its row id, whoever holds its number now. Raises Missing."""
    row = db.get(Certificate, certificate_id)
    if row is None:
        raise Missing("certificate.unknown")
    return _line(db, row)


def by_index(db: Session, status_index: int) -> CertificateLine | None:
    """The certificate whose QR names this place in the status lists. For a code whose signature holds."""
    row = db.scalars(select(Certificate).where(Certificate.status_index == status_index)).one_or_none()
    return None if row is None else _line(db, row)


def of_issuers(
    db: Session, issuers: Sequence[str] | frozenset[str] | None, *, before: str | None = None, most: int = 50
) -> Sequence[CertificateLine]:
    """Certificates of these bodies (None: of all), newest first, by keyset on the row id."""
    chosen = select(Certificate).order_by(Certificate.id.desc()).limit(most)
    if issuers is not None:
        chosen = chosen.where(Certificate.issuer_id.in_(issuers))
    if before:
        chosen = chosen.where(Certificate.id < before)
    return [_line(db, row) for row in db.scalars(chosen)]


def lookup(db: Session, number: str, proof: str, tries: Tries) -> CertificateLine | None:
    """The certificate if the pair is right: its number with the holder's name or the last four of the document.

    A wrong pair and an unknown number are the same None, by the same steps. Where a number has passed to a corrected
    certificate the newest that fits is the answer; the old name finds the old one.
    """
    rows = db.scalars(
        select(Certificate)
        .where(Certificate.number == number)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    ).all()
    place = proves(box_of(db), number, proof, [Proofs(row.name_proof, row.four_proof) for row in rows], tries)
    return None if place is None else _line(db, rows[place])


def receipt_of(db: Session, digest: str) -> log.Receipt | None:
    """The proof that the credential of this SHA-256 (hex) stands in the log; found by an index, for strangers ask it."""
    found = db.scalar(select(Certificate.id).where(Certificate.credential_digest == digest[:65]))
    return None if found is None else log.receipt(db, log.CERTIFICATES, f"issue:{found}")


def code_of(db: Session, number: str) -> bytes:
    """The QR's signed bytes. Raises Missing("certificate.unknown"), Refusal("certificate.erased")."""
    return _kept(lambda: held.code_of(db, _holding(db, number)))


def address_of(db: Session, number: str, public_base: str) -> str:
    """The address in the QR: `https://host/v/<number>#<code>`."""
    return cose.qr_url(public_base, number, code_of(db, number))


def credential_of(db: Session, number: str) -> bytes:
    """The signed Open Badges credential, byte for byte as it was issued. Raises as `code_of` does."""
    return _kept(lambda: held.credential_of(db, _holding(db, number)))


def paper_of(db: Session, number: str) -> Paper | None:
    """Where the printed form that counts lies, or None while it is being made."""
    return db.scalars(
        select(Paper)
        .join(Certificate, Certificate.id == Paper.certificate_id)
        .where(Certificate.number == number, holds_number(), Paper.ended_at.is_(None))
    ).one_or_none()


def pdf_of(db: Session, folder: Path, number: str) -> bytes:
    """The PDF that counts, byte for byte. Raises Refusal("certificate.not_printed" | "certificate.erased"), Missing."""
    if not _holding(db, number).name_proof:
        raise Refusal("certificate.erased")
    paper = paper_of(db, number)
    if paper is None:
        raise Refusal("certificate.not_printed")
    data = _kept(lambda: held.open_paper(box_of(db), folder, paper))
    if data is None:
        raise Missing("certificate.unknown")
    return data


def is_printed(db: Session, certificate_id: str, copy: int = 1) -> bool:
    """Whether this copy of a certificate is on record."""
    return db.get(Paper, (certificate_id, copy)) is not None


def print_job(db: Session, certificate_id: str, copy: int = 1) -> PrintJob | None:
    """What is needed to print, or None while the log entry waits for its place."""
    row = db.get_one(Certificate, certificate_id)
    receipt = log.receipt(db, log.CERTIFICATES, f"issue:{row.id}")
    if receipt is None:
        return None
    claims, serial = held.claims_of(db, row), print_serial(row.status_index, copy)
    code, credential = held.code_of(db, row), held.credential_of(db, row)
    return PrintJob(claims, row.person_id, row.issuer_id, code, credential, receipt, row.synthetic, serial, row.issued_at)


def before(place: int | None, stolen: int | None) -> bool:
    """Whether a certificate's place in the log lies before the place where its key was declared stolen."""
    return place is not None and stolen is not None and place < stolen


def stood_before_theft(db: Session, number: str, code_digest: bytes) -> bool:
    """Whether this very code was issued, and the log held its certificate before its key was declared stolen.

    code_digest  SHA-256 of the signed bytes in the QR code. An unknown number and a wrong digest are the same False.
    """
    row = db.scalars(select(Certificate).where(Certificate.number == number)).one_or_none()
    if row is None or not hmac.compare_digest(bytes.fromhex(row.code_digest), code_digest):
        return False
    issued = log.place_of(db, log.CERTIFICATES, f"issue:{row.id}")
    return before(issued, log.place_of(db, log.CERTIFICATES, f"key:compromised:{row.code_kid}"))


def exceptions(db: Session, number: int) -> dict[int, Status]:
    """Entries of status list `number` that are not simply valid."""
    first = (number - 1) * SIZE
    rows = db.execute(
        select(Certificate.status_index, Certificate.state).where(
            Certificate.state != CertificateState.ISSUED,
            Certificate.status_index >= first,
            Certificate.status_index < first + SIZE,
        )
    )
    return {index - first: PHONE_STATUS[state] for index, state in rows}


def lists(db: Session) -> int:
    """How many status lists there are; at least one."""
    top = db.scalar(select(Certificate.status_index).order_by(Certificate.status_index.desc()).limit(1))
    return 1 if top is None else top // SIZE + 1


def last_change(db: Session) -> datetime | None:
    """When a certificate last changed its state."""
    return db.scalar(select(CertificateEvent.at).order_by(CertificateEvent.at.desc()).limit(1))


def kept_list(db: Session, form: str, number: int) -> tuple[bytes, datetime] | None:
    """(signed bytes, moment of signing) of a stored status list; form is phone, revocation or suspension."""
    row = db.get(StatusList, (form, number))
    return None if row is None else (row.body, row.made_at)


def counts(db: Session) -> dict[str, int]:
    """How many certificates of each kind were issued."""
    from sqlalchemy import func

    rows = db.execute(select(Certificate.kind, func.count()).group_by(Certificate.kind))
    return {kind: count for kind, count in rows}  # noqa: C416 - rows are not pairs to the type checker


def levels_held() -> Subquery:
    """Level certificates that count, for joins of rooms above: person_id, occupation (code), level (rank), issued_on."""
    return (
        select(
            Certificate.person_id, Certificate.claims["occupation_code"].as_string().label("occupation"),
            Certificate.claims["level_rank"].as_integer().label("level"), Certificate.issued_on,
        )
        .where(Certificate.kind == "level", Certificate.state == CertificateState.ISSUED)
        .subquery()
    )  # fmt: skip


def numbers(db: Session, kind: str) -> Sequence[tuple[str, str]]:
    """(number, state) of every number of a kind and the certificate it leads to: what the series are checked against."""
    rows: Any = db.execute(select(Certificate.number, Certificate.state).where(Certificate.kind == kind, holds_number()))
    return [(number, state) for number, state in rows]


def _kept(read: Callable[[], Bytes]) -> Bytes:
    """Bytes that lie under the holder's data key. Raises Refusal("certificate.erased") if that was destroyed."""
    try:
        return read()
    except Shredded:
        raise Refusal("certificate.erased") from None


def _holding(db: Session, number: str) -> Certificate:
    """The certificate that its number leads to. Raises Missing("certificate.unknown")."""
    row = db.scalars(select(Certificate).where(Certificate.number == number, holds_number())).one_or_none()
    if row is None:
        raise Missing("certificate.unknown")
    return row


def _line(db: Session, row: Certificate) -> CertificateLine:
    claims = held.claims_of(db, row)
    last = db.scalars(
        select(CertificateEvent)
        .where(CertificateEvent.certificate_id == row.id)
        .order_by(CertificateEvent.step.desc())
        .limit(1)
    ).first()
    paper = db.scalars(select(Paper).where(Paper.certificate_id == row.id, Paper.ended_at.is_(None))).one_or_none()
    if paper is not None:
        stage = "printed"
    else:
        leaf = select(log.LogLeaf.seq).where(log.LogLeaf.stream == log.CERTIFICATES,
                                             log.LogLeaf.source == f"issue:{row.id}")  # fmt: skip
        stage = "sealed" if db.scalar(leaf) is not None else "numbered"
    return CertificateLine(
        id=row.id,
        number=row.number,
        kind=row.kind,
        state=row.state,
        claims=claims,
        issued_at=row.issued_at,
        person_id=row.person_id,
        issuer_id=row.issuer_id,
        stage=stage,
        replaces=row.replaces,
        replaced_by=row.replaced_by,
        revoked_on=last.at if last and row.state != CertificateState.ISSUED else None,
        reason=last.reason if last and row.state != CertificateState.ISSUED else "",
        synthetic=row.synthetic,
        move=last.move if last and row.state != CertificateState.ISSUED else "",
        serial=paper.serial if paper else "",
        handed_on=paper.handed_at if paper else None,
        status_index=row.status_index,
        erased=held.erased(claims),
    )
