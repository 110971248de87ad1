"""An institution's courses and classes."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.courses.actions import catalogue as course_acts
from skills.courses.actions import classes as class_acts
from skills.courses.actions.classes import SessionPlan
from skills.courses.forms import ClassForm, CourseForm, PromiseForm, ReasonForm
from skills.courses.queries import catalogue, classes
from skills.courses.queries.catalogue import ClassLine, CourseLine
from skills.courses.rules.catalogue import FIELDS
from skills.courses.rules.classes import Lesson
from skills.courses.rules.timetable import read_timetable, split_names, write_timetable
from skills.courses.states import CLASS, Admission, ClassState, CourseState
from skills.courses.views.words import room
from skills.kernel.errors import Refusal
from skills.resources.queries import lecturers as pool
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import db, go, lang, me, perform, say, show, tell, today

COURSES, CLASSES = course_acts.MANAGE, class_acts.MANAGE


@room.get("/org/courses", may=COURSES, name="own_courses")
def own_courses() -> ResponseReturnValue:
    mine = me().actor.organisations_for(COURSES)
    found = catalogue.courses_of(db(), mine, today(), after=_after(), most=catalogue.LISTED + 1)
    return show("courses/own_courses.html", courses=found[: catalogue.LISTED], more=len(found) > catalogue.LISTED)


@room.get("/org/courses/new", may=COURSES, name="new_course")
def new_course() -> ResponseReturnValue:
    return show("courses/course_form.html", form=CourseForm(), course=None)


@room.post("/org/courses/new", does=course_acts.draft, name="draft_course")
def draft_course() -> ResponseReturnValue:
    form = CourseForm()
    if not form.validate_on_submit():
        return show("courses/course_form.html", 422, form=form, course=None)
    done = perform(course_acts.draft, form.key.data, institution_id=me().organisation_id, **form.order())
    tell("课程已保存", "The course is saved")
    return go("courses.own_course", course_id=done.course_id)


@room.get("/org/courses/<course_id>", may=COURSES, name="own_course")
def own_course(course_id: str) -> ResponseReturnValue:
    course = catalogue.course_of(db(), course_id, me().actor.organisations_for(COURSES), today())
    form = None
    if course.state in (CourseState.DRAFT, CourseState.RETURNED):
        form = CourseForm.of({name: getattr(course, name) for name in FIELDS})
    return show("courses/course_form.html", form=form, course=course)


@room.post("/org/courses/<course_id>", does=course_acts.draft, name="change_course")
def change_course(course_id: str) -> ResponseReturnValue:
    course = catalogue.course_of(db(), course_id, me().actor.organisations_for(COURSES), today())
    form = CourseForm()
    if not form.validate_on_submit():
        return show("courses/course_form.html", 422, form=form, course=course)
    perform(
        course_acts.draft, form.key.data, institution_id=course.institution_id, course_id=course_id, **form.order()
    )
    tell("课程已保存", "The course is saved")
    return go("courses.own_course", course_id=course_id)


@room.post("/org/courses/<course_id>/submit", does=course_acts.submit, name="submit_course")
def submit_course(course_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(course_acts.submit, form.key.data, course_id=course_id)
    tell("已提交审核", "Sent for review")
    return go("courses.own_course", course_id=course_id)


@room.get("/org/classes", may=CLASSES, name="own_classes")
def own_classes() -> ResponseReturnValue:
    mine = me().actor.organisations_for(CLASSES)
    most, behind = catalogue.LISTED, _after("course")
    held = classes.classes_of(db(), mine, _after(), most + 1)
    courses = catalogue.courses_of(db(), mine, today(), CourseState.PUBLISHED, behind, most + 1)
    return show(
        "courses/own_classes.html", classes=held[:most], more=len(held) > most, courses=courses[:most], more_courses=len(courses) > most,
        after=_after(), behind=behind,
    )  # fmt: skip


def _after(name: str = "after") -> str:
    """The last row of the page before; empty at the beginning."""
    return request.args.get(name, "")[:26]


@room.get("/org/classes/new", may=CLASSES, name="new_class")
def new_class() -> ResponseReturnValue:
    mine = me().actor.organisations_for(CLASSES)
    course = catalogue.course_of(db(), request.args.get("course", ""), mine, today())
    return show("courses/class_form.html", form=_form(course), course=course, held=None)


@room.post("/org/classes/new", does=class_acts.plan, name="plan_class")
def plan_class() -> ResponseReturnValue:
    mine = me().actor.organisations_for(CLASSES)
    course = catalogue.course_of(db(), request.args.get("course", ""), mine, today())
    form = _form(course)
    order = _order(form)
    if order is None:
        return show("courses/class_form.html", 422, form=form, course=course, held=None)
    done = perform(class_acts.plan, form.key.data, course_id=course.id, **order).or_refuse()
    tell(f"班级 {done.number} 已保存", f"Class {done.number} is saved")
    return go("courses.own_class", class_id=done.class_id)


@room.get("/org/classes/<class_id>", may=CLASSES, name="own_class")
def own_class(class_id: str) -> ResponseReturnValue:
    mine = me().actor.organisations_for(CLASSES)
    held = classes.class_of(db(), class_id, mine)
    course = catalogue.course_of(db(), held.course_id, mine, today())
    form = None
    if held.state in (ClassState.PLANNED, ClassState.RETURNED):
        usual = held.sessions[0].lecturers if held.sessions else ()
        lessons = [
            (Lesson(s.starts_at, s.ends_at, s.room, () if s.lecturers == usual else s.lecturers), s.topic) for s in held.sessions
        ]
        form = _form(course, data={
            "district": held.district, "address": held.address, "lecturer": "、".join(usual) or held.lecturer,
            "admits": held.admits, "seats": held.seats, "starts_on": held.starts_on,
            "ends_on": held.ends_on, "timetable": write_timetable(lessons), "assessment_plan": held.assessment_plan,
        })
    return show(
        "courses/own_class.html", held=held, course=course, form=form, promise=PromiseForm(), reason=ReasonForm(),
        roster=classes.roster(db(), class_id), moves={m.name for m in CLASS.open_moves(held.state)}, today=today(),
    )


@room.post("/org/classes/<class_id>", does=class_acts.plan, name="change_class")
def change_class(class_id: str) -> ResponseReturnValue:
    mine = me().actor.organisations_for(CLASSES)
    held: ClassLine = classes.class_of(db(), class_id, mine)
    course = catalogue.course_of(db(), held.course_id, mine, today())
    form = _form(course)
    order = _order(form)
    if order is None:
        return show("courses/class_form.html", 422, form=form, course=course, held=held)
    perform(class_acts.plan, form.key.data, course_id=held.course_id, class_id=class_id, **order).or_refuse()
    tell("班级已保存", "The class is saved")
    return go("courses.own_class", class_id=class_id)


def _form(course: CourseLine, **kwargs: Any) -> ClassForm:
    return ClassForm(online=course.mode == "online", **kwargs)


def _order(form: ClassForm) -> dict[str, object] | None:
    """What `classes.plan` wants to know; None if the form has errors, which it then shows."""
    if not form.validate_on_submit():
        return None
    field = form.timetable
    try:
        lessons = read_timetable(form.timetable.data or "")
        others = pool.named(db(), [name for at, _ in lessons for name in at.lecturers])
        field = form.lecturer
        usual = pool.named(db(), split_names(form.lecturer.data or ""))
    except Refusal as refusal:
        told = i18n.tell_refusal(refusal, lang())
        field.errors = [f"{told.text}{say('。', '. ')}{told.todo}"]
        return None
    return {
        "district": form.district.data, "address": form.address.data, "assessment_plan": form.assessment_plan.data,
        "seats": form.seats.data, "admits": Admission(form.admits.data), "lecturer": "" if lessons else form.lecturer.data,
        "starts_on": form.starts_on.data, "ends_on": form.ends_on.data,
        "sessions": tuple(
            SessionPlan(at.starts_at, at.ends_at, at.room, topic, tuple(others[n] for n in at.lecturers) or tuple(usual.values()))
            for at, topic in lessons
        ),
    }


@room.post("/org/classes/<class_id>/submit", does=class_acts.submit, name="submit_class")
def submit_class(class_id: str) -> ResponseReturnValue:
    form = PromiseForm()
    perform(class_acts.submit, form.key.data, class_id=class_id, promise=bool(form.promise.data))
    tell("开班申请已提交", "The application is handed in")
    return go("courses.own_class", class_id=class_id)


@room.post("/org/classes/<class_id>/start", does=class_acts.start, name="start_class")
def start_class(class_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(class_acts.start, form.key.data, class_id=class_id)
    tell("已开班", "The class has begun")
    return go("courses.own_class", class_id=class_id)


@room.post("/org/classes/<class_id>/finish", does=class_acts.finish, name="finish_class")
def finish_class(class_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(class_acts.finish, form.key.data, class_id=class_id)
    tell("已结班", "The class is finished")
    return go("courses.own_class", class_id=class_id)


@room.post("/org/classes/<class_id>/cancel", does=class_acts.cancel, name="cancel_class")
def cancel_class(class_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(class_acts.cancel, form.key.data, class_id=class_id, reason=form.reason.data)
    tell("班级已取消，所有培训券已退回", "The class is cancelled; every voucher went back")
    return go("courses.own_class", class_id=class_id)
