"""Saved courses, versions and ratings for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.courses.actions import ratings, saved, versions
from skills.courses.actions.catalogue import MANAGE, PUBLISH
from skills.courses.actions.ratings import Rated
from skills.courses.actions.saved import SAVE, Saved
from skills.courses.actions.versions import VersionMade
from skills.courses.bodies import CourseBody, ReasonBody
from skills.courses.queries import prices
from skills.courses.queries import ratings as rated
from skills.courses.queries import saved as kept
from skills.courses.queries import versions as texts
from skills.courses.queries.catalogue import CourseLine, catalogue, public_course
from skills.courses.queries.prices import Price
from skills.courses.queries.ratings import Comment, Voice
from skills.courses.queries.versions import VersionLine
from skills.courses.views.public import filters, page_number
from skills.web import paging
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, Room, db, me, perform, today

room = Room("courses_shelf_api", __name__)


class RatingBody(BaseModel):
    """Five marks from 1 to 5, and words."""

    teaching: int = Field(ge=1, le=5)
    content: int = Field(ge=1, le=5)
    practice: int = Field(ge=1, le=5)
    service: int = Field(ge=1, le=5)
    usefulness: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=400)


class AnswerBody(BaseModel):
    """The institution's words."""

    words: str = Field(min_length=1, max_length=400)


@room.api("GET", "/me/prices", may=SAVE, answers=list[Price], by=("course_id",))
def list_prices() -> list[Price]:
    """What each course of a page of the catalogue costs me after voucher, or why no voucher pays; narrowed as /courses is."""
    found = catalogue(db(), filters(), today(), page_number())
    told = prices.prices(db(), me().person_id, today(), found.courses)
    return [told[c.id] for c in found.courses]


@room.api("GET", "/me/saved", may=SAVE, answers=list[CourseLine])
def list_saved() -> list[CourseLine]:
    """The courses that I saved."""
    return kept.saved(db(), me().person_id, today())


@room.api("POST", "/courses/<course_id>/save", does=saved.save, answers=Saved)
def save(course_id: str) -> Saved:
    """Keep a course in mind."""
    return perform(saved.save, request_key(), course_id=course_id)


@room.api("POST", "/courses/<course_id>/let-go", does=saved.let_go, answers=Saved)
def let_go(course_id: str) -> Saved:
    """Keep a course in mind no more."""
    return perform(saved.let_go, request_key(), course_id=course_id)


@room.api("GET", "/courses/<course_id>/ratings", may=PUBLIC, answers=Voice)
def read_ratings(course_id: str) -> Voice:
    """What learners say of a public course; averages in tenths."""
    return rated.voice(db(), public_course(db(), course_id, today()).id, today())


@room.api("POST", "/enrolments/<enrolment_id>/rating", does=ratings.give, body=RatingBody, answers=Rated, status=201)
def rate(enrolment_id: str, body: RatingBody) -> Rated:
    """Rate a course that I completed."""
    return perform(ratings.give, request_key(), enrolment_id=enrolment_id, **body.model_dump())


@room.api("GET", "/ratings/to-answer", may=MANAGE, answers=list[Comment], skips=True)
def list_to_answer() -> list[Comment]:
    """Comments on my institution's courses, newest first."""
    page = paging.asked()
    return rated.comments_of(db(), me().actor.organisations_for(MANAGE), today(), page.key, page.limit + 1)


@room.api("POST", "/ratings/<rating_id>/answer", does=ratings.answer, body=AnswerBody, answers=Rated)
def answer(rating_id: str, body: AnswerBody) -> Rated:
    """Answer a comment, once."""
    return perform(ratings.answer, request_key(), rating_id=rating_id, words=body.words)


@room.api("POST", "/ratings/<rating_id>/hide", does=ratings.hide, body=ReasonBody, answers=Rated)
def hide(rating_id: str, body: ReasonBody) -> Rated:
    """Hide a comment with a reason that everybody reads."""
    return perform(ratings.hide, request_key(), rating_id=rating_id, reason=body.reason)


@room.api("GET", "/courses/<course_id>/versions", may=PUBLIC, answers=list[VersionLine])
def list_versions(course_id: str) -> list[VersionLine]:
    """What was public of a course and what each version changed."""
    return texts.history(db(), public_course(db(), course_id, today()).id)


@room.api("POST", "/courses/<course_id>/versions", does=versions.revise, body=CourseBody, answers=VersionMade, status=201)
def revise(course_id: str, body: CourseBody) -> VersionMade:
    """Write the next version of a public course."""
    return perform(versions.revise, request_key(), course_id=course_id, **body.model_dump(exclude={"course_id"}))


@room.api("GET", "/course-versions", may=PUBLISH, answers=list[VersionLine], skips=True)
def list_to_review() -> list[VersionLine]:
    """Versions that wait for review, the oldest first."""
    page = paging.asked()
    return texts.to_review(db(), page.key, page.limit + 1)


@room.api("POST", "/course-versions/<version_id>/submit", does=versions.submit, answers=VersionMade)
def submit(version_id: str) -> VersionMade:
    """Send a version for review."""
    return perform(versions.submit, request_key(), version_id=version_id)


@room.api("POST", "/course-versions/<version_id>/publish", does=versions.publish, answers=VersionMade)
def publish(version_id: str) -> VersionMade:
    """Let a version take the place of the public text."""
    return perform(versions.publish, request_key(), version_id=version_id)


@room.api("POST", "/course-versions/<version_id>/send-back", does=versions.send_back, body=ReasonBody, answers=VersionMade)
def send_back(version_id: str, body: ReasonBody) -> VersionMade:
    """Send a version back with a reason."""
    return perform(versions.send_back, request_key(), version_id=version_id, reason=body.reason)


@room.api("POST", "/course-versions/<version_id>/drop", does=versions.drop, answers=VersionMade)
def drop(version_id: str) -> VersionMade:
    """Give up a version."""
    return perform(versions.drop, request_key(), version_id=version_id)
