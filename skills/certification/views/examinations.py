"""资格审核: what waits for the body, what is missing told once, the candidate's answer, a yes or a no."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import make_response, request, send_file
from flask.typing import ResponseReturnValue

from skills.certification.actions import examinations
from skills.certification.forms.examinations import AnswerForm, RefuseForm
from skills.certification.queries import examinations as queries
from skills.certification.queries import exams
from skills.certification.queries.exams import MyExam
from skills.certification.rules.examinations import SUBJECTS, Fault
from skills.certification.views.words import box, room
from skills.kernel.files import PAPERS
from skills.records.queries import paper
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, say, settings, show, tell, today

EXAMINE = examinations.EXAMINE


def of_candidate(line: MyExam) -> dict[str, Any]:
    """What a candidate's page shows of the examination."""
    return {
        "examination": queries.examination(db(), line.id), "answer_form": AnswerForm(), "today": today(),
        "subject_word": lambda subject: say(*SUBJECTS[subject]),
    }  # fmt: skip


@room.post("/me/applications/<application_id>/supplement", does=examinations.answer, name="answer_examination")
def answer(application_id: str) -> ResponseReturnValue:
    """Say that what was missing is there now."""
    form = AnswerForm()
    if not form.validate_on_submit():
        tell("请说明补充了什么", "Say what you have added", "bad")
        return go("certification.my_exam", application_id=application_id)
    perform(examinations.answer, form.key.data, application_id=application_id, text=form.text.data or "")
    tell("已提交补正，等待审核", "Handed in; it is examined again")
    return go("certification.my_exam", application_id=application_id)


@room.get("/ent/plans/<sitting_id>/examinations", may=EXAMINE)
def plan_examinations(sitting_id: str) -> ResponseReturnValue:
    return _page(sitting_id)


@room.post("/ent/plans/<sitting_id>/examinations/<application_id>/supplement", does=examinations.supplement, name="ask_supplement")
def ask_supplement(sitting_id: str, application_id: str) -> ResponseReturnValue:
    """Tell all that is missing, once."""
    form = OrderForm()
    faults = tuple(Fault(subject, text) for subject in SUBJECTS if (text := request.form.get(f"fault-{subject}", "")).strip())
    done = perform(examinations.supplement, form.key.data, application_id=application_id, faults=faults)
    tell(f"已一次告知，考生在 {done.supplement_by} 前补正", f"Told, once; the candidate answers by {done.supplement_by}")
    return go("certification.plan_examinations", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/examinations/<application_id>/accept", does=examinations.accept, name="accept_application")
def accept(sitting_id: str, application_id: str) -> ResponseReturnValue:
    """Say yes."""
    perform(examinations.accept, OrderForm().key.data, application_id=application_id)
    tell("审核通过，考生已收到通知", "A yes; the candidate is told")
    return go("certification.plan_examinations", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/examinations/<application_id>/refuse", does=examinations.refuse, name="refuse_application")
def refuse(sitting_id: str, application_id: str) -> ResponseReturnValue:
    """Say no, with the clause."""
    form = RefuseForm()
    if not form.validate_on_submit():
        return _page(sitting_id, 422)
    perform(
        examinations.refuse, form.key.data, application_id=application_id, clause=form.clause.data or "", reason=form.reason.data or ""
    )
    tell("审核不通过，考生已收到通知", "A no; the candidate is told")
    return go("certification.plan_examinations", sitting_id=sitting_id)


@room.get("/ent/applications/<application_id>/evidence/<entry_id>/<paper_id>", may=EXAMINE)
def examined_paper(application_id: str, entry_id: str, paper_id: str) -> ResponseReturnValue:
    """A paper of a fact, for who examines the application: a download, kept by nobody on the way."""
    person_id = queries.examined_person(db(), application_id, me().actor.organisations_for(EXAMINE))
    kind, data = paper(db(), box(), settings().files_dir, entry_id, paper_id, person_id)
    sent = make_response(send_file(BytesIO(data), PAPERS[kind], as_attachment=True, download_name=f"evidence.{kind}"))
    sent.headers["Cache-Control"] = "no-store"
    return sent


def _page(sitting_id: str, status: int = 200) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(EXAMINE))
    waiting = queries.to_examine(db(), line.id)
    return show(
        "certification/examinations.html", status, s=line, waiting=waiting, shown={w.application_id: queries.shown(db(), w.application_id)
        for w in waiting}, refuse_form=RefuseForm(), subjects=[(code, say(*words)) for code, words in SUBJECTS.items()],
        subject_word=lambda subject: say(*SUBJECTS[subject]), today=today(),
    )  # fmt: skip
