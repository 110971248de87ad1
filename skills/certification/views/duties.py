"""The staff of an exam: who serves, who replaces whom; one's own duties, and what an examiner declares."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import duties
from skills.certification.actions.duties import REPLACED, Said
from skills.certification.forms.duties import ReplaceForm
from skills.certification.queries import duties as queries
from skills.certification.queries import exams
from skills.certification.queries.duties import SEE
from skills.certification.rules.duties import TIE_WORDS
from skills.certification.views.words import room
from skills.kernel.errors import Missing
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today

SEE_PLANS = "plan.see"


@room.get("/ent/plans/<sitting_id>/staff", may=SEE_PLANS, name="exam_staff")
def exam_staff(sitting_id: str) -> ResponseReturnValue:
    return _staff(sitting_id)


@room.post("/ent/plans/<sitting_id>/staff/<duty_id>", does=duties.replace, name="replace_duty")
def replace_duty(sitting_id: str, duty_id: str) -> ResponseReturnValue:
    """Name somebody else for a duty."""
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for("plan.make"))
    held = next((d for d in queries.duties_of(db(), sitting_id) if d.id == duty_id), None)
    if held is None:
        raise Missing("sitting_duty.unknown")
    form = ReplaceForm(queries.could_serve(db(), line.organisation_id)[held.duty], prefix=f"d{duty_id}-")
    if not form.validate_on_submit():
        return _staff(sitting_id, 422, {duty_id: form})
    perform(
        duties.replace, form.key.data, sitting_id=sitting_id, duty_id=duty_id, account_id=form.account_id.data, reason=form.reason.data
    )
    tell("已更换，两人都已收到消息", "Replaced; both are told")
    return go("certification.exam_staff", sitting_id=sitting_id)


@room.get("/exam/duties", may=SEE, name="own_duties")
def own_duties() -> ResponseReturnValue:
    return _own()


@room.get("/ent/duties", may=SEE, name="own_duties_at_body")
def own_duties_at_body() -> ResponseReturnValue:
    return _own()


@room.get("/exam/duties/<sitting_id>", may=SEE, name="declaration")
def declaration(sitting_id: str) -> ResponseReturnValue:
    """The candidates of an exam, for the examiner to say to whom of them they are too near."""
    asked = queries.judged_by(db(), sitting_id, me().actor.account)
    return show("certification/declaration.html", s=exams.sitting(db(), sitting_id), asked=asked, kinds=TIE_WORDS)


@room.post("/exam/duties/<sitting_id>", does=duties.declare, name="declare_ties")
def declare_ties(sitting_id: str) -> ResponseReturnValue:
    form = OrderForm()
    said = tuple(Said(name.removeprefix("tie-"), kind) for name, kind in request.form.items() if name.startswith("tie-") and kind)
    done = perform(duties.declare, form.key.data, sitting_id=sitting_id, ties=said)
    if done.ties:
        tell(f"已声明：应当回避 {done.ties} 人，机构会更换考评人员", f"Declared: {done.ties} ties; the body names another examiner")
    else:
        tell(f"已声明：与 {done.of} 名考生均无须回避", f"Declared: no ties to any of {done.of} candidates")
    return go("certification.own_duties")


def _own() -> ResponseReturnValue:
    found = queries.own_duties(db(), me().actor.account)
    lines = {one.sitting_id: exams.sitting(db(), one.sitting_id) for one in found}
    return show("certification/duties.html", duties=[(one, lines[one.sitting_id]) for one in found])


def _staff(sitting_id: str, status: int = 200, wrong: Mapping[str, ReplaceForm] = MappingProxyType({})) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS))
    able = queries.could_serve(db(), line.organisation_id)
    held = queries.duties_of(db(), line.id)
    change = line.state in REPLACED and me().actor.may("plan.make")
    forms = {d.id: wrong.get(d.id) or ReplaceForm(able[d.duty], formdata=None, prefix=f"d{d.id}-") for d in held if change}
    verdict = queries.free_of(db(), line.id, today()) if line.state in queries.UPCOMING else None
    return show("certification/staff.html", status, s=line, duties=held, forms=forms, wrong=wrong, verdict=verdict)
