"""One person in two places at once, as each side and the bureau see it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.courses.queries import hours
from skills.learning.models import Lesson, Overlap, Study
from skills.learning.rules.places import Kind
from skills.learning.states import OverlapState
from skills.people import queries as people

PAGE = 50


@dataclass(frozen=True)
class OverlapSide:
    """One of two places: which class of which institution, and when the session or the study began and ended."""

    kind: str
    source: str
    class_id: str
    number: str
    course: str
    institution: str
    what: str
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True)
class OverlapLine:
    """Two places at once. `after` if one of them had its result before it was found: money may have to come back."""

    id: str
    person_id: str
    name: str
    first: OverlapSide
    second: OverlapSide
    starts_at: datetime
    ends_at: datetime
    minutes: int
    after: bool
    state: str
    counts: str
    reason: str
    opened_at: datetime


def listed(
    db: Session, *, person_id: str | None = None, institutions: Collection[str] | None = None, districts: Collection[str] | None = None,
    state: str | None = None, after: tuple[str, str] | None = None, most: int | None = None,
) -> list[OverlapLine]:  # fmt: skip
    """Overlaps, those that wait first, then the latest; of a person, of an institution's classes, of a bureau's districts.

    after  (id, state) of the last one of the page before, as it stood there: it may be decided by now
    most   how many; None: all
    """
    chosen = select(Overlap)
    if person_id is not None:
        chosen = chosen.where(Overlap.person_id == person_id)
    if state is not None:
        chosen = chosen.where(Overlap.state == state)
    if institutions is not None or districts is not None:
        theirs = hours.classes_of(institutions=institutions, districts=districts)
        chosen = chosen.where(or_(Overlap.first_class.in_(theirs), Overlap.second_class.in_(theirs)))
    last = db.get(Overlap, after[0]) if after else None
    if after and last is not None:
        later = or_(Overlap.opened_at < last.opened_at, and_(Overlap.opened_at == last.opened_at, Overlap.id > last.id))
        over = Overlap.state != OverlapState.OPEN
        chosen = chosen.where(or_(over, later) if after[1] == OverlapState.OPEN else and_(over, later))
    rows = db.scalars(chosen.order_by(Overlap.state != OverlapState.OPEN, Overlap.opened_at.desc(), Overlap.id).limit(most)).all()
    persons = {r.person_id for r in rows}
    places = {(p.class_id, p.person_id): p for p in hours.places(db, persons=persons)} if rows else {}
    names = {i: p.name for i, p in people.persons(db, sorted(persons)).items()}
    sessions = hours.sessions(db, {s for r in rows for k, s in ((r.first_kind, r.first_source), (r.second_kind, r.second_source)) if k == Kind.ROOM})
    found = []
    for r in rows:
        both = [places.get((c, r.person_id)) for c in (r.first_class, r.second_class)]
        sides = [
            _side(db, kind, source, class_id, place, sessions)
            for (kind, source, class_id), place in zip(
                ((r.first_kind, r.first_source, r.first_class), (r.second_kind, r.second_source, r.second_class)), both, strict=True
            )
        ]  # fmt: skip
        found.append(
            OverlapLine(
                r.id, r.person_id, names[r.person_id], sides[0], sides[1], r.starts_at, r.ends_at, r.minutes, r.after, r.state, r.counts,
                r.reason, r.opened_at,
            )
        )  # fmt: skip
    return found


def _side(
    db: Session, kind: str, source: str, class_id: str, place: hours.PlaceFacts | None, sessions: dict[str, hours.SessionFacts]
) -> OverlapSide:
    institution = accounts.organisation(db, place.institution_id).name if place else ""
    number, course = (place.number, place.course) if place else ("", "")
    if kind == Kind.ROOM:
        s = sessions[source]
        return OverlapSide(kind, source, class_id, number, course, institution, s.room, s.starts_at, s.ends_at)
    study = db.get_one(Study, source)
    title = db.get_one(Lesson, study.lesson_id).title
    return OverlapSide(kind, source, class_id, number, course, institution, title, study.started_at, study.ended_at)
