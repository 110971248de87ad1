"""An examiner's own marks, and what the body sees of a panel: how far it is, and where examiners lie far apart."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import panels
from skills.certification.actions.panels import MARK
from skills.certification.actions.scores import Typed
from skills.certification.forms import ReasonForm
from skills.certification.queries import exams
from skills.certification.queries import panels as queries
from skills.certification.queries.defences import files_of
from skills.certification.rules.exams import Section
from skills.certification.views.words import room
from skills.kernel.errors import Refusal
from skills.records.rules.marks import read_typed
from skills.web import i18n
from skills.web.pages import db, go, lang, me, perform, show, tell


@room.get("/exam/panel/<sitting_id>/<section>", may=MARK, name="panel_sheet")
def panel_sheet(sitting_id: str, section: str) -> ResponseReturnValue:
    return _sheet(sitting_id, section, {}, {})


@room.post("/exam/panel/<sitting_id>/<section>", does=panels.mark, name="give_marks")
def give_marks(sitting_id: str, section: str) -> ResponseReturnValue:
    """Take one's own marks; a bad line is shown at its place and nothing is written."""
    form = ReasonForm()
    sheet = queries.own_sheet(db(), sitting_id, section, me().actor.account)
    typed = {name.removeprefix("mark-"): text.strip(" ") for name, text in request.form.items() if name.startswith("mark-")}
    wrong: dict[str, i18n.Sentence] = {}
    for application_id, text in typed.items():
        try:
            if text:
                read_typed(text, sheet.step)
        except Refusal as refusal:
            wrong[application_id] = i18n.sentence(refusal.code, refusal.facts, lang())
    if wrong:
        return _sheet(sitting_id, section, typed, wrong, 422)
    lines = tuple(Typed(application_id, text) for application_id, text in typed.items() if text)
    done = perform(panels.mark, form.key.data, sitting_id=sitting_id, section=section, lines=lines)
    tell(f"已保存 {done.count} 项", f"{done.count} saved")
    return go("certification.panel_sheet", sitting_id=sitting_id, section=section)


@room.post("/ent/plans/<sitting_id>/panel/<section>/<application_id>", does=panels.let_stand, name="let_stand")
def let_stand(sitting_id: str, section: str, application_id: str) -> ResponseReturnValue:
    """Let marks that lie far apart stand."""
    form = ReasonForm()
    perform(
        panels.let_stand, form.key.data, sitting_id=sitting_id, application_id=application_id, section=section, reason=form.reason.data or ""
    )
    tell("已保留，理由已记录", "They stand; the reason is on record")
    return go("certification.own_plan", sitting_id=sitting_id)


def _sheet(
    sitting_id: str, section: str, typed: dict[str, str], wrong: dict[str, i18n.Sentence], status: int = 200
) -> ResponseReturnValue:
    sheet = queries.own_sheet(db(), sitting_id, section, me().actor.account)
    files = files_of(db(), [line.application_id for line in sheet.lines]) if sheet.section is Section.COMPREHENSIVE else {}
    return show("certification/panel_sheet.html", status, s=exams.sitting(db(), sitting_id), sheet=sheet, typed=typed, wrong=wrong, files=files)
