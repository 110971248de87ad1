"""Time in front of lessons as oversight looks at it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.courses.queries import hours
from skills.learning.models import Study, StudyBeat, StudyQuestion
from skills.learning.states import StudyState


@dataclass(frozen=True)
class StudyFacts:
    """Somebody in front of a lesson, from the first sign of life to the last.

    answers  seconds after which questions were answered, in order; missed: how many were not
    rates    how fast it played at each sign of life, in per cent
    """

    id: str
    lesson_id: str
    enrolment_id: str
    class_id: str
    institution_id: str
    person_id: str
    device: str
    starts_at: datetime
    ends_at: datetime
    answers: tuple[float, ...]
    missed: int
    rates: tuple[int, ...]


def studies(db: Session, since: datetime) -> list[StudyFacts]:
    """Studies that are over and began since a moment, in order of time, of places that were not given back."""
    rows = db.scalars(
        select(Study).where(Study.started_at >= since, Study.state != StudyState.OPEN).order_by(Study.started_at, Study.id)
    ).all()
    if not rows:
        return []
    chosen = select(Study.id).where(Study.started_at >= since, Study.state != StudyState.OPEN)
    answers: dict[str, list[float]] = defaultdict(list)
    missed: dict[str, int] = defaultdict(int)
    for q in db.scalars(select(StudyQuestion).where(StudyQuestion.study_id.in_(chosen)).order_by(StudyQuestion.number)):
        if q.answered_at is not None and q.answered_at <= q.answer_by:
            answers[q.study_id].append((q.answered_at - q.asked_at).total_seconds())
        else:
            missed[q.study_id] += 1
    rates: dict[str, list[int]] = defaultdict(list)
    beats = select(StudyBeat.study_id, StudyBeat.rate).where(StudyBeat.study_id.in_(chosen), StudyBeat.number > 0)
    for study_id, rate in db.execute(beats.order_by(StudyBeat.study_id, StudyBeat.number)):
        rates[study_id].append(rate)
    places = {p.enrolment_id: p for p in hours.places(db, persons={r.person_id for r in rows})}
    return [
        StudyFacts(
            r.id, r.lesson_id, r.enrolment_id, p.class_id, p.institution_id, r.person_id, r.device, r.started_at, r.last_at,
            tuple(answers[r.id]), missed[r.id], tuple(rates[r.id]),
        )
        for r in rows if (p := places.get(r.enrolment_id)) is not None
    ]  # fmt: skip
