"""After the visit: the institution answers, rectifies within a clock; two people close, and the money is free or stays held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.courses.queries import inspected
from skills.inspections.actions.steps import inspection_of, own_of, step, words
from skills.inspections.models import Inspection
from skills.inspections.rules import may_close, source
from skills.inspections.states import INSPECTION, OUTCOMES, InspectionState, Outcome
from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.messages.actions import send
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.vouchers.actions import holds

HANDLE, CLOSE, OWN = "inspection.handle", "inspection.close", "class.manage"


@dataclass(frozen=True)
class Followed:
    """An inspection after an act upon it; `due_on` while something is to be rectified."""

    inspection_id: str
    state: str
    due_on: date | None = None


@action("inspection.answer", may=OWN)
def answer(act: Act, inspection_id: str, text: str) -> Followed:
    """Say, as the institution, what there is to say about what was found. It changes nothing by itself."""
    row = own_of(act, inspection_id, OWN)
    open_now = (InspectionState.FOUND, InspectionState.ORDERED, InspectionState.RECTIFIED, InspectionState.PROPOSED)
    if row.state not in open_now:
        raise Refusal("inspection.nothing_to_answer")
    step(act, row, "answer", "institution", words(text))
    act.note("inspection.answer", id=row.id)
    return Followed(row.id, row.state, row.due_on)


@action("inspection.order", may=HANDLE)
def order(act: Act, inspection_id: str, text: str) -> Followed:
    """Order it to be rectified 责令整改, within the working days of the policy; again, if a report was not enough."""
    row = inspection_of(act, inspection_id, HANDLE)
    name = "insist" if row.state == InspectionState.RECTIFIED else "order"
    INSPECTION.check(row.state, name)
    due = add_working_days(act.today, int(value(act.db, "inspection.rectify_days", act.today)))
    act.move(row, INSPECTION, name, due_on=due)
    step(act, row, name, "bureau", words(text))
    send(act, code="inspection.told_order", organisation_id=row.institution_id, number=_number(act, row), due=due, id=row.id)
    return Followed(row.id, row.state, due)


@action("inspection.report", may=OWN)
def report(act: Act, inspection_id: str, text: str) -> Followed:
    """Say, as the institution, what was done. The clock stands still."""
    row = own_of(act, inspection_id, OWN)
    act.move(row, INSPECTION, "report", due_on=None)
    step(act, row, "report", "institution", words(text))
    return Followed(row.id, row.state)


@action("inspection.propose", may=HANDLE)
def propose(act: Act, inspection_id: str, outcome: Outcome, text: str) -> Followed:
    """Say how it ends; a second person decides."""
    row = inspection_of(act, inspection_id, HANDLE)
    if row.inspector == act.actor.account:
        raise Refusal("inspection.own_visit")
    act.move(row, INSPECTION, "propose", proposed_by=act.actor.account, outcome=outcome, due_on=None)
    step(act, row, "propose", "bureau", words(text))
    return Followed(row.id, row.state)


@action("inspection.send_back", may=CLOSE)
def send_back(act: Act, inspection_id: str, text: str) -> Followed:
    """Not agreed, as the second person: something is still to be looked at."""
    row = inspection_of(act, inspection_id, CLOSE)
    INSPECTION.check(row.state, "send_back")
    may_close(act.actor.account, row.proposed_by, row.inspector).or_refuse()
    act.move(row, INSPECTION, "send_back", proposed_by=None, outcome="")
    step(act, row, "send_back", "bureau", words(text))
    return Followed(row.id, row.state)


@action("inspection.close", may=CLOSE)
def close(act: Act, inspection_id: str) -> Followed:
    """Agree as the second person: the hold is lifted, or stays where what was found is so.

    Raises Refusal("inspection.second_needed" | "inspection.cannot_close").
    """
    row = inspection_of(act, inspection_id, CLOSE)
    INSPECTION.check(row.state, "close")
    may_close(act.actor.account, row.proposed_by, row.inspector).or_refuse()
    zh, en, free = OUTCOMES[Outcome(row.outcome)]
    act.move(row, INSPECTION, "close", closed_by=act.actor.account, closed_at=act.at)
    freed = holds.lift(act, source(row.id)) if free else 0
    act.note("inspection.end", id=row.id, outcome=row.outcome, freed=freed)
    step(act, row, "close", "bureau")
    send(
        act, code="inspection.told_closed", organisation_id=row.institution_id, number=_number(act, row), outcome=zh, outcome_en=en,
        id=row.id,
    )  # fmt: skip
    return Followed(row.id, row.state)


def _number(act: Act, row: Inspection) -> str:
    return inspected.inspectable(act.db, row.class_id).number
