"""An institution writes, orders and hands in the lessons of its courses."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from skills.kernel.errors import Refusal
from skills.learning import uploads
from skills.learning.actions import authoring as acts
from skills.learning.actions.authoring import WRITE, File
from skills.learning.forms import LessonForm
from skills.learning.queries import lessons as queries
from skills.learning.queries.lessons import LessonLine
from skills.learning.rules.files import LessonKind
from skills.learning.rules.texts import parts
from skills.learning.views.learner import give
from skills.learning.views.words import room
from skills.standards.queries import value
from skills.web import i18n
from skills.web.doorman import cookie_name
from skills.web.forms import OrderForm
from skills.web.pages import db, go, house, lang, me, office, perform, settings, show, tell, today

WITH_FILES = ("learning.write_lesson", "learning.change_lesson")
ROOM_FOR_FIELDS = 200_000


@room.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A form with a video may be as large as policy says, if whoever sends it is signed in; the form's key is asked for afterwards."""
    if endpoint in WITH_FILES and house().sessions.find(db(), request.cookies.get(cookie_name(settings()), ""), office().clock.now()):
        request.max_content_length = max(bounds()[kind] for kind in ("video", "pdf")) + ROOM_FOR_FIELDS


def bounds() -> dict[str, int]:
    """How large files may be today, in bytes by kind."""
    held: dict[str, int] = value(db(), "learning.files", today())
    return held


@room.get("/org/lessons", may=WRITE)
def lesson_courses() -> ResponseReturnValue:
    """Courses of one's own with their lessons."""
    return show("learning/org_courses.html", courses=queries.courses(db(), me().actor.organisations_for(WRITE)))


@room.get("/org/lessons/<course_id>", may=WRITE)
def course_lessons(course_id: str) -> ResponseReturnValue:
    """The lessons of a course in their order."""
    return _course(course_id, LessonForm())


def _course(course_id: str, form: LessonForm, status: int = 200, error: str = "") -> ResponseReturnValue:
    course, found = queries.of_course(db(), course_id, me().actor.organisations_for(WRITE))
    return show("learning/org_course.html", status, course=course, lessons=found, form=form, error=error, bounds=bounds())


@room.post("/org/lessons/<course_id>", does=acts.draft)
def write_lesson(course_id: str) -> ResponseReturnValue:
    return _write(course_id, None)


@room.post("/org/lessons/<course_id>/<lesson_id>", does=acts.draft)
def change_lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    return _write(course_id, lesson_id)


def _write(course_id: str, lesson_id: str | None) -> ResponseReturnValue:
    form = LessonForm()
    if not form.validate_on_submit():
        return _again(course_id, lesson_id, form, "")
    try:
        perform(
            acts.draft, form.key.data, course_id=course_id, lesson_id=lesson_id, title=form.title.data or "", minutes=form.minutes.data or 0,
            body=form.body.data or "", file=_file(),
        )
    except Refusal as refusal:
        told = i18n.tell_refusal(refusal, lang())
        return _again(course_id, lesson_id, form, f"{told.text} {told.todo}")
    tell("课件已保存", "The lesson is saved")
    return go("learning.course_lessons", course_id=course_id)


def _again(course_id: str, lesson_id: str | None, form: LessonForm, error: str) -> ResponseReturnValue:
    return _lesson(course_id, lesson_id, form, 422, error) if lesson_id else _course(course_id, form, 422, error)


def _file() -> File | None:
    sent = request.files.get("file")
    return uploads.put_in(settings().files_dir, sent.stream, bounds()) if sent is not None and sent.filename else None  # type: ignore[arg-type]


@room.get("/org/lessons/<course_id>/<lesson_id>", may=WRITE)
def own_lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """One lesson as learners will see it, and to change as long as it may be."""
    one = queries.lesson(db(), lesson_id, me().actor.organisations_for(WRITE))
    return _lesson(course_id, lesson_id, LessonForm(data={"title": one.title, "minutes": one.minutes, "body": one.body}), 200, "")


def _lesson(course_id: str, lesson_id: str, form: LessonForm, status: int, error: str) -> ResponseReturnValue:
    one = queries.lesson(db(), lesson_id, me().actor.organisations_for(WRITE))
    return show(
        "learning/org_lesson.html", status, lesson=one, course_id=course_id, form=form if one.state in acts.OWN else None, error=error,
        shown=shown(one), bounds=bounds(),
    )


def shown(one: LessonLine) -> list[Markup]:
    """A text, part by part."""
    if one.kind != LessonKind.TEXT:
        return []
    return [Markup(part) for part in parts(one.body)]  # noqa: S704 - made by rules.texts, which lets no HTML of others through


@room.get("/org/lesson-files/<lesson_id>", may=WRITE)
def own_lesson_file(lesson_id: str) -> ResponseReturnValue:
    """The file of a lesson of one's own."""
    return give(queries.lesson(db(), lesson_id, me().actor.organisations_for(WRITE)))


@room.post("/org/lessons/<course_id>/<lesson_id>/move", does=acts.move)
def move_lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    perform(acts.move, OrderForm().key.data, lesson_id=lesson_id, up=request.form.get("way") == "up")
    return go("learning.course_lessons", course_id=course_id)


@room.post("/org/lessons/<course_id>/<lesson_id>/withdraw", does=acts.withdraw)
def withdraw_lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    perform(acts.withdraw, OrderForm().key.data, lesson_id=lesson_id)
    tell("课件已下架；已计的学时不变", "The lesson is withdrawn; what was credited stays")
    return go("learning.course_lessons", course_id=course_id)


@room.post("/org/lessons/<course_id>/submit", does=acts.submit)
def submit_lessons(course_id: str) -> ResponseReturnValue:
    done = perform(acts.submit, OrderForm().key.data, course_id=course_id)
    tell(f"已送审 {done.count} 个课件", f"{done.count} lessons were handed in")
    return go("learning.course_lessons", course_id=course_id)
