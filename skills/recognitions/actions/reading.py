"""What all actions of this room share."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from skills.certification.actions.moves import as_filed
from skills.certification.models import Filing
from skills.certification.rules import filings as filing_rules
from skills.kernel.acts import Act
from skills.kernel.findings import Verdict
from skills.recognitions.models import RecognisedPerson, Recognition
from skills.recognitions.states import ProposedState
from skills.standards.rules import Level


def own(act: Act, recognition_id: str, right: str) -> Recognition:
    """A recognition of a firm for which the actor holds this right. Raises Missing, Forbidden."""
    row = act.get(Recognition, id=recognition_id)
    act.require(right, row.organisation_id)
    return row


def people_of(act: Act, row: Recognition, *states: ProposedState) -> Sequence[RecognisedPerson]:
    """Its people by place, those in one of these states if they are named, else all who were not left out."""
    chosen = select(RecognisedPerson).where(RecognisedPerson.recognition_id == row.id).order_by(RecognisedPerson.place)
    wanted = RecognisedPerson.state.in_(states) if states else RecognisedPerson.state != ProposedState.LEFT_OUT
    return act.db.scalars(chosen.where(wanted)).all()


def covered(act: Act, row: Recognition) -> Verdict:
    """Whether the filing allows this level: on the day of the committee's decision, or today before there is one."""
    filed = as_filed(act, act.get(Filing, id=row.filing_id))
    return filing_rules.works_for(filed, row.occupation, row.branch, Level(row.level), row.decided_on or act.today)
