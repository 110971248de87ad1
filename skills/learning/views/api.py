"""Learning for programs: the same actions as the pages."""

from __future__ import annotations

import shutil
import tempfile

from flask import request
from pydantic import BaseModel, Field

from skills.courses.queries import hours
from skills.learning import uploads
from skills.learning.actions import authoring, overlaps, studying
from skills.learning.actions.authoring import REVIEW, WRITE, File, LessonMade, Reviewed
from skills.learning.actions.overlaps import DECIDE, Decided
from skills.learning.actions.studying import STUDYING, Sitting
from skills.learning.queries import ledger, lessons
from skills.learning.queries import overlaps as queries
from skills.learning.queries.ledger import HourLine, OwnHours, PlaceHours
from skills.learning.queries.lessons import LessonLine, OwnLessons
from skills.learning.queries.overlaps import OverlapLine
from skills.learning.rules.credit import Way
from skills.learning.rules.files import LessonKind
from skills.learning.rules.places import Counts
from skills.learning.views.author import ROOM_FOR_FIELDS, bounds
from skills.learning.views.hours import CLASSES
from skills.web import paging
from skills.web.openapi import request_key
from skills.web.pages import Room, db, me, perform, settings, today
from skills.web.paging import Page

room = Room("learning_api", __name__)


class FileBody(BaseModel):
    """A file as the upload has named it."""

    digest: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(gt=0)
    kind: LessonKind
    length: int = Field(gt=0)


class LessonBody(BaseModel):
    """A lesson: a text in Markdown, or an uploaded file."""

    title: str = Field(min_length=1, max_length=80)
    minutes: int = Field(ge=1, le=600)
    body: str = Field("", max_length=200_000)
    file: FileBody | None = None
    lesson_id: str | None = Field(None, max_length=26)


class StartBody(BaseModel):
    """In front of which lesson of which place."""

    enrolment_id: str = Field(max_length=26)
    lesson_id: str = Field(max_length=26)


class BeatBody(BaseModel):
    """A sign of life: the token that came last, where one is, how fast it plays (per cent)."""

    token: str = Field(max_length=64)
    position: int = Field(ge=0, le=1_000_000)
    rate: int = Field(100, ge=0, le=10_000)
    way: Way = Way.BEAT


class AnswerBody(BaseModel):
    """The answer to a question: the word's number."""

    question_id: str = Field(max_length=26)
    word: int


class WayBody(BaseModel):
    """Up or down."""

    up: bool


class ReasonBody(BaseModel):
    """Why; whom it concerns reads it."""

    reason: str = Field(min_length=1, max_length=400)


class PublishBody(BaseModel):
    """The `version` of every lesson that waits, as it was read before: no other is published."""

    versions: list[str] = Field(max_length=1_000)


class DecideBody(ReasonBody):
    """Which of two places counts, and why."""

    counts: Counts


# The learner -------------------------------------------------------------------------------------------------------


@room.api("GET", "/me/lessons", may=STUDYING, answers=list[OwnLessons], by=("enrolment_id",))
def own_lessons() -> list[OwnLessons]:
    """One's own classes with their lessons and how far one is."""
    return lessons.own_courses(db(), me().person_id)


@room.api("POST", "/me/studies", does=studying.start, body=StartBody, answers=Sitting, status=201)
def start(body: StartBody) -> Sitting:
    """Open a lesson."""
    return perform(studying.start, request_key(), enrolment_id=body.enrolment_id, lesson_id=body.lesson_id)


@room.api("POST", "/me/studies/<study_id>/beats", does=studying.beat, body=BeatBody, answers=Sitting)
def beat(study_id: str, body: BeatBody) -> Sitting:
    """A sign of life."""
    return perform(
        studying.beat, request_key(), study_id=study_id, token=body.token, position=body.position, rate=body.rate, way=body.way
    )


@room.api("POST", "/me/studies/<study_id>/answers", does=studying.answer, body=AnswerBody, answers=Sitting)
def answer(study_id: str, body: AnswerBody) -> Sitting:
    """Answer the question that waits."""
    return perform(studying.answer, request_key(), study_id=study_id, question_id=body.question_id, word=body.word)


@room.api("POST", "/me/studies/<study_id>/leave", does=studying.leave, body=BeatBody, answers=Sitting)
def leave(study_id: str, body: BeatBody) -> Sitting:
    """Leave a lesson."""
    return perform(studying.leave, request_key(), study_id=study_id, token=body.token, position=body.position, rate=body.rate)


@room.api("GET", "/me/hours", may=STUDYING, answers=OwnHours)
def own_hours() -> OwnHours:
    """One's own class hours: by class, year and month."""
    return ledger.own(db(), me().person_id, today())


@room.api("GET", "/me/hours/lines", may=STUDYING, answers=list[HourLine])
def own_lines() -> list[HourLine]:
    """One's own ledger line by line, the latest first."""
    return ledger.lines(db(), person_id=me().person_id)


@room.api("GET", "/me/overlaps", may=STUDYING, answers=list[OverlapLine])
def own_overlaps() -> list[OverlapLine]:
    """When one was in two places at once."""
    return queries.listed(db(), person_id=me().person_id)


