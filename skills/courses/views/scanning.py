"""At an institution's counter: choose the class, read the holder's code, compare, confirm."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import current_app, make_response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.courses.actions import scanning
from skills.courses.actions.enrolments import Enrolled
from skills.courses.actions.scanning import Presented
from skills.courses.queries import classes
from skills.courses.views.words import room
from skills.credentials.inspection import pictures
from skills.kernel.acts import Action
from skills.kernel.errors import Refusal
from skills.vouchers.actions.codes import SCAN, place_lock
from skills.vouchers.queries.codes import locked_until
from skills.vouchers.rules import codes as rule
from skills.web import i18n
from skills.web.doorman import Assets
from skills.web.forms import OrderForm
from skills.web.limits import limiter
from skills.web.openapi import request_key
from skills.web.pages import db, fresh_key, lang, me, office, perform, say, show, today

R = TypeVar("R")
CAMERA = "camera=(self), microphone=(), geolocation=()"


@room.get("/org/scan", may=SCAN, name="scan")
def scan() -> ResponseReturnValue:
    """Which class, and the code: by camera, from a picture, or typed."""
    return _ask(request.args.get("class", "")[:26])


@room.post("/org/scan", does=scanning.present, name="read_code")
@limiter.limit("30 per minute")
def read() -> ResponseReturnValue:
    """Read the code and show what is needed to be sure."""
    form = OrderForm()
    class_id, typed = request.form.get("class_id", "")[:26], request.form.get("code", "")[:400].strip()
    picture = request.files.get("photo")
    if picture is not None and picture.filename:
        typed = _in_picture(picture.read())
        if not typed:
            return _ask(class_id, say("照片里没有读到券码，请重拍或输入八个字符。", "No code was found in the picture: take it again, or type it."))
    if not class_id:
        return _ask(class_id, say("请先选择班级。", "Choose the class first."))
    if not typed:
        return _ask(class_id, say("请扫码，或输入八个字符。", "Scan the code, or type its eight characters."))
    try:
        found = _tried(scanning.present, form.key.data, class_id=class_id, code=typed)
    except Refusal as no:
        told = i18n.tell_refusal(no, lang())
        if not no.code.startswith(("voucher_code.", "enrolment.")):
            raise
        return _ask(class_id, told=told, status=404 if no.code == "voucher_code.unknown" else 409)
    return show("courses/scan_confirm.html", found=found, class_id=class_id, key=fresh_key())


@room.post("/org/scan/confirm", does=scanning.confirm, name="confirm_code")
@limiter.limit("30 per minute")
def confirm() -> ResponseReturnValue:
    """The place is taken and the voucher used, in the holder's name."""
    class_id = request.form.get("class_id", "")[:26]
    done = _tried(
        scanning.confirm, OrderForm().key.data, class_id=class_id, code_id=request.form.get("code_id", "")[:26]
    )
    held = classes.class_of(db(), class_id, me().actor.organisations_for(SCAN))
    return show("courses/scan_done.html", done=done, held=held)


class CodeBody(BaseModel):
    """The code that a holder shows (typed, or all that the QR code holds), and for which class of one's own."""

    class_id: str = Field(max_length=26)
    code: str = Field(max_length=400)


class ConfirmBody(BaseModel):
    """The class for which the code was read."""

    class_id: str = Field(max_length=26)


@room.api("POST", "/org/codes", does=scanning.present, body=CodeBody, answers=Presented, status=201)
@limiter.limit("30 per minute")
def present_code(body: CodeBody) -> Presented:
    """Read the code that a holder shows; nothing is taken yet."""
    return _tried(scanning.present, request_key(), class_id=body.class_id, code=body.code)


@room.api("POST", "/org/codes/<code_id>/confirm", does=scanning.confirm, body=ConfirmBody, answers=Enrolled, status=201)
@limiter.limit("30 per minute")
def confirm_presented(code_id: str, body: ConfirmBody) -> Enrolled:
    """Take the place for the holder and use the voucher, in one act."""
    return _tried(scanning.confirm, request_key(), class_id=body.class_id, code_id=code_id)


def _tried(work: Action[Any, R], key: str | None, *, class_id: str, **order: str) -> R:
    """Perform it for the institution of the class; after a miss ask whether that was one too many."""
    organisation = classes.class_of(db(), class_id, me().actor.organisations_for(SCAN)).institution_id
    try:
        return perform(work, key, organisation_id=organisation, class_id=class_id, **order)
    except Refusal as no:
        if no.code in rule.MISSES:
            locked = perform(place_lock, organisation_id=organisation)
            if locked.until is not None:
                raise Refusal("voucher_code.locked", until=locked.until) from no
        raise


def _ask(class_id: str, problem: str = "", told: i18n.Told | None = None, status: int = 0) -> ResponseReturnValue:
    mine = me().actor.organisations_for(SCAN)
    opened = classes.filling(db(), mine, today())
    now = office().clock.now()
    locks = {c.institution_id: locked_until(db(), c.institution_id, me().actor.account, now) for c in opened}
    assets: Assets = current_app.extensions["assets"]
    page = show(
        "courses/scan.html", status or (422 if problem else 200), classes=opened, chosen=class_id, problem=problem, told=told,
        locked=next((until for until in locks.values() if until), None), key=fresh_key(), scanner=assets.has("vendor/jsQR.js"),
    )  # fmt: skip
    response = make_response(page)
    response.headers["Permissions-Policy"] = CAMERA
    return response


def _in_picture(data: bytes) -> str:
    """The first text in a picture that has the shape of a code. The picture is not kept."""
    return next((text for text in pictures.codes(data) if rule.halves(text)), "")
