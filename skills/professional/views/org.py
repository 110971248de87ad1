"""An organiser: its seminars, their rosters, who took part."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.professional.actions import seminars as acts
from skills.professional.actions.seminars import APPLY
from skills.professional.forms import RosterForm, SeminarForm
from skills.professional.queries import seminars as queries
from skills.professional.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell


def _own() -> frozenset[str]:
    return me().actor.organisations_for(APPLY)


@room.get("/org/seminars", may=APPLY, name="own_seminars")
def own_seminars() -> ResponseReturnValue:
    return _list(SeminarForm(), 200)


def _list(form: SeminarForm, status: int) -> ResponseReturnValue:
    return show("professional/own_seminars.html", status, lines=queries.seminars(db(), _own()), form=form)


@room.post("/org/seminars", does=acts.apply, name="apply")
def apply() -> ResponseReturnValue:
    form = SeminarForm()
    if not form.validate():
        return _list(form, 422)
    done = perform(acts.apply, form.key.data, organiser_id=me().organisation_id, order=form.order())
    tell("已申报，由人力社保局审核", "Applied for; the authority decides")
    return go("professional.own_seminar", seminar_id=done.seminar_id)


@room.get("/org/seminars/<seminar_id>", may=APPLY, name="own_seminar")
def own_seminar(seminar_id: str) -> ResponseReturnValue:
    return _one(seminar_id, RosterForm(), 200)


def _one(seminar_id: str, roster: RosterForm, status: int) -> ResponseReturnValue:
    found = queries.seminar(db(), seminar_id, _own())
    form = SeminarForm()
    if "apply_again" in found.moves and not form.title.data:
        line = found.line
        for name in ("title", "field", "venue", "starts_on", "ends_on", "seats", "hours"):
            form[name].data = getattr(line, name)
        form.plan.data = found.plan
    return show("professional/seminar.html", status, s=found, roster=roster, form=form, org=True, may_decide=False)


@room.post("/org/seminars/<seminar_id>/again", does=acts.apply, name="apply_again")
def apply_again(seminar_id: str) -> ResponseReturnValue:
    form = SeminarForm()
    if not form.validate():
        return _one(seminar_id, RosterForm(), 422)
    organiser = queries.seminar(db(), seminar_id, _own()).line.organiser_id
    perform(acts.apply, form.key.data, organiser_id=organiser, order=form.order(), seminar_id=seminar_id)
    tell("已重新申报", "Applied for again")
    return go("professional.own_seminar", seminar_id=seminar_id)


@room.post("/org/seminars/<seminar_id>/roster", does=acts.enrol, name="enrol")
def enrol(seminar_id: str) -> ResponseReturnValue:
    form = RosterForm()
    if not form.validate():
        return _one(seminar_id, form, 422)
    perform(
        acts.enrol, form.key.data, seminar_id=seminar_id, name=form.name.data, document_kind=form.kind.data, document_number=form.number.data
    )
    tell("已列入名单", "On the roster")
    return go("professional.own_seminar", seminar_id=seminar_id)


@room.post("/org/seminars/<seminar_id>/hold", does=acts.hold, name="hold")
def hold(seminar_id: str) -> ResponseReturnValue:
    perform(acts.hold, OrderForm().key.data, seminar_id=seminar_id, came=tuple(request.form.getlist("came")))
    tell("已结项，学时已计入学员档案", "Held; the hours are on record")
    return go("professional.own_seminar", seminar_id=seminar_id)


@room.post("/org/seminars/<seminar_id>/cancel", does=acts.cancel, name="cancel_seminar")
def cancel(seminar_id: str) -> ResponseReturnValue:
    perform(acts.cancel, OrderForm().key.data, seminar_id=seminar_id, reason=request.form.get("reason", ""))
    tell("研修班已取消", "The seminar was cancelled")
    return go("professional.own_seminar", seminar_id=seminar_id)
