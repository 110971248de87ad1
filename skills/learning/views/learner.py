"""A learner in front of a lesson: works without a script for texts and PDF, resumes where one stopped."""

from __future__ import annotations

from typing import Any

from flask import make_response, request, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from skills.kernel.errors import Missing
from skills.kernel.keys import KeyRing
from skills.learning.actions import studying as acts
from skills.learning.actions.authoring import FOLDER
from skills.learning.actions.studying import STUDYING
from skills.learning.forms import StepForm
from skills.learning.queries import lessons as queries
from skills.learning.queries.lessons import LessonLine, OpenStudy
from skills.learning.rules import questions
from skills.learning.rules.credit import Way
from skills.learning.rules.files import MIMES, LessonKind
from skills.learning.rules.texts import parts
from skills.learning.views.words import room
from skills.standards.queries import value
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, say, settings, show, today, tool


@room.get("/me/lessons", may=STUDYING)
def own_lessons() -> ResponseReturnValue:
    """Every class of one's own with lessons online."""
    return show("learning/own_courses.html", courses=queries.own_courses(db(), me().person_id))


@room.get("/me/lessons/<enrolment_id>", may=STUDYING)
def own_course(enrolment_id: str) -> ResponseReturnValue:
    """The lessons of one place, how far one is in each, what was lost and why."""
    return show("learning/own_course.html", c=queries.own(db(), enrolment_id, me().person_id), form=OrderForm())


@room.post("/me/lessons/<enrolment_id>/<lesson_id>", does=acts.start, name="open_lesson")
def open_lesson(enrolment_id: str, lesson_id: str) -> ResponseReturnValue:
    form = OrderForm()
    done = perform(acts.start, form.key.data, enrolment_id=enrolment_id, lesson_id=lesson_id)
    return go("learning.study", study_id=done.study_id)


@room.get("/me/studies/<study_id>", may=STUDYING)
def study(study_id: str) -> ResponseReturnValue:
    """The lesson itself. Looking changes nothing; the page holds what the next sign of life must show."""
    held = queries.study(db(), study_id, me().person_id)
    ring = tool(KeyRing)
    secret = ring.secret("steps", ring.active("steps").kid)
    form = StepForm()
    form.token.data = questions.token(secret, held.id, held.number + 1, held.last_at) if held.state == "open" else ""
    page = make_response(
        show(
            "learning/study.html", s=held, form=form, asked=asked(secret, held), **reading(held.lesson, held.position),
            beat=value(db(), "learning.beat", today())["seconds"], rate=value(db(), "learning.rate", today()),
        )
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def reading(lesson: LessonLine, position: int) -> dict[str, Any]:
    """What of a text is shown now."""
    if lesson.kind != LessonKind.TEXT:
        return {"part": "", "at": position}
    whole = parts(lesson.body)
    at = min(position, len(whole) - 1)
    return {"part": Markup(whole[at]), "at": at}  # noqa: S704 - made by rules.texts, which lets no HTML of others through


def asked(secret: bytes, held: OpenStudy) -> dict[str, object] | None:
    """The question that waits, in words."""
    if not held.question:
        return None
    right, choices = questions.choices(secret, held.id, held.turn)
    return {
        "id": held.question, "word": say(*questions.WORDS[right]), "choices": [(n, say(*questions.WORDS[n])) for n in choices],
        "until": held.answer_by,
    }  # fmt: skip


@room.post("/me/studies/<study_id>/step", does=acts.beat, name="step")
def step(study_id: str) -> ResponseReturnValue:
    """On to another part or page, by hand."""
    form = StepForm()
    perform(acts.beat, form.key.data, study_id=study_id, token=form.token.data or "", position=form.position.data or 0, way=Way.STEP)
    return go("learning.study", study_id=study_id)


@room.post("/me/studies/<study_id>/answer", does=acts.answer, name="answer")
def answer(study_id: str) -> ResponseReturnValue:
    form = OrderForm()
    word = request.form.get("word", "")
    perform(
        acts.answer, form.key.data, study_id=study_id, question_id=request.form.get("question", "")[:26],
        word=int(word) if word.isdecimal() and len(word) < 4 else -1,
    )
    return go("learning.study", study_id=study_id)


@room.post("/me/studies/<study_id>/leave", does=acts.leave, name="leave")
def leave(study_id: str) -> ResponseReturnValue:
    form = StepForm()
    held = queries.study(db(), study_id, me().person_id)
    if held.state == "open":
        perform(acts.leave, form.key.data, study_id=study_id, token=form.token.data or "", position=form.position.data or 0)
    return go("learning.own_course", enrolment_id=held.enrolment_id)


@room.get("/me/lesson-files/<lesson_id>", may=STUDYING)
def lesson_file(lesson_id: str) -> ResponseReturnValue:
    """A lesson's file, in ranges as a player asks for them."""
    return give(queries.file_for(db(), lesson_id, me().person_id))


def give(lesson: LessonLine) -> ResponseReturnValue:
    """The file of a lesson. Raises Missing("lesson.unknown") if it is not there."""
    path = settings().files_dir / FOLDER / lesson.digest
    if not lesson.digest or not path.is_file():
        raise Missing("lesson.unknown")
    response = send_file(path, mimetype=MIMES[LessonKind(lesson.kind)], conditional=True, etag=lesson.digest)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
