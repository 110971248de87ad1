"""Score entry: one section as a table for the keyboard; each typist sees only the own entry."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import scores
from skills.certification.actions.scores import Typed
from skills.certification.queries import exams
from skills.certification.states import SittingState
from skills.certification.views.words import room
from skills.kernel.errors import Refusal
from skills.records.rules.marks import read_typed
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import db, go, lang, me, perform, show, tell

ENTER = "score.enter"


@room.get("/exam/scores", may=ENTER)
def score_sheets() -> ResponseReturnValue:
    """The exams whose scores can be typed."""
    mine = exams.of_bodies(db(), me().actor.organisations_for(ENTER), (SittingState.HELD,))
    return show("certification/sheets.html", sittings=[(s, exams.sheets(db(), s)) for s in mine])


@room.get("/exam/scores/<sitting_id>/<section>", may=ENTER)
def score_sheet(sitting_id: str, section: str) -> ResponseReturnValue:
    return _sheet(sitting_id, section, {}, {})


@room.post("/exam/scores/<sitting_id>/<section>", does=scores.enter, name="enter_scores")
def enter_scores(sitting_id: str, section: str) -> ResponseReturnValue:
    """Take what was typed; a bad line is shown at its place and nothing is written."""
    form = OrderForm()
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(ENTER))
    typed = {
        name.removeprefix("mark-"): text.strip(" ") for name, text in request.form.items() if name.startswith("mark-")
    }
    wrong: dict[str, i18n.Sentence] = {}
    for application_id, text in typed.items():
        try:
            if text:
                read_typed(text, line.step(section))
        except Refusal as refusal:
            wrong[application_id] = i18n.sentence(refusal.code, refusal.facts, lang())
    if wrong:
        return _sheet(sitting_id, section, typed, wrong, 422)
    lines = tuple(Typed(application_id, text) for application_id, text in typed.items() if text)
    done = perform(scores.enter, form.key.data, sitting_id=sitting_id, section=section, lines=lines)
    tell(f"已保存 {done.count} 项", f"{done.count} saved")
    return go("certification.score_sheet", sitting_id=sitting_id, section=section)


def _sheet(
    sitting_id: str, section: str, typed: dict[str, str], wrong: dict[str, i18n.Sentence], status: int = 200
) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(ENTER))
    sheet = exams.sheet(db(), line, section, me().actor.account)
    return show("certification/sheet.html", status, s=line, sheet=sheet, typed=typed, wrong=wrong)
