"""A person's re-tests: an open one is settled first, and what the person said of it is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from skills.kernel.acts import Act
from skills.kernel.findings import Finding
from skills.people.parts import Part, nothing_under_way, register
from skills.supervision.models import Retest
from skills.supervision.queries.retests import of_person
from skills.supervision.states.retests import RetestState


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No re-test is under way."""
    return (nothing_under_way("erasure.retests", sum(line.state != RetestState.CLOSED for line in of_person(db, person_id))),)


def forget(act: Act, person_id: str) -> None:
    """What the person said, and the reason that may repeat it."""
    for line in of_person(act.db, person_id):
        row = act.get(Retest, id=line.id)
        row.said, row.reason = None, ""
    act.db.flush()


register("supervision", Part(against=against, forget=forget))
