"""Programmes of digital engineers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.professional.models import EngineerProgramme
from skills.professional.states import PROGRAMME, ProgrammeState


@dataclass(frozen=True)
class ProgrammeLine:
    """A programme: which body trains, which assesses."""

    id: str
    direction: str
    training: str
    assessment: str
    document: str
    state: str
    state_zh: str
    state_en: str
    proposed_by: str
    proposer: str
    proposed_at: datetime
    reason: str


def programmes(db: Session) -> list[ProgrammeLine]:
    """All programmes, newest first."""
    return [_line(db, row) for row in db.scalars(select(EngineerProgramme).order_by(EngineerProgramme.id.desc()).limit(200))]


def issuers(db: Session) -> dict[tuple[str, str], set[str]]:
    """(kind of certificate, direction) → names of the bodies whose certificates of engineers are recorded."""
    rows = db.execute(
        select(EngineerProgramme.direction, EngineerProgramme.training_id, EngineerProgramme.assessment_id).where(
            EngineerProgramme.state == ProgrammeState.APPROVED
        )
    ).all()
    name = {body: accounts.organisation(db, body).name for _, *pair in rows for body in pair}
    found: dict[tuple[str, str], set[str]] = {}
    for direction, trains, assesses in rows:
        found.setdefault(("engineer_completion", direction), set()).add(name[trains])
        found.setdefault(("engineer_grade", direction), set()).add(name[assesses])
    return found


def shared_staff(db: Session, one: str, other: str) -> int:
    """How many accounts hold or held a role in both bodies."""
    pairs = accounts.ever_at(db, [one, other])
    return len({a for a, b in pairs if b == one} & {a for a, b in pairs if b == other})


def succeeds(db: Session, one: str, other: str) -> bool:
    """Whether one of two bodies acts for the other."""
    return one in accounts.acts_for(db, other) or other in accounts.acts_for(db, one)


def _line(db: Session, row: EngineerProgramme) -> ProgrammeLine:
    words = PROGRAMME.words[ProgrammeState(row.state)]
    name = accounts.organisation
    return ProgrammeLine(
        row.id, row.direction, name(db, row.training_id).name, name(db, row.assessment_id).name, row.document, row.state, *words,
        row.proposed_by, accounts.name_of(db, row.proposed_by), row.proposed_at, row.reason,
    )  # fmt: skip
