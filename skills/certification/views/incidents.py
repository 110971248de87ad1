"""违纪: noted from the room, answered on the candidate's page, decided on the body's."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import incidents
from skills.certification.actions.incidents import DECIDE, RAISE
from skills.certification.forms.incidents import AnswerForm, DecisionForm, IncidentForm
from skills.certification.queries import exams
from skills.certification.queries import incidents as queries
from skills.certification.queries.exams import MyExam
from skills.certification.views.words import box, room
from skills.web.pages import db, go, me, perform, show, tell, today


def of_candidate(line: MyExam) -> dict[str, Any]:
    """What a candidate's page shows of misconduct that was noted."""
    return {"incidents": queries.of_candidate(db(), box(), line.id), "incident_form": AnswerForm()}


@room.get("/ent/plans/<sitting_id>/incidents", may=RAISE)
def raise_incident_page(sitting_id: str) -> ResponseReturnValue:
    """Note misconduct of the holder of a ticket."""
    return _raise_page(sitting_id)


@room.post("/ent/plans/<sitting_id>/incidents", does=incidents.raise_incident)
def raise_incident(sitting_id: str) -> ResponseReturnValue:
    """Note misconduct; the candidate is told."""
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(RAISE))
    form = IncidentForm(line.sections, queries.codes_on(db(), today()))
    if not form.validate_on_submit():
        return _raise_page(sitting_id, 422, form)
    done = perform(
        incidents.raise_incident, form.key.data, sitting_id=sitting_id, ticket="".join((form.ticket.data or "").split()).upper(),
        section=form.section.data, code=form.code.data, text=form.text.data or "",
    )  # fmt: skip
    tell(f"已登记，考生可在 {done.answer_by} 前陈述申辩", f"Noted; the candidate is heard until {done.answer_by}")
    return go("certification.own_plan", sitting_id=sitting_id)


@room.post("/me/applications/<application_id>/incidents/<incident_id>", does=incidents.answer, name="answer_incident")
def answer(application_id: str, incident_id: str) -> ResponseReturnValue:
    """Say one's word about misconduct one is told of."""
    form = AnswerForm()
    perform(incidents.answer, form.key.data, incident_id=incident_id, text=form.text.data or "")
    tell("已提交陈述", "Your word is handed in")
    return go("certification.my_exam", application_id=application_id)


@room.get("/ent/plans/<sitting_id>/misconduct", may=DECIDE)
def plan_incidents(sitting_id: str) -> ResponseReturnValue:
    """The misconduct that was noted in an exam, with what candidates say."""
    return _decide_page(sitting_id)


@room.post("/ent/plans/<sitting_id>/misconduct/<incident_id>", does=incidents.decide, name="decide_incident")
def decide(sitting_id: str, incident_id: str) -> ResponseReturnValue:
    """Decide whether it is so."""
    form = DecisionForm()
    if not form.validate_on_submit() or request.form.get("found") not in ("void", "drop"):
        return _decide_page(sitting_id, 422)
    perform(
        incidents.decide, form.key.data, incident_id=incident_id, found=request.form.get("found") == "void", reason=form.reason.data or ""
    )
    tell("已决定，考生已收到通知", "Decided; the candidate is told")
    return go("certification.plan_incidents", sitting_id=sitting_id)


def _raise_page(sitting_id: str, status: int = 200, form: IncidentForm | None = None) -> ResponseReturnValue:
    line, codes = exams.sitting(db(), sitting_id, me().actor.organisations_for(RAISE)), queries.codes_on(db(), today())
    shown = form or IncidentForm(line.sections, codes, data={"ticket": request.args.get("ticket", "")[:26]})
    return show("certification/incident.html", status, s=line, form=shown, codes=codes)


def _decide_page(sitting_id: str, status: int = 200) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(DECIDE))
    return show(
        "certification/incidents.html", status, s=line, found=queries.of_sitting(db(), box(), line.id), form=DecisionForm(),
        own=me().actor.account, today=today(),
    )  # fmt: skip