# The institution ---------------------------------------------------------------------------------------------------


@room.api("GET", "/courses/<course_id>/lessons", may=WRITE, answers=list[LessonLine])
def course_lessons(course_id: str) -> list[LessonLine]:
    """The lessons of a course of one's own."""
    return lessons.of_course(db(), course_id, me().actor.organisations_for(WRITE))[1]


@room.api("POST", "/lesson-files", may=WRITE, answers=File, status=201, keyless=True)
def upload_file() -> File:
    """Upload a file as the body of the request; its answer goes into the lesson. Changes nothing by itself."""
    request.max_content_length = max(bounds()[kind] for kind in ("video", "pdf")) + ROOM_FOR_FIELDS



    with tempfile.TemporaryFile() as held:
        shutil.copyfileobj(request.stream, held)
        return uploads.put_in(settings().files_dir, held, bounds())


@room.api("POST", "/courses/<course_id>/lessons", does=authoring.draft, body=LessonBody, answers=LessonMade, status=201)
def write_lesson(course_id: str, body: LessonBody) -> LessonMade:
    """Write a lesson or change a draft."""
    file = File(body.file.digest, body.file.size, body.file.kind, body.file.length) if body.file else None
    return perform(
        authoring.draft, request_key(), course_id=course_id, title=body.title, minutes=body.minutes, body=body.body, file=file,
        lesson_id=body.lesson_id,
    )


@room.api("POST", "/lessons/<lesson_id>/move", does=authoring.move, body=WayBody, answers=LessonMade)
def move_lesson(lesson_id: str, body: WayBody) -> LessonMade:
    """Move a lesson up or down."""
    return perform(authoring.move, request_key(), lesson_id=lesson_id, up=body.up)


@room.api("POST", "/lessons/<lesson_id>/withdraw", does=authoring.withdraw, answers=LessonMade)
def withdraw_lesson(lesson_id: str) -> LessonMade:
    """Take a lesson out."""
    return perform(authoring.withdraw, request_key(), lesson_id=lesson_id)


@room.api("POST", "/courses/<course_id>/lessons/submit", does=authoring.submit, answers=Reviewed)
def submit_lessons(course_id: str) -> Reviewed:
    """Hand the lessons of a course in."""
    return perform(authoring.submit, request_key(), course_id=course_id)


@room.api("GET", "/classes/<class_id>/hours", may=CLASSES, answers=list[PlaceHours], by=("enrolment_id",))
def class_hours(class_id: str) -> list[PlaceHours]:
    """The class hours of a class of one's own."""
    return ledger.of_places(db(), hours.places(db(), institutions=me().actor.organisations_for(CLASSES), classes=[class_id]))


def _last(page: Page) -> tuple[str, str] | None:
    """The last overlap of the page before, and how it stood there."""
    return (str(page.after[0][0]), str(page.after[0][-1])) if page.after else None


@room.api("GET", "/overlaps", may=CLASSES, answers=list[OverlapLine], by=("id", "state"), skips=True)
def institution_overlaps() -> list[OverlapLine]:
    """Learners of one's own who were in two places at once."""
    page = paging.asked()
    return queries.listed(db(), institutions=me().actor.organisations_for(CLASSES), after=_last(page), most=page.limit + 1)


# The bureau --------------------------------------------------------------------------------------------------------


@room.api("GET", "/gov/courses/<course_id>/lessons", may=REVIEW, answers=list[LessonLine])
def reviewed_lessons(course_id: str) -> list[LessonLine]:
    """The lessons of a course that were handed in."""
    return lessons.of_course(db(), course_id)[1]


@room.api("POST", "/courses/<course_id>/lessons/publish", does=authoring.publish, body=PublishBody, answers=Reviewed)
def publish_lessons(course_id: str, body: PublishBody) -> Reviewed:
    """Publish the lessons of a course that wait, as they were seen."""
    return perform(authoring.publish, request_key(), course_id=course_id, versions=tuple(body.versions))


@room.api("POST", "/courses/<course_id>/lessons/send-back", does=authoring.send_back, body=ReasonBody, answers=Reviewed)
def send_back_lessons(course_id: str, body: ReasonBody) -> Reviewed:
    """Send the lessons of a course back."""
    return perform(authoring.send_back, request_key(), course_id=course_id, reason=body.reason)


@room.api("GET", "/gov/overlaps", may=DECIDE, answers=list[OverlapLine], by=("id", "state"), skips=True)
def overlap_desk() -> list[OverlapLine]:
    """Who was in two places at once, in one's own districts."""
    page = paging.asked()
    return queries.listed(db(), districts=me().actor.districts_for(DECIDE), after=_last(page), most=page.limit + 1)


@room.api("POST", "/overlaps/<overlap_id>/decide", does=overlaps.decide, body=DecideBody, answers=Decided)
def decide_overlap(overlap_id: str, body: DecideBody) -> Decided:
    """Say which of two places counts."""
    return perform(overlaps.decide, request_key(), overlap_id=overlap_id, counts=body.counts, reason=body.reason)
