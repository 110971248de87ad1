"""The bureau decides on courses and classes."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.courses.actions import catalogue as course_acts
from skills.courses.actions import classes as class_acts
from skills.courses.forms import ReasonForm
from skills.courses.queries import catalogue, changes, classes, delivery
from skills.courses.states import CLASS, COURSE, ClassState, CourseState
from skills.courses.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today

REVIEW, APPROVE = course_acts.PUBLISH, class_acts.APPROVE


@room.get("/gov/courses", may=REVIEW, name="review_list")
def review_list() -> ResponseReturnValue:
    state = request.args.get("state", CourseState.SUBMITTED)
    state = state if state in list(CourseState) else CourseState.SUBMITTED
    most = catalogue.LISTED
    found = catalogue.courses_of(db(), None, today(), state, request.args.get("after", "")[:26], most + 1)
    return show(
        "courses/review_list.html", courses=found[:most], more=len(found) > most, state=state,
        states=[s for s in CourseState if s != CourseState.DRAFT],
    )


@room.get("/gov/courses/<course_id>", may=REVIEW, name="review")
def review(course_id: str) -> ResponseReturnValue:
    course = catalogue.course_of(db(), course_id, None, today())
    moves = {m.name for m in COURSE.open_moves(course.state)}
    return show("courses/review.html", course=course, moves=moves, form=ReasonForm())


@room.post("/gov/courses/<course_id>/publish", does=course_acts.publish, name="publish")
def publish(course_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(course_acts.publish, form.key.data, course_id=course_id)
    tell("课程已发布", "The course is public")
    return go("courses.review_list")


@room.post("/gov/courses/<course_id>/send-back", does=course_acts.send_back, name="send_back_course")
def send_back_course(course_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(course_acts.send_back, form.key.data, course_id=course_id, reason=form.reason.data)
    tell("已退回补正", "Sent back")
    return go("courses.review_list")


@room.post("/gov/courses/<course_id>/withdraw", does=course_acts.withdraw, name="withdraw_course")
def withdraw_course(course_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(course_acts.withdraw, form.key.data, course_id=course_id, reason=form.reason.data)
    tell("课程已下架", "The course is withdrawn")
    return go("courses.review_list")


@room.get("/gov/classes", may=APPROVE, name="approvals")
def approvals() -> ResponseReturnValue:
    state = request.args.get("state", ClassState.SUBMITTED)
    state = state if state in list(ClassState) else ClassState.SUBMITTED
    districts = me().actor.districts_for(APPROVE)
    most = catalogue.LISTED
    found = classes.classes_to_decide(db(), districts, state, request.args.get("after", "")[:26], most + 1)
    return show(
        "courses/approvals.html", classes=found[:most], more=len(found) > most, state=state,
        states=[s for s in ClassState if s != ClassState.PLANNED],
    )


@room.get("/gov/classes/<class_id>", may=APPROVE, name="approval")
def approval(class_id: str) -> ResponseReturnValue:
    held = classes.class_for_bureau(db(), class_id, me().actor.districts_for(APPROVE))
    course = catalogue.course_of(db(), held.course_id, None, today())
    moves = {m.name for m in CLASS.open_moves(held.state)}
    return show(
        "courses/approval.html", held=held, course=course, moves=moves, form=ReasonForm(), versions=delivery.versions(db(), class_id),
        changes=changes.changes_of(db(), class_id), order=changes.order_of(db(), class_id), report=delivery.report_of(db(), class_id),
    )  # fmt: skip


@room.post("/gov/classes/<class_id>/approve", does=class_acts.approve, name="approve")
def approve(class_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(class_acts.approve, form.key.data, class_id=class_id)
    tell("同意开班", "Approved")
    return go("courses.approvals")


@room.post("/gov/classes/<class_id>/send-back", does=class_acts.send_back, name="send_back_class")
def send_back_class(class_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(class_acts.send_back, form.key.data, class_id=class_id, reason=form.reason.data)
    tell("已退回补正", "Sent back")
    return go("courses.approvals")


@room.post("/gov/classes/<class_id>/cancel", does=class_acts.cancel, name="call_off")
def call_off(class_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(class_acts.cancel, form.key.data, class_id=class_id, reason=form.reason.data)
    tell("班级已取消，所有培训券已退回", "The class is cancelled; every voucher went back")
    return go("courses.approvals")
