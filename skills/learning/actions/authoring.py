"""Lessons: written and ordered by the institution, reviewed with their course, never changed once learners see them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from skills.config import Settings
from skills.courses.queries import hours
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.learning.models import Lesson
from skills.learning.queries.lessons import version
from skills.learning.rules.files import LESSON_KIND_WORDS, LessonKind, measured
from skills.learning.rules.texts import parts
from skills.learning.states import LESSON, LessonState
from skills.messages.actions import send
from skills.standards.queries import value

WRITE = "course.manage"
REVIEW = "course.publish"
FOLDER = "lessons"
OWN = (LessonState.DRAFT, LessonState.RETURNED)
ALIVE = (LessonState.DRAFT, LessonState.RETURNED, LessonState.SUBMITTED, LessonState.PUBLISHED)


@dataclass(frozen=True)
class File:
    """A file that lies under `files/lessons/<digest>`: its kind by content, its size in bytes, seconds or pages."""

    digest: str
    size: int
    kind: LessonKind
    length: int


@dataclass(frozen=True)
class LessonMade:
    """A lesson after an act upon it."""

    lesson_id: str
    state: str


@dataclass(frozen=True)
class Reviewed:
    """How many lessons of a course an act moved."""

    course_id: str
    count: int


@action("lesson.draft", may=WRITE)
def draft(
    act: Act, course_id: str, title: str, minutes: int, body: str = "", file: File | None = None, lesson_id: str | None = None
) -> LessonMade:
    """Write a lesson, or change one that is a draft or was sent back. Either a text in Markdown or a file.

    minutes  the most that counts; of a video no more than it runs
    file     as the upload named it; what it is and how long is read from the stored file itself
    Raises Missing("course.unknown" | "lesson.unknown"), Refusal("lesson.invalid" | "lesson.too_long" | "lesson.file_gone" |
    "lesson.file_differs" | "lesson.not_open" | "lesson.too_many").
    """
    course = _own_course(act, course_id)
    _alone(act, course_id)
    row = act.get(Lesson, id=lesson_id) if lesson_id else None
    if row is not None and row.course_id != course.course_id:
        raise Missing("lesson.unknown")
    if row is not None and row.state not in OWN:
        raise Refusal("lesson.not_open")
    values = _content(act, body, file, row)
    most = int(value(act.db, "learning.lesson_minutes", act.today))
    if values["kind"] == LessonKind.VIDEO:
        most = min(most, max(1, values["length"] // 60))
    if not title.strip() or not 0 < minutes <= most:
        raise Refusal("lesson.invalid", most=most)
    values |= {"title": title.strip()[:80], "minutes": minutes}
    if row is None:
        row = act.add(
            Lesson(
                id=act.new_id(), course_id=course.course_id, place=_next(act, course.course_id), state=LESSON.start,
                drafted_by=act.actor.account, drafted_at=act.at, **values,
            )
        )
    else:
        for name, content in values.items():
            setattr(row, name, content)
    act.note("lesson.draft", id=row.id, course=row.course_id)
    return LessonMade(row.id, row.state)


def _content(act: Act, body: str, file: File | None, row: Lesson | None) -> dict[str, Any]:
    bounds = value(act.db, "learning.files", act.today)
    text = body.replace("\r\n", "\n").strip()
    if file is None and not text and row is not None and row.digest:
        return {"kind": row.kind, "length": row.length}  # the file stays
    if (file is None) == (not text):
        raise Refusal("lesson.invalid", most=int(value(act.db, "learning.lesson_minutes", act.today)))
    if file is None:
        if len(text) > bounds["text"]:
            raise Refusal("lesson.too_long", most=bounds["text"])
        return {"kind": LessonKind.TEXT, "body": text, "digest": "", "size": len(text), "length": len(parts(text))}
    return _stored(act, file, bounds)


def _stored(act: Act, file: File, bounds: Mapping[str, int]) -> dict[str, Any]:
    """What lies in the store under the digest, by its own content; what was said of it must be the same."""
    path = act.using(Settings).files_dir / FOLDER / file.digest
    if not path.is_file():
        raise Refusal("lesson.file_gone")
    with path.open("rb") as content:
        known = measured(content)
        size = content.seek(0, os.SEEK_END)
    if known is None or size > bounds[known.kind]:
        raise Refusal("lesson.file_gone")
    if (file.kind, file.size, file.length) != (known.kind, size, known.length):
        words = LESSON_KIND_WORDS[known.kind]
        raise Refusal("lesson.file_differs", kind=words[0], kind_en=words[1], length=known.length, size=size)
    return {"kind": known.kind, "body": "", "digest": file.digest, "size": size, "length": known.length}


def _alone(act: Act, course_id: str) -> None:
    """The lessons of a course are written, handed in and reviewed by one act at a time: what is reviewed is what was handed in."""
    wait_exclusive(act.db, f"lessons:{course_id}")


def _next(act: Act, course_id: str) -> int:
    most = int(value(act.db, "learning.files", act.today)["lessons"])
    alive = act.db.scalar(select(func.count()).select_from(Lesson).where(Lesson.course_id == course_id, Lesson.state.in_(ALIVE)))
    if (alive or 0) >= most:
        raise Refusal("lesson.too_many", most=most)
    return (act.db.scalar(select(func.max(Lesson.place)).where(Lesson.course_id == course_id)) or 0) + 1


@action("lesson.move", may=WRITE)
def move(act: Act, lesson_id: str, up: bool) -> LessonMade:
    """Change places with the lesson before or after it. Raises Missing("lesson.unknown")."""
    row = _own(act, lesson_id)
    wait_exclusive(act.db, f"lessons:{row.course_id}")
    order = list(act.db.scalars(select(Lesson).where(Lesson.course_id == row.course_id, Lesson.state.in_(ALIVE)).order_by(Lesson.place, Lesson.id)))
    at = next((n for n, one in enumerate(order) if one.id == row.id), None)
    to = None if at is None else at + (-1 if up else 1)
    if at is not None and to is not None and 0 <= to < len(order):
        row.place, order[to].place = order[to].place, row.place
        act.note("lesson.move", id=row.id)
    return LessonMade(row.id, row.state)


@action("lesson.submit", may=WRITE)
def submit(act: Act, course_id: str) -> Reviewed:
    """Hand every lesson of a course in that is a draft or was sent back. Raises Missing, Refusal("lesson.nothing")."""
    _own_course(act, course_id)
    _alone(act, course_id)
    return _all(act, course_id, OWN, "submit", submitted_at=act.at, reason="")


@action("lesson.publish", may=REVIEW)
def publish(act: Act, course_id: str, versions: tuple[str, ...]) -> Reviewed:
    """Let learners see the lessons of a course that wait; the course itself is published or reviewed first.

    versions  of every lesson that the reviewer has seen waiting (`LessonLine.version`): no other is published
    Raises Missing("course.unknown"), Refusal("lesson.nothing" | "lesson.course_first" | "lesson.own_work" | "lesson.not_seen").
    """
    course = hours.course(act.db, course_id)
    if not course.published:
        raise Refusal("lesson.course_first")
    _alone(act, course_id)
    waiting = {version(row) for row in _waiting(act, course_id)}
    if waiting != set(versions):
        raise Refusal("lesson.not_seen", n=len(waiting - set(versions)))
    return _decide(act, course, "publish", "")


@action("lesson.send_back", may=REVIEW)
def send_back(act: Act, course_id: str, reason: str) -> Reviewed:
    """Send the waiting lessons of a course back with a reason. Raises Missing, Refusal("lesson.nothing" | "lesson.reason_needed" |
    "lesson.own_work")."""
    if not reason.strip():
        raise Refusal("lesson.reason_needed")
    course = hours.course(act.db, course_id)
    _alone(act, course_id)
    return _decide(act, course, "send_back", reason.strip()[:400])


@action("lesson.withdraw", may=WRITE)
def withdraw(act: Act, lesson_id: str) -> LessonMade:
    """Take a lesson out: nobody begins it any more, what was credited stays. Raises Missing, Refusal("lesson.cannot_withdraw")."""
    row = _own(act, lesson_id)
    act.move(row, LESSON, "withdraw", withdrawn_at=act.at)
    return LessonMade(row.id, row.state)


def _decide(act: Act, course: hours.CourseFacts, how: str, reason: str) -> Reviewed:
    if any(row.drafted_by == act.actor.account for row in _waiting(act, course.course_id)) and not act.actor.everything:
        raise Refusal("lesson.own_work")
    done = _all(
        act, course.course_id, (LessonState.SUBMITTED,), how, decided_by=act.actor.account, decided_at=act.at, reason=reason
    )
    send(act, code=f"lesson.told_{how}", organisation_id=course.institution_id, title=course.title, course=course.course_id,
         n=done.count, **({"reason": reason} if reason else {}))  # fmt: skip
    return done


def _waiting(act: Act, course_id: str) -> list[Lesson]:
    return list(act.db.scalars(select(Lesson).where(Lesson.course_id == course_id, Lesson.state == LessonState.SUBMITTED)))


def _all(act: Act, course_id: str, states: tuple[LessonState, ...], how: str, **values: object) -> Reviewed:
    rows = list(act.db.scalars(select(Lesson).where(Lesson.course_id == course_id, Lesson.state.in_(states)).order_by(Lesson.place)))
    if not rows:
        raise Refusal("lesson.nothing")
    for row in rows:
        act.move(row, LESSON, how, **values)
    return Reviewed(course_id, len(rows))


def _own_course(act: Act, course_id: str) -> hours.CourseFacts:
    course = hours.course(act.db, course_id)
    if not act.actor.may(WRITE, course.institution_id):
        raise Missing("course.unknown")
    return course


def _own(act: Act, lesson_id: str) -> Lesson:
    row = act.get(Lesson, id=lesson_id)
    if not act.actor.may(WRITE, hours.course(act.db, row.course_id).institution_id):
        raise Missing("lesson.unknown")
    return row
