"""What happened to a certificate, in the words the public may know: state, class of reason, day, and the way on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.credentials.models import Certificate, CertificateEvent, Paper, holds_number
from skills.credentials.states import PAPER_REASONS, REASONS, TAKEN_BACK, CertificateState
from skills.kernel.clock import shanghai_day

SUSPENDED = ("已暂停，正在核查", "suspended while it is looked into")
CORRECTED = ("已更正，以新证书为准", "corrected: the new certificate counts")
EXCHANGED = ("已换发，以新证书为准", "exchanged: the new certificate counts")


@dataclass(frozen=True)
class Happened:
    """What became of one certificate. All pairs are (Chinese, English); all days are Shanghai days.

    what       "" nothing, else suspended, revoked, cancelled, voided, corrected or exchanged
    words      what happened, in words; ("", "") for nothing
    reason     class of the reason (a key of states.REASONS), "" where none is told
    on         the day it happened
    successor  number of the certificate that counts now instead; None if there is none
    same_number  the successor bears the same number: only the code on the new paper is the new certificate's
    address    where the successor is verified, a path: /v/<number>; None without one
    predecessor  number of the certificate that this one replaces
    serial     流水码 of the paper that counts, "" while none is printed
    reprints   how many papers of this very certificate no longer count
    paper_words  why the last of these no longer counts
    """

    what: str
    words: tuple[str, str]
    reason: str
    reason_words: tuple[str, str]
    on: date | None
    successor: str | None
    same_number: bool
    address: str | None
    predecessor: str | None
    serial: str
    reprints: int
    paper_words: tuple[str, str]


_WHAT = {"suspend": "suspended", "revoke": "revoked", "cancel": "cancelled", "void": "voided"}


def happened(db: Session, number: str, status_index: int | None = None) -> Happened | None:
    """The story of a certificate; None for one that does not exist.

    status_index  from the QR that was read: tells an old paper from the new one where both bear the same number.
                  Without it the number leads to the certificate that holds it now.
    Call it only for whoever may know the certificate: a right pair, or a code whose signature holds.
    """
    chosen = select(Certificate).where(Certificate.number == number)
    chosen = chosen.where(holds_number() if status_index is None else Certificate.status_index == status_index)
    row = db.scalars(chosen).one_or_none()
    if row is None:
        return None
    what, words, reason, on = _state(db, row)
    last = _end_of_chain(db, row)
    paper = db.scalars(select(Paper).where(Paper.certificate_id == row.id, Paper.ended_at.is_(None))).one_or_none()
    ended = db.scalars(
        select(Paper).where(Paper.certificate_id == row.id, Paper.ended_at.is_not(None)).order_by(Paper.copy.desc())
    ).all()
    return Happened(
        what=what,
        words=words,
        reason=reason,
        reason_words=REASONS.get(reason, ("", "")),
        on=on,
        successor=last.number if last else None,
        same_number=last is not None and last.number == row.number,
        address=f"/v/{last.number}" if last else None,
        predecessor=row.replaces,
        serial=paper.serial if paper else "",
        reprints=len(ended),
        paper_words=PAPER_REASONS.get(ended[0].ended_why, ("", "")) if ended else ("", ""),
    )


def endings(db: Session) -> list[tuple[str, str, str, bool, int]]:
    """(id, number, the move that ended it or "", whether it replaces another, papers that no longer count) of all."""
    ended: dict[str, str] = {}
    for event in db.scalars(select(CertificateEvent).order_by(CertificateEvent.step)):
        if event.move in (*TAKEN_BACK, "supersede"):
            ended[event.certificate_id] = event.move
    counted = select(Paper.certificate_id, func.count()).where(Paper.ended_at.is_not(None))
    papers = dict(db.execute(counted.group_by(Paper.certificate_id)).all())
    rows = db.execute(select(Certificate.id, Certificate.number, Certificate.predecessor_id))
    return [(i, number, ended.get(i, ""), before is not None, papers.get(i, 0)) for i, number, before in rows]


def _state(db: Session, row: Certificate) -> tuple[str, tuple[str, str], str, date | None]:
    if row.state == CertificateState.ISSUED:
        return "", ("", ""), "", None
    last = db.scalars(
        select(CertificateEvent)
        .where(CertificateEvent.certificate_id == row.id)
        .order_by(CertificateEvent.step.desc())
        .limit(1)
    ).one()
    on = shanghai_day(last.at)
    if last.move == "supersede":
        corrected = last.reason == "correction"
        return ("corrected" if corrected else "exchanged"), (CORRECTED if corrected else EXCHANGED), last.reason, on
    words = SUSPENDED if last.move == "suspend" else TAKEN_BACK[last.move]
    return _WHAT[last.move], words, last.reason if last.reason in REASONS else "", on


def _end_of_chain(db: Session, row: Certificate) -> Certificate | None:
    """The newest certificate after this one, whatever its state; None for the newest itself."""
    found = None
    while (following := db.scalars(select(Certificate).where(Certificate.predecessor_id == row.id)).one_or_none()) is not None:
        found = row = following
    return found
