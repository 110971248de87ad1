"""Accommodations: what a candidate asked for, what was granted, what waits for a decision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import Accommodation, Application, ScoreSheet, Sitting
from skills.certification.queries.duties import staff_of
from skills.certification.rules.accommodations import Needs
from skills.certification.rules.duties import Duty
from skills.certification.states import ApplicationState
from skills.certification.states.accommodations import AccommodationState
from skills.kernel.box import Box, Shredded
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.people.queries import persons

_NEEDS: TypeAdapter[Needs] = TypeAdapter(Needs)


@dataclass(frozen=True)
class AccommodationLine:
    """A request as the candidate and who decides it see it; `name` whose it is."""

    id: str
    application_id: str
    name: str
    state: str
    needs: Needs
    proof_kind: str
    asked_at: datetime
    due_on: date
    granted: Needs | None
    reason: str


def accommodation(db: Session, application_id: str) -> AccommodationLine | None:
    """What was asked for with an application."""
    found = _lines(db, Accommodation.application_id == application_id)
    return found[0] if found else None


def accommodations(db: Session, sitting_id: str) -> Sequence[AccommodationLine]:
    """All requests of an exam, what waits first, the oldest first."""
    found = _lines(db, Application.sitting_id == sitting_id)
    return sorted(found, key=lambda line: (line.state != AccommodationState.ASKED, line.due_on, line.id))


def granted(db: Session, application_ids: Collection[str]) -> dict[str, Needs]:
    """Application → what it was granted; who was granted nothing is left out."""
    rows = db.execute(
        select(Accommodation.application_id, Accommodation.granted).where(
            among(db, Accommodation.application_id, application_ids), Accommodation.state == AccommodationState.GRANTED
        )
    )
    return {own: _NEEDS.validate_python(needs) for own, needs in rows}


def extra_time(db: Session, application_id: str) -> int:
    """How many per cent more time a candidate has in each section: what the timer of a paper asks."""
    needs = granted(db, [application_id]).get(application_id)
    return needs.extra_percent if needs else 0


def marking(db: Session, sitting_id: str) -> tuple[set[str], set[str]]:
    """(accounts, or names of old plans, of who examines or sets papers in an exam; accounts that have typed its scores)."""
    row = db.get(Sitting, sitting_id)
    if row is None:
        raise Missing("sitting.unknown")
    sheets = db.execute(select(ScoreSheet.first_by, ScoreSheet.second_by).where(ScoreSheet.sitting_id == sitting_id)).all()
    named = staff_of(db, [sitting_id]).get(sitting_id, {})
    judges = {*row.examiners, *named.get(Duty.EXAMINER, ()), *named.get(Duty.SETTER, ())}
    return judges, {account for pair in sheets for account in pair if account}


def deciders(db: Session, sitting_id: str) -> set[str]:
    """Accounts that decided about accommodations in an exam: they mark nothing in it."""
    rows = db.scalars(
        select(Accommodation.decided_by).join(Application, Application.id == Accommodation.application_id)
        .where(Application.sitting_id == sitting_id, Accommodation.decided_by.is_not(None))
    )  # fmt: skip
    return {one for one in rows if one}


def undecided(db: Session, sitting_id: str) -> int:
    """How many requests of an exam wait."""
    return _waiting(db, Application.sitting_id == sitting_id)


def waiting(db: Session, bodies: Collection[str], day: date) -> tuple[int, int]:
    """(requests that wait for these bodies, those past their day)."""
    mine = Sitting.organisation_id.in_(bodies)
    return _waiting(db, mine), _waiting(db, mine, Accommodation.due_on < day)


def proof(db: Session, box: Box, accommodation_id: str) -> tuple[str, bytes]:
    """(kind, bytes) of what was shown with a request. Raises Missing("accommodation.unknown"), also when it was erased."""
    row = db.get(Accommodation, accommodation_id)
    try:
        if row is not None and row.proof is not None and row.proof_kind:
            return row.proof_kind, box.open_bytes(row.proof, proof_place(row.id))
    except Shredded:
        pass
    raise Missing("accommodation.unknown")


def proof_place(accommodation_id: str) -> str:
    """What a sealed proof is bound to."""
    return f"accommodation:{accommodation_id}:proof"


def _waiting(db: Session, *where: object) -> int:
    chosen = (
        select(func.count()).select_from(Accommodation)
        .join(Application, Application.id == Accommodation.application_id).join(Sitting, Sitting.id == Application.sitting_id)
        .where(Accommodation.state == AccommodationState.ASKED, Application.state != ApplicationState.WITHDRAWN, *where)  # type: ignore[arg-type]
    )  # fmt: skip
    return db.scalar(chosen) or 0


def _lines(db: Session, where: object) -> list[AccommodationLine]:
    rows = db.execute(
        select(Accommodation, Application.person_id)
        .join(Application, Application.id == Accommodation.application_id)
        .where(where, Application.state != ApplicationState.WITHDRAWN)  # type: ignore[arg-type]
        .order_by(Accommodation.id)
    ).all()
    who = persons(db, [person_id for _, person_id in rows])
    return [
        AccommodationLine(
            a.id, a.application_id, who[person_id].name, a.state, _NEEDS.validate_python(a.needs), a.proof_kind or "", a.asked_at, a.due_on,
            _NEEDS.validate_python(a.granted) if a.granted is not None else None, a.reason,
        )
        for a, person_id in rows
    ]  # fmt: skip
