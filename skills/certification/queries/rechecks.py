"""Certificates that were issued on a promise which was found untrue, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import Award, FilingRecheck, StepTaken
from skills.certification.states import INSPECTED, PROMISES
from skills.certification.states.rechecks import RecheckState
from skills.credentials import queries as certificates
from skills.credentials.states import CertificateState
from skills.people.queries import persons
from skills.standards.rules import Level

GONE = (CertificateState.REVOKED, CertificateState.SUPERSEDED)
PAGE = 50


@dataclass(frozen=True)
class RecheckLine:
    """A certificate of a broken promise: whose, for what, how it stands now, and what was said of it."""

    id: str
    number: str
    name: str
    level: str
    examined_on: date
    certificate_state: str
    state: str
    decided_at: datetime | None
    reason: str


def issued_on_promise(db: Session, filing_id: str) -> Sequence[str]:
    """The awards of a filing that was revoked, given since the first promise that no inspection had found true, in their order."""
    names = (*PROMISES, *INSPECTED, "revoke")
    chosen = select(StepTaken.move, StepTaken.at).where(
        StepTaken.subject == "filing", StepTaken.subject_id == filing_id, StepTaken.move.in_(names)
    )
    since = until = None
    for name, at in db.execute(chosen.order_by(StepTaken.at.desc(), StepTaken.id.desc())):
        if name in INSPECTED:
            break
        since, until = (at if name in PROMISES else since), (at if name == "revoke" else until)
    issued = select(Award.id).where(Award.filing_id == filing_id, Award.awarded_at >= since, Award.awarded_at <= until)
    return db.scalars(issued.order_by(Award.number)).all()


def of_filing(db: Session, filing_id: str, after: str = "") -> Sequence[RecheckLine]:
    """A page of them, in the order in which they were issued, after the look `after`."""
    chosen = (
        select(FilingRecheck, Award)
        .join(Award, Award.id == FilingRecheck.award_id)
        .where(FilingRecheck.filing_id == filing_id, FilingRecheck.id > after)
        .order_by(FilingRecheck.id)
        .limit(PAGE)
    )
    rows = db.execute(chosen).all()
    people = persons(db, [award.person_id for _, award in rows])
    return [
        RecheckLine(
            look.id, award.number, people[award.person_id].name, Level(award.level).wording, award.examined_on,
            certificates.by_id(db, award.certificate_id).state, look.state, look.decided_at, look.reason,
        )
        for look, award in rows
    ]  # fmt: skip


def counts(db: Session, filing_id: str) -> Mapping[str, int]:
    """How many of them stand where."""
    chosen = select(FilingRecheck.state, func.count()).where(FilingRecheck.filing_id == filing_id).group_by(FilingRecheck.state)
    return dict(db.execute(chosen).all())


def waiting(db: Session) -> Mapping[str, int]:
    """Filing → how many of its certificates wait for their look."""
    chosen = select(FilingRecheck.filing_id, func.count()).where(FilingRecheck.state == RecheckState.OPEN)
    return dict(db.execute(chosen.group_by(FilingRecheck.filing_id)).all())
