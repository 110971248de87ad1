"""Photographs for exams and certificates: one's own, those of a body's candidates, at the counter; the same for programs."""

from __future__ import annotations

import base64
import binascii
from datetime import date

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.certification.actions import photos as actions
from skills.certification.actions.photos import ENTER
from skills.certification.queries import exams
from skills.certification.queries import photos as queries
from skills.certification.queries.exams import SittingLine
from skills.certification.queries.photos import CandidatePhoto
from skills.certification.views.words import box, room
from skills.kernel.errors import Missing, Refusal
from skills.people import faces, pictures
from skills.people.actions.counter import SERVE, reason_of
from skills.people.actions.portraits import Brought, PhotoKept
from skills.people.errands import show_desk
from skills.people.queries.portraits import PortraitLine, picture, portrait, terms
from skills.people.rules.counter import CounterReason
from skills.people.rules.portraits import earliest
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import db, go, me, perform, show, tell, today

PAGE = 50  # candidates on a page, each with a form of its own


class PhotoBody(BaseModel):
    """A photograph, JPEG or PNG in base64, and the day on which it was taken."""

    picture: str = Field(max_length=5_600_000)
    taken_on: date


class CounterPhotoBody(PhotoBody):
    """The same of somebody at the counter."""

    reason: CounterReason


class SeenBody(BaseModel):
    """Which photograph was looked at."""

    portrait_id: str = Field(max_length=26)


class CounterSeenBody(SeenBody):
    """The same at the counter."""

    reason: CounterReason


def brought(data: bytes, taken_on: date) -> Brought:
    """A picture that was sent, read safely, with what the machine found in it. Raises Refusal("portrait.…")."""
    sent = pictures.read(data)
    return Brought(pictures.kept(sent), sent.width, sent.height, len(data), faces.count(sent), taken_on)


def _sent() -> Brought:
    file, day = request.files.get("photo"), request.form.get("taken_on", "")
    if file is None or not file.filename:
        raise Refusal("portrait.none")
    try:
        taken_on = date.fromisoformat(day)
    except ValueError as error:
        raise Refusal("portrait.no_day") from error
    return brought(file.stream.read(), taken_on)


def _read(body: PhotoBody) -> Brought:
    try:
        return brought(base64.b64decode(body.picture, validate=True), body.taken_on)
    except (binascii.Error, ValueError) as error:
        raise Refusal("portrait.broken") from error


