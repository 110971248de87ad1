"""The comprehensive review: the candidate's files, the times of the defences, what the panel reads."""

from __future__ import annotations

from datetime import time
from io import BytesIO

from flask import make_response, request, send_file
from flask.typing import ResponseReturnValue
from pydantic import Base64Bytes, BaseModel, Field

from skills.certification.actions import defences
from skills.certification.actions.defences import HandedIn, Timed
from skills.certification.actions.panels import MARK
from skills.certification.forms.defences import TimesForm
from skills.certification.queries import defences as queries
from skills.certification.queries import exams
from skills.certification.queries.defences import FOLDER, REVIEW_FILE, DefenceLine, OwnDefence
from skills.certification.queries.rooms import rooms_of
from skills.certification.views.words import box, room
from skills.kernel.errors import Missing
from skills.kernel.files import PAPERS
from skills.records.actions import Paper
from skills.records.papers import put_in
from skills.standards.queries import value
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import db, go, me, perform, settings, show, tell, today

SEE_PLANS = "plan.see"


class FilesBody(BaseModel):
    """PDF, JPEG or PNG in base64."""

    papers: list[Base64Bytes] = Field(max_length=5)


class TimesBody(BaseModel):
    """Room by its place in the plan, the first beginning in Shanghai, minutes for each."""

    position: int = Field(ge=1, le=60)
    begins: time
    minutes: int = Field(ge=1, le=720)


@room.post("/me/applications/<application_id>/review-files", does=defences.hand_in, name="hand_in")
def hand_in(application_id: str) -> ResponseReturnValue:
    """Hand in files for one's own comprehensive review."""
    key = OrderForm().key.data or ""
    sent = [f.stream.read() for f in request.files.getlist("papers") if f.filename]
    perform(defences.hand_in, key, application_id=application_id, papers=_put_in(key, sent))
    tell("材料已提交", "Handed in")
    return go("certification.my_exam", application_id=application_id)


@room.post("/me/review-files/<file_id>/take-back", does=defences.take_back, name="take_file_back")
def take_file_back(file_id: str) -> ResponseReturnValue:
    """Take one's own file back."""
    perform(defences.take_back, OrderForm().key.data, file_id=file_id)
    tell("已撤回", "Taken back")
    return go("certification.my_exams")


@room.get("/me/review-files/<file_id>", may="application.file", name="own_review_file")
def own_review_file(file_id: str) -> ResponseReturnValue:
    """One's own file."""
    return _file(*queries.own_file(db(), box(), settings().files_dir, me().person_id, file_id))


@room.get("/exam/panel/<sitting_id>/files/<file_id>", may=MARK, name="judged_file")
def judged_file(sitting_id: str, file_id: str) -> ResponseReturnValue:
    """A candidate's file, for an examiner of the panel."""
    return _file(*queries.judged_file(db(), box(), settings().files_dir, sitting_id, me().actor.account, file_id))


@room.get("/ent/plans/<sitting_id>/defences", may=SEE_PLANS, name="exam_defences")
def exam_defences(sitting_id: str) -> ResponseReturnValue:
    return _defences(sitting_id, TimesForm(rooms_of(db(), sitting_id), formdata=None, data={"minutes": 30}))


@room.post("/ent/plans/<sitting_id>/defences", does=defences.set_times, name="set_times")
def set_times(sitting_id: str) -> ResponseReturnValue:
    """Set the times of all defences."""
    form = TimesForm(rooms_of(db(), sitting_id))
    if not form.validate_on_submit():
        return _defences(sitting_id, form, 422)
    done = perform(
        defences.set_times, form.key.data, sitting_id=sitting_id, position=int(form.position.data), begins=f"{form.begins.data:%H:%M}",
        minutes=form.minutes.data,
    )  # fmt: skip
    tell(f"已排定 {done.count} 人的答辩时间，考生已收到通知", f"{done.count} defences have their time; candidates are told")
    return go("certification.exam_defences", sitting_id=sitting_id)


@room.api("GET", "/applications/<application_id>/defence", may="application.file", answers=OwnDefence)
def api_own_defence(application_id: str) -> OwnDefence:
    """One's own comprehensive review: files handed in, and the time of the defence."""
    found = queries.own_defence(db(), exams.my_exam(db(), me().person_id, application_id).id)
    if found is None:
        raise Missing("review_file.unknown")
    return found


@room.api("POST", "/applications/<application_id>/review-files", does=defences.hand_in, body=FilesBody, answers=HandedIn, status=201)
def api_hand_in(application_id: str, body: FilesBody) -> HandedIn:
    """Hand in files for one's own comprehensive review."""
    papers = _put_in(request_key(), list(body.papers))
    return perform(defences.hand_in, request_key(), application_id=application_id, papers=papers)


@room.api("POST", "/review-files/<file_id>/take-back", does=defences.take_back, answers=None)
def api_take_back(file_id: str) -> None:
    """Take one's own file back."""
    perform(defences.take_back, request_key(), file_id=file_id)


@room.api("GET", "/plans/<sitting_id>/defences", may=SEE_PLANS, answers=list[DefenceLine], by=("application_id",))
def api_defences(sitting_id: str) -> list[DefenceLine]:
    """Who of an exam of one's own has handed in and when each defends, by seat."""
    return queries.defences(db(), exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS)).id)


@room.api("POST", "/plans/<sitting_id>/defences", does=defences.set_times, body=TimesBody, answers=Timed)
def api_set_times(sitting_id: str, body: TimesBody) -> Timed:
    """Set the times of all defences in one room, by seat one after another."""
    order = {"position": body.position, "begins": f"{body.begins:%H:%M}", "minutes": body.minutes}
    return perform(defences.set_times, request_key(), sitting_id=sitting_id, **order)


def _put_in(key: str, found: list[bytes]) -> tuple[Paper, ...]:
    limits = value(db(), "exam.review_files", today())
    return put_in(
        box(), settings().files_dir, key, found, int(limits["bytes"]), me().person_id, FOLDER, REVIEW_FILE, int(limits["most"])
    )


def _file(kind: str, data: bytes) -> ResponseReturnValue:
    """A file as a download, never shown inside the site and kept by nobody on the way."""
    answer = make_response(send_file(BytesIO(data), PAPERS[kind], as_attachment=True, download_name=f"review.{kind}"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _defences(sitting_id: str, form: TimesForm, status: int = 200) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS))
    may_set = line.state == "seated" and me().actor.may("plan.make")
    return show("certification/defences.html", status, s=line, lines=queries.defences(db(), line.id), form=form if may_set else None)
