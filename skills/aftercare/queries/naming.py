"""Certificates that name a document which was taken off their holder: what they are, and what is still to be put right.

The number lies sealed; a certificate keeps kind and masked number, and which document that was is told by when it was issued.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.queries import organisation
from skills.aftercare.models import CareOrder, CareRequest
from skills.aftercare.queries import OPEN_ORDERS
from skills.aftercare.rules import CareKind, Holder, names_document, to_put_right
from skills.aftercare.states import OPEN
from skills.credentials.queries import CertificateLine, of_person
from skills.credentials.states import CERTIFICATE, CertificateState
from skills.people.parts import Issued, Way
from skills.people.queries import held_documents, person
from skills.people.queries.removals import TakenOff, taken_off
from skills.people.rules import normal_name

KINDS = {
    "level": ("职业技能等级证书", "Skill level certificate"),
    "completion": ("培训合格证书", "Certificate of training"),
    "competition": ("竞赛获奖证书", "Competition certificate"),
}


@dataclass(frozen=True)
class WrongCertificate:
    """A certificate that still names a document which was taken off its holder."""

    removal_id: str
    number: str
    person_id: str
    holder: str
    document_zh: str
    document_en: str
    masked: str
    reason_zh: str
    reason_en: str
    at: datetime
    certificate: Issued


def naming(db: Session, person_id: str, document_id: str) -> Sequence[Issued]:
    """A person's certificates that name this document, the newest first. Nobody's who was erased: they name nobody any more."""
    held, record = held_documents(db, person_id), normal_name(person(db, person_id).name)
    found = []
    for line in of_person(db, person_id):
        said = Holder(line.claims.document_kind, line.claims.document_masked, normal_name(line.claims.holder_name), line.issued_at)
        by = None if line.erased else names_document(document_id, said, held, record)
        if by is not None:
            still = to_put_right(line.state)
            found.append(
                Issued(
                    line.number, *KINDS[line.kind], f"{line.claims.occupation_name or line.claims.award} {line.claims.level_words}".strip(),
                    organisation(db, line.issuer_id).name, line.claims.issued_on, line.state, *CERTIFICATE.words[CertificateState(line.state)],
                    by, *by.words, still, _ways(db, line) if still else (),
                )
            )  # fmt: skip
    return found


def still_wrong(db: Session) -> Sequence[WrongCertificate]:
    """Every certificate that still names a document which was taken off, the earliest removal first."""
    return [_wrong(db, off, one) for off in taken_off(db) for one in naming(db, off.person_id, off.document_id) if one.open]


def _wrong(db: Session, off: TakenOff, one: Issued) -> WrongCertificate:
    return WrongCertificate(
        off.id, one.number, off.person_id, person(db, off.person_id).name, off.kind_zh, off.kind_en, off.masked, off.reason_zh, off.reason_en,
        off.at, one,
    )  # fmt: skip


def _ways(db: Session, line: CertificateLine) -> tuple[Way, ...]:
    """The request or order that is under way; else what can be begun: exchanged by the holder, or ordered by the authority."""
    request = db.scalars(select(CareRequest).where(CareRequest.certificate_id == line.id, CareRequest.state.in_(OPEN))).first()
    if request is not None:
        zh, en = CareKind(request.kind).words
        return (Way("care.see", f"/gov/care/{request.id}", f"{zh}办理中 {request.number}", f"{en}: under way, {request.number}"),)
    order = db.scalars(select(CareOrder).where(CareOrder.certificate_id == line.id, CareOrder.state.in_(OPEN_ORDERS))).first()
    if order is not None:
        zh, en = CareKind(order.kind).words
        return (Way("care.see", "/gov/care", f"已责令{zh} {order.document}", f"{en}: ordered, {order.document}"),)
    return (
        Way("counter.serve", f"/gov/people/{line.person_id}/certificates/{line.number}", "窗口代办换发", "Exchange it at the counter"),
        Way("care.order", f"/gov/care/orders/new?number={line.number}", "责令撤销或更正", "Order it revoked or corrected"),
    )
