"""The issuer's record, asked by whoever judges a file or a code (`inspection.answer.Record`)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.credentials.claims import Claims
from skills.credentials.inspection.answer import Failed, Form, Known, LogPlace, Subject
from skills.credentials.inspection.trust import ISSUE, Trust
from skills.credentials.models import Certificate, Paper
from skills.credentials.queries import before
from skills.credentials.states import PHONE_STATUS
from skills.credentials.statuslist import Status
from skills.kernel import log
from skills.kernel.clock import end_of
from skills.people.rules import normal_name

_CLAIMS: TypeAdapter[Claims] = TypeAdapter(Claims)


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
        """The certificate of this number if it is this person's, by full name. A no takes the same way for all."""
        wanted = select(Certificate).where(Certificate.number == number)
        rows = self._db.scalars(wanted.order_by(Certificate.issued_at.desc(), Certificate.id.desc())).all()
        held = [str(row.claims["holder_name"]) for row in rows] or [""]
        typed = normal_name(name).encode()
        right = [hmac.compare_digest(typed, normal_name(one).encode()) for one in held]
        return next((self._known(row) for row, fits in zip(rows, right, strict=False) if fits and name.strip()), None)

    def _known(self, row: Certificate | None) -> Known | None:
        if row is None:
            return None
        claims = _CLAIMS.validate_python(row.claims)
        papers = self._db.scalars(select(Paper.digest).where(Paper.certificate_id == row.id))
        return Known(
            subject_of(claims, row.issued_at, row.status_index),
            code=row.code,
            credential=row.credential,
            papers=frozenset(papers),
            status=PHONE_STATUS.get(row.state, Status.VALID),
            logged=self._logged(row),
            replaced_by=row.replaced_by or "",
            id=row.id,
        )

    def _logged(self, row: Certificate) -> LogPlace | Literal[False] | None:
        entry = ISSUE + hashlib.sha256(row.credential).digest()
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
    """What a stored certificate says, as every form of it says it."""
    level = f"{claims.occupation_name}·{claims.level_words}"
    return Subject(
        number=claims.number,
        name=claims.holder_name,
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