def _jpeg(portrait_id: str) -> Response:
    return Response(picture(db(), box(), portrait_id), mimetype="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _facts(person_id: str) -> dict[str, object]:
    held, limits = portrait(db(), person_id), terms(db(), today())
    since = earliest(today(), limits.months)
    return {
        "p": held, "terms": limits, "state": queries.state_of(held, since), "since": since, "day_now": today(),
        "wanted": queries.wanted_before(db(), today()),
    }  # fmt: skip


def _told(done: PhotoKept) -> None:
    if done.good:
        tell("照片已保存，识别到一张人脸", "The photograph is kept; one face was found")
    else:
        tell("照片已保存；还没有识别到人脸，需由工作人员看过才能使用",
             "The photograph is kept; no face was found yet: somebody has to look at it", "warn")


@room.get("/me/photo", may="application.file", name="photo")
def mine() -> ResponseReturnValue:
    """One's own photograph, what it has to be, and the form to bring another."""
    return show("certification/photo.html", 200, **_facts(me().person_id))


@room.post("/me/photo", does=actions.put, name="put_photo")
def put() -> ResponseReturnValue:
    _told(perform(actions.put, OrderForm().key.data, brought=_sent()))
    return go("certification.photo")


@room.get("/me/photo/<portrait_id>.jpg", may="application.file", name="photo_file")
def mine_file(portrait_id: str) -> ResponseReturnValue:
    """One's own photograph that counts; by its id, so that a browser shows the new one."""
    held = portrait(db(), me().person_id)
    if held is None or held.id != portrait_id:
        raise Missing("portrait.unknown")
    return _jpeg(held.id)


@room.get("/ent/plans/<sitting_id>/photos", may=ENTER, name="plan_photos")
def of_plan(sitting_id: str) -> ResponseReturnValue:
    """The photographs of an exam's candidates: what is missing, and the way to bring or look at each."""
    line = _own(sitting_id)
    held = queries.photos(db(), exams.candidates(db(), line), today())
    first = max(0, request.args.get("from", 0, int)) // PAGE * PAGE
    return show(
        "certification/plan_photos.html", 200, s=line, photos=held[first : first + PAGE], first=first, page=PAGE, count=len(held), **_limits(),
        lacking=sum(1 for one in held if one.state != "good"), wanted=queries.wanted_before(db(), today()),
    )  # fmt: skip


@room.post("/ent/plans/<sitting_id>/photos/<application_id>", does=actions.put_for_candidate, name="put_candidate_photo")
def put_of_candidate(sitting_id: str, application_id: str) -> ResponseReturnValue:
    key = OrderForm().key.data
    _told(perform(actions.put_for_candidate, key, sitting_id=sitting_id, application_id=application_id, brought=_sent()))
    return go("certification.plan_photos", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/photos/<application_id>/seen", does=actions.see_candidate, name="see_candidate_photo")
def see_of_candidate(sitting_id: str, application_id: str) -> ResponseReturnValue:
    portrait_id = request.form.get("portrait_id", "")
    perform(actions.see_candidate, OrderForm().key.data, sitting_id=sitting_id, application_id=application_id, portrait_id=portrait_id)
    tell("已记录：照片由你看过", "On record: you have looked at the photograph")
    return go("certification.plan_photos", sitting_id=sitting_id)


@room.get("/ent/plans/<sitting_id>/photos/<application_id>.jpg", may=ENTER, name="candidate_photo_file")
def file_of_candidate(sitting_id: str, application_id: str) -> ResponseReturnValue:
    held = _photo(sitting_id, application_id)
    if not held.portrait_id:
        raise Missing("portrait.unknown")
    return _jpeg(held.portrait_id)


@room.get("/gov/people/<person_id>/photo", may=SERVE, name="counter_photo")
def at_counter(person_id: str) -> ResponseReturnValue:
    """The photograph of somebody at the counter."""
    return show_desk("certification/counter_photo.html", person_id, **_facts(person_id))


@room.post("/gov/people/<person_id>/photo", does=actions.put_at_counter, name="put_counter_photo")
def put_counter(person_id: str) -> ResponseReturnValue:
    reason = reason_of(request.form.get("reason", ""))
    _told(perform(actions.put_at_counter, OrderForm().key.data, person_id=person_id, brought=_sent(), reason=reason))
    return go("certification.counter_photo", person_id=person_id)


@room.post("/gov/people/<person_id>/photo/seen", does=actions.see_at_counter, name="see_counter_photo")
def see_counter(person_id: str) -> ResponseReturnValue:
    reason, portrait_id = reason_of(request.form.get("reason", "")), request.form.get("portrait_id", "")
    perform(actions.see_at_counter, OrderForm().key.data, person_id=person_id, portrait_id=portrait_id, reason=reason)
    tell("已记录：照片与本人比对过", "On record: compared with the person")
    return go("certification.counter_photo", person_id=person_id)


@room.get("/gov/people/<person_id>/photo.jpg", may=SERVE, name="counter_photo_file")
def file_at_counter(person_id: str) -> ResponseReturnValue:
    held = portrait(db(), person_id)
    if held is None:
        raise Missing("portrait.unknown")
    return _jpeg(held.id)


def _limits() -> dict[str, object]:
    limits = terms(db(), today())
    return {"terms": limits, "since": earliest(today(), limits.months), "day_now": today()}


def _own(sitting_id: str) -> SittingLine:
    """An exam that is still under way: one that is over is no way to somebody's photograph."""
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(ENTER))
    if line.state in actions.OVER:
        raise Missing("sitting.unknown")
    return line


def _photo(sitting_id: str, application_id: str) -> CandidatePhoto:
    held = queries.photos(db(), exams.candidates(db(), _own(sitting_id)), today())
    found = next((one for one in held if one.application_id == application_id), None)
    if found is None:
        raise Missing("application.unknown")
    return found


@room.api("GET", "/me/photo", may="application.file", answers=PortraitLine)
def api_mine() -> PortraitLine:
    """What is on record of one's own photograph."""
    held = portrait(db(), me().person_id)
    if held is None:
        raise Missing("portrait.unknown")
    return held


@room.api("POST", "/me/photo", does=actions.put, body=PhotoBody, answers=PhotoKept, status=201)
def api_put_photo(body: PhotoBody) -> PhotoKept:
    """Put one's own photograph on record."""
    return perform(actions.put, request_key(), brought=_read(body))


@room.api("GET", "/plans/<sitting_id>/photos", may=ENTER, answers=list[CandidatePhoto], by=("application_id",))
def api_plan_photos(sitting_id: str) -> list[CandidatePhoto]:
    """The photographs of the candidates of an exam of one's own: which are there, and which will do."""
    return queries.photos(db(), exams.candidates(db(), _own(sitting_id)), today())


@room.api("POST", "/plans/<sitting_id>/photos/<application_id>", does=actions.put_for_candidate, body=PhotoBody, answers=PhotoKept, status=201)
def api_put_candidate_photo(sitting_id: str, application_id: str, body: PhotoBody) -> PhotoKept:
    """Put the photograph of a candidate of one's own exam on record."""
    return perform(actions.put_for_candidate, request_key(), sitting_id=sitting_id, application_id=application_id, brought=_read(body))


@room.api("POST", "/plans/<sitting_id>/photos/<application_id>/seen", does=actions.see_candidate, body=SeenBody, answers=PhotoKept)
def api_see_candidate_photo(sitting_id: str, application_id: str, body: SeenBody) -> PhotoKept:
    """Say that one has looked at a candidate's photograph."""
    return perform(
        actions.see_candidate, request_key(), sitting_id=sitting_id, application_id=application_id, portrait_id=body.portrait_id
    )


@room.api("POST", "/people/<person_id>/photo", does=actions.put_at_counter, body=CounterPhotoBody, answers=PhotoKept, status=201)
def api_put_counter_photo(person_id: str, body: CounterPhotoBody) -> PhotoKept:
    """Put the photograph of somebody at the counter on record."""
    return perform(actions.put_at_counter, request_key(), person_id=person_id, brought=_read(body), reason=body.reason)


@room.api("POST", "/people/<person_id>/photo/seen", does=actions.see_at_counter, body=CounterSeenBody, answers=PhotoKept)
def api_see_counter_photo(person_id: str, body: CounterSeenBody) -> PhotoKept:
    """Say that one has compared a photograph with whoever stands at the counter."""
    return perform(actions.see_at_counter, request_key(), person_id=person_id, portrait_id=body.portrait_id, reason=body.reason)
