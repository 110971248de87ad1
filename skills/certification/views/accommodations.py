"""合理便利: asked for on a candidate's page, decided on the body's, and seen by nobody else."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import make_response, send_file
from flask.typing import ResponseReturnValue

from skills.certification.actions import accommodations
from skills.certification.forms.accommodations import AskForm, DecideForm
from skills.certification.queries import accommodations as queries
from skills.certification.queries import exams
from skills.certification.queries.exams import MyExam
from skills.certification.views.words import box, room
from skills.kernel.errors import Missing
from skills.kernel.files import PAPERS
from skills.standards.queries import value
from skills.web.pages import db, go, me, perform, say, show, tell, today

DECIDE = accommodations.DECIDE
MOST_REQUEST = 6 * 2**20


def of_candidate(line: MyExam) -> dict[str, Any]:
    """What a candidate's page shows of accommodations."""
    return {
        "accommodation": queries.accommodation(db(), line.id), "need_words": need_words, "ask_form": AskForm(),
        "may_need": line.sitting.state in accommodations.EARLY and line.state in ("filed", "eligible"),
        "most_extra": value(db(), "exam.accommodation", today())["most_extra_percent"],
    }  # fmt: skip


def need_words(needs: Any) -> str:
    """大字号试卷、无障碍考场."""
    return say("、", ", ").join(say(*pair) for pair in needs.words) if needs else ""


@room.post("/me/applications/<application_id>/accommodation", does=accommodations.ask, name="ask_accommodation", most=MOST_REQUEST)
def ask(application_id: str) -> ResponseReturnValue:
    """Ask for accommodations."""
    form = AskForm()
    if not form.validate_on_submit():
        tell("请核对填写的内容", "See what was filled in", "bad")
        return go("certification.my_exam", application_id=application_id)
    sent = form.proof.data.stream.read() if form.proof.data and form.proof.data.filename else b""
    done = perform(accommodations.ask, form.key.data, application_id=application_id, needs=form.needs(), proof=sent)
    tell(f"已提交，{done.due_on} 前答复", f"Handed in; decided by {done.due_on}")
    return go("certification.my_exam", application_id=application_id)


@room.get("/ent/plans/<sitting_id>/accommodations", may=DECIDE)
def plan_accommodations(sitting_id: str) -> ResponseReturnValue:
    return _page(sitting_id)


@room.post("/ent/plans/<sitting_id>/accommodations/<accommodation_id>", does=accommodations.decide, name="decide_accommodation")
def decide(sitting_id: str, accommodation_id: str) -> ResponseReturnValue:
    """Grant, in whole or in part, or refuse."""
    form = DecideForm()
    if not form.validate_on_submit():
        return _page(sitting_id, 422)
    perform(
        accommodations.decide, form.key.data, accommodation_id=accommodation_id, granted=form.needs(), reason=form.reason.data or ""
    )
    tell("已决定，考生已收到通知", "Decided; the candidate is told")
    return go("certification.plan_accommodations", sitting_id=sitting_id)


@room.get("/ent/plans/<sitting_id>/accommodations/<accommodation_id>/proof", may=DECIDE)
def accommodation_proof(sitting_id: str, accommodation_id: str) -> ResponseReturnValue:
    """What was shown with a request, for who decides it: a download, kept by nobody on the way."""
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(DECIDE))
    if accommodation_id not in {one.id for one in queries.accommodations(db(), line.id)}:
        raise Missing("accommodation.unknown")
    kind, data = queries.proof(db(), box(), accommodation_id)
    sent = make_response(send_file(BytesIO(data), PAPERS[kind], as_attachment=True, download_name=f"proof.{kind}"))
    sent.headers["Cache-Control"] = "no-store"
    return sent


def _page(sitting_id: str, status: int = 200) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(DECIDE))
    found = queries.accommodations(db(), line.id)
    return show(
        "certification/accommodations.html", status, s=line, found=found, need_words=need_words, today=today(), decide_form=DecideForm(),
        open_now=line.state in accommodations.EARLY,
    )  # fmt: skip
