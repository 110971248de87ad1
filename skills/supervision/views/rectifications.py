"""What bodies are to put right: the authority orders and checks again, the body answers."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import make_response, request, send_file
from flask.typing import ResponseReturnValue

from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.kernel.shots import KINDS, Photo, put_in
from skills.standards.queries import value
from skills.supervision.actions import rectifications as actions
from skills.supervision.forms import AnswerForm, OrderToRectifyForm, RecheckForm
from skills.supervision.queries import rectifications as queries
from skills.supervision.queries.rectifications import SHELF
from skills.supervision.views.words import room
from skills.web.pages import db, go, me, perform, say, settings, show, tell, today, tool

SEE, ANSWER = "rectification.see", actions.ANSWER


def bounds() -> dict[str, Any]:
    """Whose orders the visitor may see: of the authority's districts, or of one's bodies."""
    actor = me().actor
    if actor.may_unbound(SEE):
        return {"districts": actor.districts_for(SEE)}
    return {"bodies": actor.organisations_for(SEE)}


def _desk(form: OrderToRectifyForm, status: int) -> ResponseReturnValue:
    held = queries.suspended(db(), me().actor.districts_for(SEE)) if me().actor.may_unbound(actions.ORDER) else []
    form.body.choices = [(line.organisation_id, line.body) for line in held]
    return show("supervision/rectifications.html", status, lines=queries.listing(db(), today(), **bounds()), form=form, held=held, org=False)


@room.get("/gov/rectifications", may=SEE, name="rectifications")
def listing() -> ResponseReturnValue:
    """Orders within the visitor's districts, the open and overdue ones first."""
    return _desk(OrderToRectifyForm(), 200)


@room.post("/gov/rectifications", does=actions.order, name="order")
def order() -> ResponseReturnValue:
    form = OrderToRectifyForm()
    if not form.validate():
        return _desk(form, 422)
    done = perform(
        actions.order, form.key.data, organisation_id=form.body.data or request.form.get("body", ""), text=form.text.data,
        days=form.days.data or 0, supervision_id=request.form.get("supervision") or None,
    )  # fmt: skip
    tell("已责令整改，机构已收到通知", "Ordered; the body was told")
    return go("supervision.rectification", rectification_id=done.rectification_id)


@room.get("/gov/rectifications/<rectification_id>", may=SEE, name="rectification")
def one(rectification_id: str) -> ResponseReturnValue:
    return _page(rectification_id, RecheckForm(), 200)


def _page(rectification_id: str, form: RecheckForm, status: int) -> ResponseReturnValue:
    found = queries.page(db(), rectification_id, today(), **bounds())
    may = {
        "recheck": found.line.state == "answered" and me().actor.may(actions.RECHECK) and found.orderer != me().actor.account,
        "answer": False,
    }
    return show("supervision/rectification.html", status, r=found, form=form, may=may, org=False)


@room.post("/gov/rectifications/<rectification_id>/recheck", does=actions.recheck, name="recheck")
def recheck(rectification_id: str) -> ResponseReturnValue:
    form = RecheckForm()
    if not form.validate():
        return _page(rectification_id, form, 422)
    perform(
        actions.recheck, form.key.data, rectification_id=rectification_id, done=form.done.data == "yes", text=form.text.data,
        days=form.days.data or 0,
    )  # fmt: skip
    tell("复查结果已记录", "The re-check is on record")
    return go("supervision.rectification", rectification_id=rectification_id)


@room.get("/ent/rectifications", may=ANSWER, name="own_rectifications")
def own_listing() -> ResponseReturnValue:
    """What one's bodies are to put right."""
    lines = queries.listing(db(), today(), bodies=me().actor.organisations_for(ANSWER))
    return show("supervision/rectifications.html", lines=lines, org=True, held=[], form=OrderToRectifyForm())


@room.get("/ent/rectifications/<rectification_id>", may=ANSWER, name="own_rectification")
def own(rectification_id: str) -> ResponseReturnValue:
    return _own_page(rectification_id, AnswerForm(), 200)


def _own_page(rectification_id: str, form: AnswerForm, status: int) -> ResponseReturnValue:
    found = queries.page(db(), rectification_id, today(), bodies=me().actor.organisations_for(ANSWER))
    may = {"recheck": False, "answer": found.line.state == "ordered"}
    return show("supervision/rectification.html", status, r=found, form=form, may=may, org=True)


@room.post("/ent/rectifications/<rectification_id>/answer", does=actions.answer, name="answer")
def answer(rectification_id: str) -> ResponseReturnValue:
    form = AnswerForm()
    found = [f.stream.read() for f in request.files.getlist("photos") if f.filename]
    if not form.validate() or not found:
        if not found:
            form.photos.errors = (say("请上传能证明整改的照片", "Add pictures that show what was done"),)
        return _own_page(rectification_id, form, 422)
    photos = taken(rectification_id, form.key.data or "", found)
    perform(actions.answer, form.key.data, rectification_id=rectification_id, text=form.text.data, photos=photos)
    tell("已报告整改，等待复查", "Reported; it waits for the re-check")
    return go("supervision.own_rectification", rectification_id=rectification_id)


def taken(rectification_id: str, key: str, found: list[bytes]) -> tuple[Photo, ...]:
    """Pictures of this request, judged, sealed and stored. Raises as `put_in` does."""
    queries.page(db(), rectification_id, today(), bodies=me().actor.organisations_for(ANSWER))
    most = int(value(db(), "supervision.photos", today())["bytes"])
    return put_in(tool(Box), SHELF, settings().files_dir, f"{rectification_id}:{key}", found, most)


@room.get("/gov/rectifications/<rectification_id>/photos/<photo_id>", may=SEE, name="proof")
def proof(rectification_id: str, photo_id: str) -> ResponseReturnValue:
    """The bytes of a picture, which nobody on the way keeps."""
    if not me().actor.may_unbound(SEE):
        raise Missing("rectification.unknown")
    queries.page(db(), rectification_id, today(), **bounds())
    kind, data = queries.photo(db(), tool(Box), settings().files_dir, rectification_id, photo_id)
    answer = make_response(send_file(BytesIO(data), KINDS[kind], as_attachment=True, download_name=f"{photo_id}.{kind}"))
    answer.headers["Cache-Control"] = "no-store"
    return answer
