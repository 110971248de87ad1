"""The institution: what was found in its classes, its signature, its answer, its report."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.inspections.actions import closing, visits
from skills.inspections.actions.visits import OWN
from skills.inspections.forms import SignatureForm, WordsForm
from skills.inspections.queries import visits as queries
from skills.inspections.views.gov import picture
from skills.inspections.views.words import room
from skills.kernel.acts import Action
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today


def _own() -> frozenset[str]:
    return me().actor.organisations_for(OWN)


@room.get("/org/inspections", may=OWN, name="own_list")
def own_list() -> ResponseReturnValue:
    """Inspections of one's classes, once the inspector stood in the room."""
    return show(
        "inspections/own.html", open=queries.listing(db(), today(), institutions=_own()),
        over=queries.listing(db(), today(), institutions=_own(), closed=True),
    )  # fmt: skip


@room.get("/org/inspections/<inspection_id>", may=OWN, name="own")
def own(inspection_id: str) -> ResponseReturnValue:
    found = queries.inspection(db(), inspection_id, today(), institutions=_own())
    state = found.line.state
    may = {"sign": state == "signed", "answer": state in ("found", "ordered", "rectified", "proposed"), "report": state == "ordered"}
    return show("inspections/one.html", i=found, may=may, form=WordsForm(), ending=SignatureForm(), org=True)


@room.get("/org/inspections/<inspection_id>/photos/<photo_id>", may=OWN, name="own_photo")
def own_photo(inspection_id: str, photo_id: str) -> ResponseReturnValue:
    queries.inspection(db(), inspection_id, today(), institutions=_own())
    return picture(inspection_id, photo_id)


def _act(work: Action[..., Any], inspection_id: str, zh: str, en: str) -> ResponseReturnValue:
    perform(work, OrderForm().key.data, inspection_id=inspection_id, text=request.form.get("text", ""))
    tell(zh, en)
    return go("inspections.own", inspection_id=inspection_id)


@room.post("/org/inspections/<inspection_id>/sign", does=visits.countersign, name="countersign")
def countersign(inspection_id: str) -> ResponseReturnValue:
    return _act(visits.countersign, inspection_id, "已签字", "Signed")


@room.post("/org/inspections/<inspection_id>/answer", does=closing.answer, name="answer")
def answer(inspection_id: str) -> ResponseReturnValue:
    return _act(closing.answer, inspection_id, "说明已提交", "Your answer was handed in")


@room.post("/org/inspections/<inspection_id>/report", does=closing.report, name="report")
def report(inspection_id: str) -> ResponseReturnValue:
    return _act(closing.report, inspection_id, "整改情况已报告", "Reported as rectified")
