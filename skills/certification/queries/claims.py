"""What a level certificate will claim, from what is on record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.queries import organisation
from skills.certification.models import Application, Award
from skills.certification.queries.exams import SittingLine
from skills.certification.rules import numbers
from skills.certification.states import ApplicationState
from skills.credentials.claims import NO_BRANCH, Claims
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people.queries import person, printed_document
from skills.people.queries.portraits import picture, portrait
from skills.standards.queries import occupation, value
from skills.standards.rules import Level

UNNUMBERED = "XXXXXX"


@dataclass(frozen=True)
class Preview:
    """The first certificate of an exam as it would be, without a number of its own; with the holder's photograph, if there is one."""

    claims: Claims
    document_number: str
    photo: bytes | None


def claims_of(
    db: Session, box: Box, *, person_id: str, issuer_id: str, filing_number: str, occupation_code: str, branch: str,
    level: Level, number: str, day: date,
) -> Claims:  # fmt: skip
    """The claims of a level certificate under a number, issued on a day."""
    who, document, photo = person(db, person_id), printed_document(db, box, person_id), photo_of(db, box, person_id)
    return Claims(
        kind="level", number=number, holder_name=who.name, document_kind=document.kind_word,
        document_masked=document.masked, issuer_name=organisation(db, issuer_id).name, issued_on=day,
        filing_number=filing_number, occupation_code=occupation_code,
        occupation_name=occupation(db, occupation_code).name, branch=branch or NO_BRANCH, level_rank=int(level),
        photo_digest=hashlib.sha256(photo).hexdigest() if photo else "",
    )  # fmt: skip


def photo_of(db: Session, box: Box, person_id: str) -> bytes | None:
    """The photograph that goes onto a certificate: the newest, if one face is known to be on it."""
    held = portrait(db, person_id)
    return picture(db, box, held.id) if held is not None and held.good else None


def preview(db: Session, box: Box, line: SittingLine, day: date) -> Preview:
    """The first pass by seat that has no certificate yet. No number is drawn. Raises Refusal("award.none_left")."""
    awarded = select(Award.grounds).where(Award.sitting_id == line.id)
    done = {grounds.removeprefix("application:") for grounds in db.scalars(awarded)}
    passes = db.execute(
        select(Application.id, Application.person_id)
        .where(Application.sitting_id == line.id, Application.state == ApplicationState.PASSED)
        .order_by(Application.seat)
    )
    person_id = next((who for application_id, who in passes if application_id not in done), None)
    if person_id is None:
        raise Refusal("award.none_left")
    mark = numbers.mark_of(line.level, value(db, "number.special_letter", day))
    claims = claims_of(
        db, box, person_id=person_id, issuer_id=line.organisation_id, filing_number=line.filing_number,
        occupation_code=line.occupation, branch=line.branch, level=line.level,
        number=f"{line.filing_number}{day.year % 100:02d}{mark}{UNNUMBERED}", day=day,
    )  # fmt: skip
    return Preview(claims, printed_document(db, box, person_id).number, photo_of(db, box, person_id))
