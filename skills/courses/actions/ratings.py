"""What learners say of a course, what the institution answers, and what the authority hides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skills.courses.actions.catalogue import MANAGE, PUBLISH, own, said
from skills.courses.models import CourseClass, CourseRating, Enrolment
from skills.courses.rules.ratings import MARKS, Place, clean_words, may_rate
from skills.courses.states import EnrolmentState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal

RATE = "enrolment.enrol"


@dataclass(frozen=True)
class Rated:
    """A rating after an act upon it."""

    rating_id: str
    course_id: str


@action("rating.give", may=RATE)
def give(
    act: Act, enrolment_id: str, teaching: int, content: int, practice: int, service: int, usefulness: int, comment: str = ""
) -> Rated:
    """Rate a course that one completed: five marks from 1 to 5, and a comment of 400 characters at most.

    Raises Missing("enrolment.unknown"), Refusal("rating.not_possible", "rating.words_refused").
    """
    place = act.find(Enrolment, id=enrolment_id)
    if place is None or act.actor.person is None or place.person_id != act.actor.person:
        raise Missing("enrolment.unknown")
    marks: Mapping[str, int] = dict(zip(MARKS, (teaching, content, practice, service, usefulness), strict=True))
    rated = act.find(CourseRating, enrolment_id=enrolment_id) is not None
    may_rate(Place(place.state == EnrolmentState.COMPLETED, rated), marks).or_refuse()
    clean_words(comment).or_refuse()
    course_id = act.get(CourseClass, id=place.class_id).course_id
    row = act.add(CourseRating(
        id=act.new_id(), enrolment_id=enrolment_id, course_id=course_id, person_id=place.person_id, comment=comment.strip()[:400],
        given_at=act.at, **marks,
    ))  # fmt: skip
    act.note("rating.give", id=row.id)
    return Rated(row.id, course_id)


@action("rating.answer", may=MANAGE)
def answer(act: Act, rating_id: str, words: str) -> Rated:
    """Answer a comment on one's own course, once. Raises Missing, Refusal("rating.answered", "rating.no_words", "rating.words_refused")."""
    row = act.get(CourseRating, id=rating_id)
    own(act, row.course_id)
    if row.answered_at is not None or row.hidden_at is not None or not row.comment:
        raise Refusal("rating.answered")
    if not words.strip():
        raise Refusal("rating.no_words")
    clean_words(words).or_refuse()
    row.answer, row.answered_by, row.answered_at = words.strip()[:400], act.actor.account, act.at
    act.note("rating.answer", id=row.id)
    return Rated(row.id, row.course_id)


@action("rating.hide", may=PUBLISH)
def hide(act: Act, rating_id: str, reason: str) -> Rated:
    """Hide a comment and its answer, for a reason that everybody reads; the marks go on counting. Raises Missing, Refusal."""
    row = act.get(CourseRating, id=rating_id)
    if row.hidden_at is not None or not row.comment:
        raise Refusal("rating.hidden_already")
    why = said(reason)
    clean_words(why).or_refuse()
    row.hidden_reason, row.hidden_by, row.hidden_at = why, act.actor.account, act.at
    act.note("rating.hide", id=row.id)
    return Rated(row.id, row.course_id)
