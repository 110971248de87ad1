"""What a draw is drawn from: classes with the reasons to look at them, inspectors, and who is too near to whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.rules import GRANTS, Role
from skills.courses.queries import inspected
from skills.courses.queries.flags import flagged
from skills.courses.queries.inspected import Inspectable, inspectable
from skills.inspections.models import Inspection, InspectionFinding, InspectionPhoto, InspectorTie
from skills.inspections.states import InspectionState, Outcome
from skills.kernel.shots import Shelf
from skills.oversight.queries.cases import bodies_under_suspicion
from skills.records import queries as records

__all__ = ["SHELF", "Candidate", "candidates", "findings_of", "inspectable", "inspectors", "lesson_left", "name_of", "photos_of", "ties"]
SHELF = Shelf("inspections", "inspection_photo")
CARRY = "inspection.carry_out"
INSPECTORS = frozenset(str(role) for role in Role if CARRY in GRANTS[role])


@dataclass(frozen=True)
class Candidate:
    """A class that may be drawn, and why it asks for a look (codes of REASON_WORDS)."""

    held: Inspectable
    reasons: tuple[str, ...]


def candidates(
    db: Session, since: date, until: date, districts: Collection[str] | None, now: datetime
) -> list[Candidate]:
    """Classes with a lesson on one of these days, without those that are to be visited already."""
    found = inspected.open_to_inspection(db, since, until, districts)
    busy = set(db.scalars(select(Inspection.class_id).where(Inspection.state == InspectionState.ASSIGNED, Inspection.until >= since)))
    suspected = bodies_under_suspicion(db)
    flags = {f.class_id: f.flags for f in flagged(db, districts, now)}
    before = set(
        db.scalars(
            select(Inspection.institution_id)
            .join(InspectionFinding, InspectionFinding.inspection_id == Inspection.id)
            .where(Inspection.outcome != Outcome.UNFOUNDED)
        )
    )
    lines = []
    for held in found:
        if held.class_id in busy:
            continue
        reasons = [*flags.get(held.class_id, ())]
        reasons += ["case"] if held.institution_id in suspected else []
        reasons += ["found_before"] if held.institution_id in before else []
        lines.append(Candidate(held, tuple(sorted(reasons))))
    return lines


def inspectors(db: Session, districts: Collection[str] | None) -> list[str]:
    """Accounts that may visit every class of these districts (None: of the city): whoever is drawn has to reach it."""
    found = []
    for account, lines in accounts.officials(db).items():
        held = {line.district or "" for line in lines if line.role in INSPECTORS and line.state in ("invited", "active")}
        if "" in held or (districts and set(districts) <= held):
            found.append(account)
    return sorted(found)


def ties(db: Session, accounts_: Collection[str], bodies: Collection[str]) -> set[tuple[str, str]]:
    """(account, institution): who holds or held a role there, is or was employed there, or said to be too near."""
    found = records.near(db, accounts_, bodies)
    rows = db.execute(select(InspectorTie.account_id, InspectorTie.institution_id).where(InspectorTie.ended_at.is_(None)))
    found |= {(account, body) for account, body in rows if account in accounts_ and body in bodies}
    return found


def name_of(db: Session, organisation_id: str) -> str:
    """An organisation's name."""
    return accounts.organisation(db, organisation_id).name


def lesson_left(db: Session, class_id: str, since: date, until: date, now: datetime) -> bool:
    """Whether a lesson of the days of a visit is still to come or going on, in a class that was not cancelled."""
    going = inspectable(db, class_id).state in ("approved", "running")
    return going and any(lesson.ends_at > now for lesson in inspected.lessons(db, class_id, since, until))


def photos_of(db: Session, inspection_id: str) -> list[str]:
    """Ids of the pictures of an inspection."""
    return list(db.scalars(select(InspectionPhoto.id).where(InspectionPhoto.inspection_id == inspection_id).order_by(InspectionPhoto.id)))


def findings_of(db: Session, inspection_id: str) -> list[str]:
    """Codes of what an inspection found."""
    return list(db.scalars(select(InspectionFinding.code).where(InspectionFinding.inspection_id == inspection_id).order_by(InspectionFinding.code)))
