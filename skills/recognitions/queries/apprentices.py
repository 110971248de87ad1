"""The apprentices of a firm."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.actors import Actor
from skills.people.queries import persons
from skills.recognitions.models import Apprenticeship
from skills.recognitions.states import VOTE, ApprenticeshipState
from skills.standards.queries import occupation


@dataclass(frozen=True)
class ApprenticeLine:
    """An apprentice; `mine`: entered by whoever looks, who therefore does not grade."""

    id: str
    name: str
    master: str
    occupation: str
    since: date
    ends_on: date
    state: str
    graded_on: date | None
    statement: str
    mine: bool = False


def apprentices(db: Session, bodies: Collection[str], account: str) -> Sequence[ApprenticeLine]:
    """Of these firms, newest first."""
    rows = db.scalars(select(Apprenticeship).where(Apprenticeship.organisation_id.in_(bodies)).order_by(Apprenticeship.id.desc())).all()
    names = persons(db, {one for row in rows for one in (row.person_id, row.master_id)})
    return [
        ApprenticeLine(
            row.id, names[row.person_id].name, names[row.master_id].name, occupation(db, row.occupation).name, row.since, row.ends_on,
            row.state, row.graded_on, row.statement, row.begun_by == account,
        )
        for row in rows
    ]  # fmt: skip


def to_grade(db: Session, actor: Actor, day: date) -> int:
    """How many apprenticeships are over and wait for this member of staff to grade them."""
    chosen = select(func.count()).select_from(Apprenticeship).where(
        Apprenticeship.organisation_id.in_(actor.organisations_for(VOTE)), Apprenticeship.state == ApprenticeshipState.BEGUN,
        Apprenticeship.ends_on < day, Apprenticeship.begun_by != actor.account,
    )  # fmt: skip
    return db.scalar(chosen) or 0
