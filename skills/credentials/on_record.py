"""The issuer's record, asked by whoever judges a file or a code (`inspection.answer.Record`)."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.credentials import held
from skills.credentials.claims import Claims
from skills.credentials.inspection.answer import Failed, Form, Known, LogPlace, Subject
from skills.credentials.inspection.trust import ISSUE, Trust
from skills.credentials.models import Certificate, Paper
from skills.credentials.queries import before
from skills.credentials.states import PHONE_STATUS
from skills.credentials.statuslist import Status
from skills.kernel import log
from skills.kernel.box import box_of
from skills.kernel.clock import end_of
from skills.people.rules import normal_name


class OnRecord:
    """Certificates of one database, each with the proof that its issue stands in the log."""

    def __init__(self, db: Session, trust: Trust) -> None:
        self._db = db
        self._trust = trust

    def by_place(self, number: str, index: int) -> Known | None:
        """The certificate of this number whose code and credential name this place in the status lists."""
        wanted = select(Certificate).where(Certificate.number == number, Certificate.status_index == index)
        return self._known(self._db.scalars(wanted).one_or_none())

    def by_credential(self, digest: str) -> Known | None:
        """The certificate whose credential has this SHA-256 (hex)."""
        wanted = select(Certificate).where(Certificate.credential_digest == digest)
        return self._known(self._db.scalars(wanted).one_or_none())

    def by_paper(self, digest: str) -> Known | None:
        """The certificate that was printed as a file of this SHA-256 (hex)."""
        wanted = select(Certificate).join(Paper, Paper.certificate_id == Certificate.id).where(Paper.digest == digest)
        return self._known(self._db.scalars(wanted).one_or_none())

    def before_theft(self, known: Known, form: Form, kid: str) -> bool:
        """Whether the log held this form of the certificate before the key was declared stolen."""
        source = f"{'print' if form == 'paper' else 'issue'}:{known.id}"
        place = log.place_of(self._db, log.CERTIFICATES, source)
        return before(place, log.place_of(self._db, log.CERTIFICATES, f"key:compromised:{kid}"))

    def by_pair(self, number: str, name: str) -> Known | None:
        """The certificate of this number if it is this person's, by full name. A no takes the same way for all.

        One whose holder was erased is nobody's: it is given, and says so (`Known.erased`).
        """
        wanted = select(Certificate).where(Certificate.number == number)
        rows = self._db.scalars(wanted.order_by(Certificate.issued_at.desc(), Certificate.id.desc())).all()
        if rows and not rows[0].name_proof:
            return self._known(rows[0])
        typed = held.name_proof(box_of(self._db), number, name)
        right = [hmac.compare_digest(typed, one) for one in [row.name_proof for row in rows] or ["0" * 64]]
        return next((self._known(row) for row, fits in zip(rows, right, strict=False) if fits and normal_name(name)), None)

    def _known(self, row: Certificate | None) -> Known | None:
        if row is None:
            return None
        claims = held.claims_of(self._db, row)
        papers = self._db.scalars(select(Paper.digest).where(Paper.certificate_id == row.id))
        return Known(
            subject_of(claims, row.issued_at, row.status_index),
            code=row.code_digest,
            credential=row.credential_digest,
            papers=frozenset(papers),
            status=PHONE_STATUS.get(row.state, Status.VALID),
            logged=self._logged(row),
            replaced_by=row.replaced_by or "",
            id=row.id,
        )

    def _logged(self, row: Certificate) -> LogPlace | Literal[False] | None:
        entry = ISSUE + bytes.fromhex(row.credential_digest)
        try:
            receipt = log.receipt(self._db, log.CERTIFICATES, f"issue:{row.id}")
            if receipt is None:
                return None if self._waits(row.id) else False
            return self._trust.place(entry, receipt.seq, receipt.checkpoint, receipt.hashes)
        except (Failed, LookupError, ValueError):
            return False

    def _waits(self, certificate_id: str) -> bool:
        queued = select(log.LogQueue.source).where(
            log.LogQueue.stream == log.CERTIFICATES, log.LogQueue.source == f"issue:{certificate_id}"
        )
        return self._db.scalar(queued) is not None


def subject_of(claims: Claims, issued_at: datetime, status_index: int) -> Subject:
    """What a stored certificate says, as every form of it says it; without the name of somebody erased."""
    level = f"{claims.occupation_name}·{claims.level_words}"
    return Subject(
        number=claims.number,
        name="" if held.erased(claims) else claims.holder_name,
        kind=claims.kind,
        what=level if claims.kind == "level" else claims.award,
        issued_at=int(issued_at.timestamp()),
        expires_at=int(end_of(claims.expires_on).timestamp()) if claims.expires_on else None,
        occupation_code=claims.occupation_code,
        occupation_name=claims.occupation_name,
        level=claims.level_rank,
        issuer=claims.issuer_name,
        status_index=status_index,
    )
