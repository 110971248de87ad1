"""Lessons as institution, bureau and learner see them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.courses.queries import hours
from skills.courses.states import ClassState, EnrolmentState
from skills.kernel.errors import Missing
from skills.learning.models import Lesson, Study, StudyQuestion
from skills.learning.queries import presence
from skills.learning.rules.credit import Lost
from skills.learning.states import LESSON, LessonState, StudyState


@dataclass(frozen=True)
class LessonLine:
    """A lesson as its institution and the bureau see it. `length` in seconds, pages or parts by `kind`.

    version  names the lesson with what it says: whoever publishes it shows what was seen
    """

    id: str
    course_id: str
    place: int
    title: str
    kind: str
    body: str
    digest: str
    size: int
    length: int
    minutes: int
    state: str
    reason: str
    version: str


@dataclass(frozen=True)
class LessonCourse:
    """A course with its lessons: how many there are, how many wait, how many learners see, minutes of those."""

    course_id: str
    title: str
    institution: str
    published: bool
    hours: int
    lessons: int
    waiting: int
    live: int
    minutes: int


@dataclass(frozen=True)
class Progress:
    """A lesson for one learner: whole minutes that count of `minutes`, where one stopped, whether it is open just now."""

    lesson_id: str
    place: int
    title: str
    kind: str
    length: int
    minutes: int
    credited: int
    position: int
    seen: bool
    open: bool
    withdrawn: bool

    @property
    def done(self) -> bool:
        """All minutes of it count."""
        return self.credited >= self.minutes


@dataclass(frozen=True)
class OwnLessons:
    """The lessons of one's place in a class, with what was lost and why, in whole minutes. `runs` if time counts now."""

    enrolment_id: str
    class_id: str
    number: str
    course: str
    lessons: list[Progress]
    credited: int
    minutes: int
    lost: list[tuple[str, int]]
    runs: bool


@dataclass(frozen=True)
class OpenStudy:
    """One's own study of a lesson. `credited` whole minutes of the lesson that count so far, this study included."""

    id: str
    state: str
    enrolment_id: str
    course: str
    lesson: LessonLine
    number: int
    position: int
    last_at: datetime
    credited: int
    question: str
    turn: int
    answer_by: datetime | None


def version(row: Lesson) -> str:
    """A lesson and what it says now, as `id.digest`."""
    said = "\n".join((row.title, row.kind, str(row.length), str(row.minutes), row.digest, row.body))
    return f"{row.id}.{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _line(row: Lesson) -> LessonLine:
    return LessonLine(
        row.id, row.course_id, row.place, row.title, row.kind, row.body, row.digest, row.size, row.length, row.minutes, row.state, row.reason,
        version(row),
    )


def of_course(db: Session, course_id: str, institutions: Collection[str] | None = None) -> tuple[hours.CourseFacts, list[LessonLine]]:
    """A course with its lessons that were not withdrawn, for its institution, or for the bureau (None), who sees no drafts.

    Raises Missing("course.unknown").
    """
    course = hours.course(db, course_id)
    if institutions is not None and course.institution_id not in institutions:
        raise Missing("course.unknown")
    hidden = (LessonState.DRAFT, LessonState.RETURNED, LessonState.WITHDRAWN) if institutions is None else (LessonState.WITHDRAWN,)
    rows = db.scalars(
        select(Lesson).where(Lesson.course_id == course_id, Lesson.state.not_in(hidden)).order_by(Lesson.place, Lesson.id)
    )
    return course, [_line(row) for row in rows]


def lesson(db: Session, lesson_id: str, institutions: Collection[str] | None = None) -> LessonLine:
    """One lesson, for its institution or the bureau (None). Raises Missing("lesson.unknown")."""
    row = db.get(Lesson, lesson_id)
    if row is None or (institutions is not None and hours.course(db, row.course_id).institution_id not in institutions):
        raise Missing("lesson.unknown")
    if institutions is None and row.state in (LessonState.DRAFT, LessonState.RETURNED):
        raise Missing("lesson.unknown")
    return _line(row)


def courses(db: Session, institutions: Collection[str] | None = None, *, waiting: bool = False) -> list[LessonCourse]:
    """Courses of institutions with their lessons; of all institutions only those that have some, or some that wait."""
    rows: dict[str, list[Lesson]] = {}
    for row in db.scalars(select(Lesson).where(Lesson.state != LessonState.WITHDRAWN)):
        rows.setdefault(row.course_id, []).append(row)
    chosen = hours.courses(db, institutions, None if institutions is not None else list(rows))
    found = []
    for c in chosen:
        mine = rows.get(c.course_id, [])
        live = [r for r in mine if r.state == LessonState.PUBLISHED]
        asked = sum(r.state == LessonState.SUBMITTED for r in mine)
        if waiting and not asked:
            continue
        found.append(
            LessonCourse(
                c.course_id, c.title, accounts.organisation(db, c.institution_id).name, c.published, c.hours, len(mine), asked, len(live),
                sum(r.minutes for r in live),
            )
        )  # fmt: skip
    return found


