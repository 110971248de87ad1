"""The photographs of candidates, as their body sees them, and who still lacks one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from skills.certification.queries.exams import CandidateLine
from skills.people.queries.portraits import PortraitLine, portraits, terms
from skills.people.rules.portraits import earliest
from skills.standards.queries import value

NEVER, SEAT, APPLY = "never", "seat", "apply"


@dataclass(frozen=True)
class CandidatePhoto:
    """A candidate with the photograph that counts. `state`: missing, unseen (nobody knows of a face), old or good."""

    application_id: str
    name: str
    portrait_id: str
    width: int
    height: int
    taken_on: date | None
    state: str


def wanted_before(db: Session, day: date) -> str:
    """Before which step policy wants a photograph: apply, seat or never."""
    return str(value(db, "registration.photo", day))


def state_of(held: PortraitLine | None, since: date) -> str:
    """missing, unseen, old or good. `since`: the first day on which it may have been taken."""
    if held is None:
        return "missing"
    if not held.good:
        return "unseen"
    return "good" if held.taken_on >= since else "old"


def lacking(db: Session, people: Iterable[str], day: date) -> list[str]:
    """Who of these has no photograph that will do on a day."""
    asked = list(people)
    held, since = portraits(db, asked), earliest(day, terms(db, day).months)
    return [one for one in asked if state_of(held.get(one), since) != "good"]


def photos(db: Session, candidates: Sequence[CandidateLine], day: date) -> list[CandidatePhoto]:
    """The candidates of an exam with their photographs, in the order given."""
    held, since = portraits(db, [c.person_id for c in candidates]), earliest(day, terms(db, day).months)
    found = []
    for one in candidates:
        line, said = held.get(one.person_id), state_of(held.get(one.person_id), since)
        if line is None:
            found.append(CandidatePhoto(one.application_id, one.name, "", 0, 0, None, said))
        else:
            found.append(CandidatePhoto(one.application_id, one.name, line.id, line.width, line.height, line.taken_on, said))
    return found
