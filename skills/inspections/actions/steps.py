"""What every act upon an inspection shares: finding it within one's bounds, and putting a step on record."""

from __future__ import annotations

from sqlalchemy import func, select

from skills.inspections.models import Inspection, InspectionStep
from skills.inspections.rules import LONGEST
from skills.inspections.states import TOLD
from skills.kernel.acts import Act
from skills.kernel.errors import Missing, Refusal


def inspection_of(act: Act, inspection_id: str, right: str) -> Inspection:
    """An inspection within the actor's districts; elsewhere it does not exist. Raises Missing("inspection.unknown")."""
    row = act.find(Inspection, id=inspection_id)
    bounds = act.actor.districts_for(right)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("inspection.unknown")
    return row


def own_of(act: Act, inspection_id: str, right: str) -> Inspection:
    """An inspection of the actor's institution, once it may know of it. Raises Missing("inspection.unknown")."""
    row = act.find(Inspection, id=inspection_id)
    if row is None or row.state not in TOLD or row.institution_id not in act.actor.organisations_for(right):
        raise Missing("inspection.unknown")
    return row


def words(text: str) -> str:
    """What somebody wrote. Raises Refusal("inspection.words_needed")."""
    said = text.strip()
    if not 0 < len(said) <= LONGEST:
        raise Refusal("inspection.words_needed", most=LONGEST)
    return said


def step(act: Act, row: Inspection, move: str, side: str, text: str = "") -> None:
    """Put on record what happened. `side`: bureau, inspector or institution."""
    last = act.db.scalar(select(func.max(InspectionStep.serial)).where(InspectionStep.inspection_id == row.id)) or 0
    act.add(
        InspectionStep(
            id=act.new_id(), inspection_id=row.id, serial=last + 1, at=act.at, move=move, by=act.actor.account, side=side, text=text,
        )
    )  # fmt: skip