def own(db: Session, enrolment_id: str, person_id: str) -> OwnLessons:
    """The lessons of one's own place. Raises Missing("enrolment.unknown")."""
    place = hours.place(db, enrolment_id)
    if place.person_id != person_id:
        raise Missing("enrolment.unknown")
    known = presence.sat(db, person_id, closed_only=False)
    got = presence.credited(db, person_id, known)
    last: dict[str, Study] = {}
    for sat in db.scalars(select(Study).where(Study.enrolment_id == enrolment_id).order_by(Study.started_at)):
        last[sat.lesson_id] = sat
    rows = db.scalars(
        select(Lesson)
        .where(Lesson.course_id == place.course_id, (Lesson.state == LessonState.PUBLISHED) | Lesson.id.in_(list(last)))
        .order_by(Lesson.place, Lesson.id)
    )
    lessons = []
    for row in rows:
        study = last.get(row.id)
        lessons.append(
            Progress(
                row.id, row.place, row.title, row.kind, row.length, row.minutes, got.of(presence.key(enrolment_id, row.id)),
                study.position if study else 0, study is not None, study is not None and study.state == StudyState.OPEN,
                row.state != LessonState.PUBLISHED,
            )
        )  # fmt: skip
    lost: dict[str, float] = {}
    for (key, why), length in got.lost.items():
        if key.startswith(f"{enrolment_id}:"):
            lost[why] = lost.get(why, 0) + length.total_seconds()
    told = [(why.value, int(lost[why] // 60)) for why in Lost if lost.get(why, 0) >= 60]
    runs = place.class_state in (ClassState.RUNNING, ClassState.FINISHED) and place.state == EnrolmentState.ATTENDING
    live = [p for p in lessons if not p.withdrawn]
    return OwnLessons(
        enrolment_id, place.class_id, place.number, place.course, lessons, sum(p.credited for p in lessons), sum(p.minutes for p in live),
        told, runs,
    )  # fmt: skip


def own_courses(db: Session, person_id: str) -> list[OwnLessons]:
    """One's places in classes whose course has lessons online, the latest first."""
    places = hours.places(db, persons=[person_id])
    online = set(
        db.scalars(
            select(Lesson.course_id).where(Lesson.course_id.in_({p.course_id for p in places}), Lesson.state == LessonState.PUBLISHED)
        )
    )
    return [own(db, p.enrolment_id, person_id) for p in places if p.course_id in online]


def study(db: Session, study_id: str, person_id: str) -> OpenStudy:
    """One's own study with its lesson. Raises Missing("study.unknown")."""
    row = db.get(Study, study_id)
    if row is None or row.person_id != person_id:
        raise Missing("study.unknown")
    place = hours.place(db, row.enrolment_id)
    known = presence.sat(db, person_id, closed_only=False)
    got = presence.credited(db, person_id, known)
    waiting = db.scalars(
        select(StudyQuestion).where(StudyQuestion.study_id == study_id, StudyQuestion.answered_at.is_(None))
    ).first()
    asked = waiting if row.state == StudyState.OPEN else None
    return OpenStudy(
        row.id, row.state, row.enrolment_id, place.course, _line(db.get_one(Lesson, row.lesson_id)), row.beats, row.position, row.last_at,
        got.of(presence.key(row.enrolment_id, row.lesson_id)), asked.id if asked else "", asked.number if asked else 0,
        asked.answer_by if asked else None,
    )  # fmt: skip


def file_for(db: Session, lesson_id: str, person_id: str) -> LessonLine:
    """A lesson whose file a learner may see: of a course in which the person holds a place. Raises Missing("lesson.unknown")."""
    row = db.get(Lesson, lesson_id)
    if row is None or not row.digest or not was_published(row):
        raise Missing("lesson.unknown")
    if not hours.places(db, persons=[person_id], courses=[row.course_id]):
        raise Missing("lesson.unknown")
    return _line(row)


def was_published(row: Lesson) -> bool:
    """Whether learners see a lesson, or saw it before it was withdrawn; what was sent back has a reason."""
    return row.state == LessonState.PUBLISHED or (row.state == LessonState.WITHDRAWN and row.decided_at is not None and not row.reason)


def digests(db: Session) -> set[str]:
    """Every file that a lesson names."""
    return set(db.scalars(select(Lesson.digest).where(Lesson.digest != "")))


def state_words(state: str) -> tuple[str, str]:
    """What a lesson's state is called."""
    return LESSON.words[LessonState(state)]


