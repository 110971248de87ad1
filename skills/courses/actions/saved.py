"""Courses that somebody keeps an eye on: saved, let go, and told of a new start or of seats that are free again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skills.courses.models import Course, SavedCourse
from skills.courses.queries.saved import Ahead, ahead
from skills.courses.states import CourseState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages import actions as messages
from skills.people.queries import here
from skills.standards import queries as standards

SAVE = "enrolment.enrol"


@dataclass(frozen=True)
class Saved:
    """A course kept in mind, or not any more."""

    course_id: str
    saved: bool


@dataclass(frozen=True)
class Told:
    """How many people were told of a course."""

    start: int
    seats: int


@action("course.save", may=SAVE)
def save(act: Act, course_id: str) -> Saved:
    """Keep a public course in mind; doing it twice changes nothing. Raises Missing("course.unknown"), Refusal("saved.too_many")."""
    person, course = _person(act), act.get(Course, id=course_id)
    if course.state != CourseState.PUBLISHED:
        raise Missing("course.unknown")
    mine = act.db.scalars(select(SavedCourse.course_id).where(SavedCourse.person_id == person)).all()
    most = int(standards.value(act.db, "course.most_saved", act.today))
    if course_id in mine:
        return Saved(course_id, True)
    if len(mine) >= most:
        raise Refusal("saved.too_many", most=most)
    now = ahead(act.db, course_id, act.today)
    act.add(SavedCourse(person_id=person, course_id=course_id, saved_at=act.at, seen_start=now.start, seen_full=now.full))
    return Saved(course_id, True)


@action("course.let_go", may=SAVE)
def let_go(act: Act, course_id: str) -> Saved:
    """Keep a course in mind no more; doing it twice changes nothing."""
    row = act.find(SavedCourse, person_id=_person(act), course_id=course_id)
    if row is not None:
        act.db.delete(row)
        act.db.flush()
    return Saved(course_id, False)


@action("course.tell_savers", may="system.jobs")
def tell_savers(act: Act, course_id: str) -> Told:
    """Tell those who saved a course what is new since they were told last: the next start, or free seats after it was full.

    A start that is over without a new one, and a class that filled up, are noted without a word.
    """
    course, now = act.get(Course, id=course_id), ahead(act.db, course_id, act.today)
    rows = act.db.scalars(select(SavedCourse).where(SavedCourse.course_id == course_id, here(SavedCourse.person_id))).all()
    stale = [r for r in rows if Ahead(r.seen_start, r.seen_full) != now]
    start = [r.person_id for r in stale if now.start is not None and r.seen_start != now.start]
    seats = [r.person_id for r in stale if r.seen_full and not now.full and r.seen_start == now.start]
    if course.state == CourseState.PUBLISHED:
        if start:
            messages.send_many(act, code="saved.told_start", person_ids=sorted(start), course=course.title, start=now.start, link=course_id)
        if seats:
            messages.send_many(act, code="saved.told_seats", person_ids=sorted(seats), course=course.title, link=course_id)
    for row in stale:
        row.seen_start, row.seen_full = now.start, now.full
    act.note("course.tell_savers", id=course_id, start=len(start), seats=len(seats))
    return Told(len(start), len(seats))


def _person(act: Act) -> str:
    if act.actor.person is None:
        raise Refusal("no_person")
    return act.actor.person
