"""What stands against an erasure, what would stay, and the requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of
from skills.erasures.models import ErasureRequest
from skills.erasures.rules import cooled, may_erase
from skills.erasures.states import ERASURE, OPEN, ErasureState
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing
from skills.kernel.findings import Verdict
from skills.people.parts import PARTS
from skills.people.queries import person
from skills.standards.queries import value


@dataclass(frozen=True)
class RequestLine:
    """A request as its person and the desk see it. `name` is who it is about, as long as that is known."""

    id: str
    person_id: str
    name: str
    state: str
    state_zh: str
    state_en: str
    asked_at: datetime
    at_counter: bool
    form: str
    due_on: date
    late: bool
    proposal: str
    reason: str
    examined_by: str | None
    examiner: str
    decided_at: datetime | None
    decider: str
    kept: dict[str, int]


def outlook(db: Session, person_id: str, day: date) -> Verdict:
    """Whether somebody may be erased on a day, with everything that was looked at. Raises Missing("person.unknown")."""
    person(db, person_id)
    return may_erase(f for part in PARTS.values() for f in part.against(db, person_id, day))


def verdict_on(db: Session, request_id: str, day: date) -> Verdict:
    """The same for the decision on a request: the days for taking it back are over too."""
    row = _row(db, request_id)
    days = int(value(db, "erasure.cooling_days", day))
    found = (*outlook(db, row.person_id, day).findings, cooled(shanghai_day(row.asked_at), day, days))
    return may_erase(found)


def stays(db: Session, person_id: str) -> dict[str, int]:
    """How many of each kind of thing would stay, without a name."""
    found: dict[str, int] = {}
    for part in PARTS.values():
        found |= {name: count for name, count in part.stays(db, person_id).items() if count}
    return found


def of_person(db: Session, person_id: str, day: date) -> RequestLine | None:
    """Somebody's newest request."""
    chosen = select(ErasureRequest).where(ErasureRequest.person_id == person_id).order_by(ErasureRequest.id.desc()).limit(1)
    row = db.scalars(chosen).first()
    return None if row is None else _line(db, row, day)


def request(db: Session, request_id: str, day: date) -> RequestLine:
    """One request. Raises Missing("erasure_request.unknown")."""
    return _line(db, _row(db, request_id), day)


def requests(db: Session, day: date, *, closed: bool = False, most: int = 200) -> Sequence[RequestLine]:
    """Open requests, what is due first; or those that ended, the newest first."""
    chosen = select(ErasureRequest).limit(most)
    if closed:
        chosen = chosen.where(ErasureRequest.state.not_in(OPEN)).order_by(ErasureRequest.id.desc())
    else:
        chosen = chosen.where(ErasureRequest.state.in_(OPEN)).order_by(ErasureRequest.due_on, ErasureRequest.id)
    return [_line(db, row, day) for row in db.scalars(chosen)]


def waiting(db: Session, state: ErasureState) -> int:
    """How many requests stand in a state."""
    return db.scalar(select(func.count()).select_from(ErasureRequest).where(ErasureRequest.state == state)) or 0


def _row(db: Session, request_id: str) -> ErasureRequest:
    row = db.get(ErasureRequest, request_id)
    if row is None:
        raise Missing("erasure_request.unknown")
    return row


def _line(db: Session, row: ErasureRequest, day: date) -> RequestLine:
    return RequestLine(
        id=row.id,
        person_id=row.person_id,
        name=person(db, row.person_id).name,
        state=row.state,
        state_zh=ERASURE.words[ErasureState(row.state)][0],
        state_en=ERASURE.words[ErasureState(row.state)][1],
        asked_at=row.asked_at,
        at_counter=bool(row.form),
        form=row.form,
        due_on=row.due_on,
        late=row.state in OPEN and row.due_on < day,
        proposal=row.proposal,
        reason=row.reason,
        examined_by=row.examined_by,
        examiner=name_of(db, row.examined_by) if row.examined_by else "",
        decided_at=row.decided_at,
        decider=name_of(db, row.decided_by) if row.decided_by else "",
        kept={name: int(count) for name, count in row.kept.items()},
    )
