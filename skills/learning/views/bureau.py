"""The bureau reviews lessons with their course, and says which of two places counts."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.learning.actions import authoring, overlaps
from skills.learning.actions.authoring import REVIEW
from skills.learning.actions.overlaps import DECIDE
from skills.learning.forms import BackForm, DecideForm
from skills.learning.queries import lessons
from skills.learning.queries import overlaps as queries
from skills.learning.queries.overlaps import OverlapLine
from skills.learning.rules.places import Counts
from skills.learning.states import LessonState, OverlapState
from skills.learning.views.author import shown
from skills.learning.views.learner import give
from skills.learning.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell


@room.get("/gov/lessons", may=REVIEW)
def review_courses() -> ResponseReturnValue:
    """Courses whose lessons wait; all with lessons by a link."""
    every = request.args.get("all") == "1"
    return show("learning/gov_courses.html", courses=lessons.courses(db(), waiting=not every), every=every)


@room.get("/gov/lessons/<course_id>", may=REVIEW)
def review_lessons(course_id: str) -> ResponseReturnValue:
    """Everything that learners would see."""
    course, found = lessons.of_course(db(), course_id)
    waiting = " ".join(one.version for one in found if one.state == LessonState.SUBMITTED)
    return show("learning/gov_course.html", course=course, lessons=[(one, shown(one)) for one in found], waiting=waiting, form=BackForm())


@room.get("/gov/lesson-files/<lesson_id>", may=REVIEW)
def reviewed_file(lesson_id: str) -> ResponseReturnValue:
    """The file of a lesson that was handed in."""
    return give(lessons.lesson(db(), lesson_id))


@room.post("/gov/lessons/<course_id>/publish", does=authoring.publish)
def publish_lessons(course_id: str) -> ResponseReturnValue:
    seen = tuple(request.form.get("versions", "").split())
    done = perform(authoring.publish, OrderForm().key.data, course_id=course_id, versions=seen)
    tell(f"已发布 {done.count} 个课件", f"{done.count} lessons are published")
    return go("learning.review_courses")


@room.post("/gov/lessons/<course_id>/send-back", does=authoring.send_back)
def send_back_lessons(course_id: str) -> ResponseReturnValue:
    form = BackForm()
    done = perform(authoring.send_back, form.key.data, course_id=course_id, reason=form.reason.data or "")
    tell(f"已退回 {done.count} 个课件", f"{done.count} lessons were sent back")
    return go("learning.review_courses")


@room.get("/gov/overlaps", may=DECIDE)
def overlap_desk() -> ResponseReturnValue:
    """Who was in two places at once: what waits first."""
    state = None if request.args.get("all") == "1" else OverlapState.OPEN
    found, more = overlap_page(districts=me().actor.districts_for(DECIDE), state=state)
    return show("learning/overlaps.html", overlaps=found, more=more, form=DecideForm(), every=state is None, here=_here())


def _here() -> dict[str, str]:
    """Which page this is, so that a form that is wrong is shown again on it."""
    return {name: request.args[name][:26] for name in ("after", "stood") if name in request.args}


def overlap_page(**whose: Any) -> tuple[list[OverlapLine], dict[str, str] | None]:
    """A page of overlaps, and what names the last of them if there are more."""
    after, most = (request.args.get("after", "")[:26], request.args.get("stood", "")[:16]), queries.PAGE
    found = queries.listed(db(), after=after if after[0] else None, most=most + 1, **whose)
    last = found[most - 1] if len(found) > most else None
    return found[:most], {"after": last.id, "stood": last.state} if last else None


@room.post("/gov/overlaps/<overlap_id>", does=overlaps.decide)
def decide_overlap(overlap_id: str) -> ResponseReturnValue:
    form = DecideForm()
    if not form.validate_on_submit():
        found, more = overlap_page(districts=me().actor.districts_for(DECIDE), state=OverlapState.OPEN)
        return show("learning/overlaps.html", 422, overlaps=found, more=more, form=form, at=overlap_id, every=False, here=_here())
    perform(overlaps.decide, form.key.data, overlap_id=overlap_id, counts=Counts(form.counts.data), reason=form.reason.data or "")
    tell("已认定，学员和两边机构都会收到通知", "Decided; the learner and both institutions are told")
    return go("learning.overlap_desk")
