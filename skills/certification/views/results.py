"""成绩复核与更正: the candidate asks, the body counts again, two others correct; everybody concerned sees old, new, who and why."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import corrections, reviews
from skills.certification.forms import ReasonForm
from skills.certification.forms.results import RecountForm, ReviewForm
from skills.certification.queries import exams, results
from skills.certification.queries.exams import MyExam
from skills.certification.states import SittingState
from skills.certification.views.words import room
from skills.kernel.errors import Refusal
from skills.records.rules.marks import read_typed
from skills.web import i18n
from skills.web.pages import db, go, lang, me, perform, show, tell

CORRECT = "score.correct"


def of_candidate(line: MyExam) -> dict[str, Any]:
    """What a candidate's page shows of reviews and corrections; `may_ask` the sections that can be asked about now."""
    asked, kept = results.my_reviews(db(), line.id), {one.section for one in line.kept}
    open_now = line.sitting.state == SittingState.SCORED
    sections = [s for s, _ in line.scores if open_now and s not in kept and s not in {r.section for r in asked}]
    return {
        "reviews": asked, "corrections": results.my_corrections(db(), line.id), "may_ask": sections,
        "review_form": ReviewForm(sections),
    }  # fmt: skip


@room.post("/me/applications/<application_id>/review", does=reviews.ask, name="ask_review")
def ask_review(application_id: str) -> ResponseReturnValue:
    """Ask for a score to be counted again."""
    line = exams.my_exam(db(), me().person_id, application_id)
    form = ReviewForm([section for section, _ in line.scores])
    if not form.validate_on_submit():
        tell("请选择科目并写明理由", "Choose a section and give your grounds", "bad")
        return go("certification.my_exam", application_id=application_id)
    done = perform(
        reviews.ask, form.key.data, application_id=application_id, section=form.section.data or "", text=form.reason.data or ""
    )
    tell(f"已受理，编号 {done.receipt}，{done.due_on} 前答复", f"Received: {done.receipt}; answered by {done.due_on}")
    return go("certification.my_exam", application_id=application_id)


@room.get("/ent/plans/<sitting_id>/results", may=CORRECT)
def plan_results(sitting_id: str) -> ResponseReturnValue:
    return _results(sitting_id)


@room.post("/ent/plans/<sitting_id>/reviews/<review_id>", does=reviews.decide, name="decide_review")
def decide_review(sitting_id: str, review_id: str) -> ResponseReturnValue:
    """Answer a review with what was counted."""
    form = RecountForm()
    if (wrong := _unreadable(form)) is not None:
        return _results(sitting_id, wrong)
    done = perform(reviews.decide, form.key.data, review_id=review_id, text=form.text.data or "", reply=form.reason.data or "")
    if done.correction_id:
        tell("复核有误，已提出更正，请另一人决定", "It was wrong: a correction is proposed, a second person decides")
    else:
        tell("复核无误，已答复考生", "The score stands; the candidate is told")
    return go("certification.plan_results", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/corrections", does=corrections.propose, name="propose_correction")
def propose_correction(sitting_id: str) -> ResponseReturnValue:
    """Propose a correction of a signed score."""
    form = RecountForm()
    if (wrong := _unreadable(form)) is not None:
        return _results(sitting_id, wrong)
    perform(
        corrections.propose, form.key.data, application_id=request.form.get("application_id", ""),
        section=request.form.get("section", ""), text=form.text.data or "", reason=form.reason.data or "",
    )  # fmt: skip
    tell("已提出更正，请另一人决定", "Proposed; a second person decides")
    return go("certification.plan_results", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/corrections/<correction_id>", does=corrections.decide, name="decide_correction")
def decide_correction(sitting_id: str, correction_id: str) -> ResponseReturnValue:
    """Decide a correction as the second person."""
    form = ReasonForm()
    done = perform(
        corrections.decide, form.key.data, correction_id=correction_id, approved=request.form.get("found") == "approved",
        reason=form.reason.data or "",
    )  # fmt: skip
    if done.revocation_id:
        tell("已更正；证书拟撤销，已通知持证人陈述申辩", "Corrected; the revocation of the certificate is proposed and its holder told")
    else:
        tell("已办结，考生可以看到", "Decided; the candidate sees it")
    return go("certification.plan_results", sitting_id=sitting_id)


def _unreadable(form: RecountForm) -> str | None:
    """What is wrong with what was written; None if nothing is."""
    if not form.validate_on_submit():
        return next(str(text) for texts in form.errors.values() for text in texts)
    try:
        read_typed(form.text.data or "", 1)  # the action knows the section and its step
    except Refusal as refusal:
        return i18n.tell_refusal(refusal, lang()).text
    return None


def _results(sitting_id: str, wrong: str = "") -> ResponseReturnValue:
    line = _own(sitting_id)
    return show(
        "certification/results.html", 422 if wrong else 200, s=line, wrong=wrong, reviews=results.reviews_of(db(), line.id),
        corrections=results.corrections_of(db(), line.id), told=line.state in exams.TOLD,
        candidates=[c for c in exams.candidates(db(), line) if c.scores], reason=ReasonForm(),
    )  # fmt: skip


def _own(sitting_id: str) -> exams.SittingLine:
    return exams.sitting(db(), sitting_id, me().actor.organisations_for(CORRECT))
