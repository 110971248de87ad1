"""The authority: filings to decide and inspect, plans to watch, objections and promotions to decide."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import filings, objections, promotions
from skills.certification.forms import ExamineForm, ReasonForm
from skills.certification.queries import chains, exams, results
from skills.certification.queries import filing_changes as change_queries
from skills.certification.queries import filings as filing_queries
from skills.certification.queries import norms as norm_queries
from skills.certification.queries import promotions as promotion_queries
from skills.certification.states import FILING
from skills.certification.views.words import box, room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today

SEE = "gov.see"


@room.get("/gov/filings", may=SEE)
def gov_filings() -> ResponseReturnValue:
    lines = filing_queries.for_bureau(db(), me().actor.districts_for(SEE), today())
    return show("certification/gov_filings.html", filings=lines, today=today())


@room.get("/gov/filings/<filing_id>", may=SEE)
def gov_filing(filing_id: str) -> ResponseReturnValue:
    line = filing_queries.filing(db(), filing_id, me().actor.districts_for(SEE))
    moves = {m.name for m in FILING.open_moves(line.state)}
    return show(
        "certification/gov_filing.html", f=line, steps=filing_queries.history(db(), "filing", line.id), moves=moves,
        form=ReasonForm(), today=today(), changes=change_queries.of_filing(db(), line.id),
        norms=norm_queries.of_filing(db(), line.id, today()),
    )


@room.post("/gov/filings/<filing_id>/accept", does=filings.accept, name="accept_filing")
def accept_filing(filing_id: str) -> ResponseReturnValue:
    form = OrderForm()
    done = perform(filings.accept, form.key.data, filing_id=filing_id)
    tell(f"已备案，备案号 {done.number}", f"Filed: {done.number}")
    return go("certification.gov_filing", filing_id=filing_id)


@room.post("/gov/filings/<filing_id>/send-back", does=filings.send_back, name="send_back_filing")
def send_back_filing(filing_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    return _done(filings.send_back, form, filing_id, reason=form.reason.data or "")


@room.post("/gov/filings/<filing_id>/inspect", does=filings.inspect, name="inspect_filing")
def inspect_filing(filing_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    found_true = request.form.get("found") == "true"
    return _done(filings.inspect, form, filing_id, found_true=found_true, finding=form.reason.data or "")


@room.post("/gov/filings/<filing_id>/suspend", does=filings.suspend, name="suspend_filing")
def suspend_filing(filing_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    return _done(filings.suspend, form, filing_id, reason=form.reason.data or "")


@room.post("/gov/filings/<filing_id>/resume", does=filings.resume, name="resume_filing")
def resume_filing(filing_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    return _done(filings.resume, form, filing_id, reason=form.reason.data or "")


@room.post("/gov/filings/<filing_id>/revoke", does=filings.revoke, name="revoke_filing")
def revoke_filing(filing_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    return _done(filings.revoke, form, filing_id, reason=form.reason.data or "")


def _done(action: Any, form: ReasonForm, filing_id: str, **order: Any) -> ResponseReturnValue:
    perform(action, form.key.data, filing_id=filing_id, **order)
    tell("已办理，评价机构已收到通知", "Done; the body is told")
    return go("certification.gov_filing", filing_id=filing_id)


@room.get("/gov/plans", may=SEE)
def gov_plans() -> ResponseReturnValue:
    return show("certification/gov_plans.html", plans=exams.of_bodies(db(), None))


@room.get("/gov/plans/<sitting_id>", may=SEE)
def gov_plan(sitting_id: str) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id)
    return show(
        "certification/gov_plan.html", s=line, steps=filing_queries.history(db(), "sitting", line.id),
        sheets=exams.sheets(db(), line), reviews=results.reviews_of(db(), line.id),
        corrections=results.corrections_of(db(), line.id), candidates=exams.candidates(db(), line),
    )


@room.get("/gov/applications/<application_id>", may=SEE)
def gov_application(application_id: str) -> ResponseReturnValue:
    """One timeline from seat to certificate."""
    return show("certification/gov_application.html", c=chains.chain_of(db(), application_id))


@room.get("/gov/objections", may="complaint.handle")
def gov_objections() -> ResponseReturnValue:
    return show("certification/gov_objections.html", objections=exams.objections(db(), box()), form=ReasonForm(), today=today())


@room.post("/gov/objections/<objection_id>", does=objections.decide, name="decide_objection")
def decide_objection(objection_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(
        objections.decide, form.key.data, objection_id=objection_id, upheld=request.form.get("found") == "upheld",
        reply=form.reason.data or "",
    )
    tell("异议已办结", "The objection is decided")
    return go("certification.gov_objections")


@room.get("/gov/promotions", may=SEE)
def gov_promotions() -> ResponseReturnValue:
    lines = promotion_queries.for_bureau(db())
    forms = {
        p.id: ExamineForm(filing_queries.covering(db(), p.occupation, p.level, today()))
        for p in lines
        if p.state == "applied"
    }
    return show("certification/gov_promotions.html", promotions=lines, forms=forms, reason=ReasonForm())


@room.post("/gov/promotions/<promotion_id>/examine", does=promotions.examine, name="examine_promotion")
def examine_promotion(promotion_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(
        promotions.examine, form.key.data, promotion_id=promotion_id, filing_id=request.form.get("filing_id", "")
    )
    tell("初审通过，等待另一人决定", "Examined; another person decides")
    return go("certification.gov_promotions")


@room.post("/gov/promotions/<promotion_id>/grant", does=promotions.grant, name="grant_promotion")
def grant_promotion(promotion_id: str) -> ResponseReturnValue:
    form = OrderForm()
    done = perform(promotions.grant, form.key.data, promotion_id=promotion_id)
    tell(f"已准予晋升，证书编号 {done.number}", f"Granted: {done.number}")
    return go("certification.gov_promotions")


@room.post("/gov/promotions/<promotion_id>/refuse", does=promotions.refuse, name="refuse_promotion")
def refuse_promotion(promotion_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(promotions.refuse, form.key.data, promotion_id=promotion_id, reason=form.reason.data or "")
    tell("不予晋升，申请人已收到通知", "Refused; the applicant is told")
    return go("certification.gov_promotions")
