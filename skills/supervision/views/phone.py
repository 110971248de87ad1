"""The supervisor's phone: my exams, pictures, the list, signing, stepping back."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.kernel.box import Box
from skills.kernel.shots import Photo, put_in
from skills.standards.queries import value
from skills.supervision.actions import draws, reports
from skills.supervision.actions.reports import REPORT, ItemAnswer
from skills.supervision.forms import PhotoForm, WordsForm
from skills.supervision.queries import supervisions as queries
from skills.supervision.queries.pool import SHELF
from skills.supervision.queries.supervisions import SupervisionPage
from skills.supervision.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, settings, show, tell, today, tool


def mine(supervision_id: str) -> SupervisionPage:
    """One's own supervision. Raises Missing("supervision.unknown")."""
    return queries.page(db(), supervision_id, today(), supervisor=me().actor.account)


@room.get("/exam/supervision", may=REPORT, name="mine")
def listing() -> ResponseReturnValue:
    """The exams that I was drawn for."""
    return show("supervision/mine.html", lines=queries.listing(db(), supervisor=me().actor.account))


@room.get("/exam/supervision/<supervision_id>", may=REPORT, name="visit")
def visit(supervision_id: str) -> ResponseReturnValue:
    return show("supervision/visit.html", s=mine(supervision_id), photos=PhotoForm(), words=WordsForm(), day=today())


@room.post("/exam/supervision/<supervision_id>/photos", does=reports.add_photos, name="add_photos")
def add_photos(supervision_id: str) -> ResponseReturnValue:
    form = PhotoForm()
    found = [f.stream.read() for f in request.files.getlist("photos") if f.filename]
    perform(reports.add_photos, form.key.data, supervision_id=supervision_id, photos=taken(supervision_id, form.key.data or "", found))
    tell(f"已上传 {len(found)} 张", f"{len(found)} taken in")
    return go("supervision.visit", supervision_id=supervision_id)


def taken(supervision_id: str, key: str, found: list[bytes]) -> tuple[Photo, ...]:
    """Pictures of this request, judged, sealed and stored. Raises as `put_in` does."""
    mine(supervision_id)
    most = int(value(db(), "supervision.photos", today())["bytes"])
    return put_in(tool(Box), SHELF, settings().files_dir, f"{supervision_id}:{key}", found, most)


@room.post("/exam/supervision/<supervision_id>/sign", does=reports.sign, name="sign")
def sign(supervision_id: str) -> ResponseReturnValue:
    found = mine(supervision_id)
    answers = (
        ItemAnswer(i.code, request.form.get(f"item-{i.code}", ""), request.form.get(f"remark-{i.code}", "")) for i in found.items
    )
    done = perform(
        reports.sign, OrderForm().key.data, supervision_id=supervision_id, answers=tuple(a for a in answers if a.answer),
        remark=request.form.get("remark", ""),
    )  # fmt: skip
    tell(f"报告已签字，发现 {len(done.findings)} 个问题", f"The report is signed: {len(done.findings)} findings")
    return go("supervision.visit", supervision_id=supervision_id)


@room.post("/exam/supervision/<supervision_id>/step-back", does=draws.step_back, name="step_back")
def step_back(supervision_id: str) -> ResponseReturnValue:
    perform(draws.step_back, OrderForm().key.data, supervision_id=supervision_id, reason=request.form.get("text", ""))
    tell("已回避，由种子顺位的下一位督导", "You stepped back; the next by the seed watches it")
    return go("supervision.mine")
