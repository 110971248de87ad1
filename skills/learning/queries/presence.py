"""Where a person was, by what was written: in rooms by attendance, online by signs of life."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.courses.queries import hours
from skills.courses.rules.attendance import Mark
from skills.kernel.clock import shanghai_day
from skills.learning.models import Lesson, Overlap, Study, StudyBeat, StudyQuestion
from skills.learning.rules import credit as rules
from skills.learning.rules.credit import Beat, Credit, Limits, Question
from skills.learning.rules.files import LessonKind
from skills.learning.rules.places import Counts, Kind, Place, presence
from skills.learning.rules.spans import Span
from skills.learning.states import OverlapState, StudyState
from skills.standards.queries import value


def limits(db: Session, day: date) -> Limits:
    """The policy of honest time for classes that began on a day."""
    beat, question = value(db, "learning.beat", day), value(db, "learning.question", day)
    return Limits(int(beat["most"]), int(beat["step_most"]), int(value(db, "learning.rate", day)), int(question["seconds"]))


def key(enrolment_id: str, lesson_id: str) -> str:
    """Under which minutes of a lesson are counted: a lesson counts anew in another class."""
    return f"{enrolment_id}:{lesson_id}"


def rooms(db: Session, person_id: str) -> list[Place]:
    """Every session in which a person was, with the time of presence."""
    return rooms_of(hours.marks(db, persons=[person_id]))


def rooms_of(marks: Iterable[hours.Mark]) -> list[Place]:
    """The same of marks that were read already."""
    found = []
    for m in marks:
        span = presence(m.starts_at, m.ends_at, Mark(m.came), m.way, m.came_at, m.left_at)
        if span:
            found.append(Place(Kind.ROOM, m.session_id, m.class_id, (span,)))
    return found


@dataclass(frozen=True)
class Sat:
    """Everything that was written of a person's studies. classes: enrolment → class; limits: study → the policy of its class."""

    studies: tuple[rules.Study, ...]
    caps: Mapping[str, int]
    classes: Mapping[str, str]
    limits: Mapping[str, Limits]


def sat(db: Session, person_id: str, *, closed_only: bool = True) -> Sat:
    """A person's studies with their signs of life and questions; those that are over, or all."""
    chosen = select(Study, Lesson).join(Lesson, Lesson.id == Study.lesson_id).where(Study.person_id == person_id)
    if closed_only:
        chosen = chosen.where(Study.state != StudyState.OPEN)
    rows = db.execute(chosen.order_by(Study.started_at, Study.id)).all()
    mine = select(Study.id).where(Study.person_id == person_id)
    beats: dict[str, list[Beat]] = defaultdict(list)
    for b in db.scalars(select(StudyBeat).where(StudyBeat.study_id.in_(mine)).order_by(StudyBeat.study_id, StudyBeat.number)):
        beats[b.study_id].append(Beat(b.at, b.number, b.way, b.position, b.rate))
    asked: dict[str, list[Question]] = defaultdict(list)
    for q in db.scalars(select(StudyQuestion).where(StudyQuestion.study_id.in_(mine)).order_by(StudyQuestion.number)):
        asked[q.study_id].append(Question(q.asked_at, q.answered_at, q.answer_by))
    studies = tuple(
        rules.Study(s.id, key(s.enrolment_id, s.lesson_id), beats[s.id], asked[s.id], one.kind == LessonKind.VIDEO) for s, one in rows
    )
    held = hours.places(db, ids={s.enrolment_id for s, _ in rows}) if rows else []
    caps = {key(s.enrolment_id, one.id): one.minutes for s, one in rows}
    return Sat(studies, caps, {p.enrolment_id: p.class_id for p in held}, bounds(db, [s for s, _ in rows]))


def bounds(db: Session, rows: Collection[Study]) -> dict[str, Limits]:
    """Study → the policy of its class's first day; of a place that was given back, of the day of the study."""
    began = {p.enrolment_id: p.starts_on for p in hours.places(db, ids={s.enrolment_id for s in rows})} if rows else {}
    days = {s.id: began.get(s.enrolment_id) or shanghai_day(s.started_at) for s in rows}
    of_day = {day: limits(db, day) for day in set(days.values())}
    return {study: of_day[day] for study, day in days.items()}


def online(known: Sat) -> list[Place]:
    """Every study of a live place with the time that its signs of life cover, whether or not it counts."""
    found = []
    for study in known.studies:
        spans, _ = rules.alive(study, known.limits[study.id])
        class_id = known.classes.get(study.lesson.split(":")[0])
        if spans and class_id:
            found.append(Place(Kind.ONLINE, study.id, class_id, tuple(spans)))
    return found


def overlaps_of(db: Session, person_id: str) -> list[Overlap]:
    """A person's overlaps that were not lifted."""
    chosen = select(Overlap).where(Overlap.person_id == person_id, Overlap.state != OverlapState.LIFTED)
    return list(db.scalars(chosen.order_by(Overlap.opened_at, Overlap.id)))


def lost(overlaps: Collection[Overlap]) -> set[str]:
    """Sources that do not count, by decision."""
    found = set()
    for o in overlaps:
        if o.state == OverlapState.DECIDED:
            found |= {o.first_source} if o.counts != Counts.FIRST else set()
            found |= {o.second_source} if o.counts != Counts.SECOND else set()
    return found


def credited(db: Session, person_id: str, known: Sat) -> Credit:
    """What counts of a person's time online. Time in a room is no time online, unless the bureau said that online counts."""
    decided = [o for o in overlaps_of(db, person_id) if o.state == OverlapState.DECIDED and o.counts == Counts.SECOND]
    yielded = {o.first_source for o in decided if o.second_kind == Kind.ONLINE}
    busy: list[Span] = [s for place in rooms(db, person_id) if place.source not in yielded for s in place.spans]
    return rules.credit(known.studies, known.caps, known.limits, busy)
