"""A person's exams and promotions."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import applications, promotions
from skills.certification.queries import carried, decisions, exams, online
from skills.certification.queries import promotions as promotion_queries
from skills.certification.queries.defences import own_defence
from skills.certification.rules.eligibility import condition_met
from skills.certification.views import accommodations, day, examinations, incidents, results
from skills.certification.views.words import room
from skills.records.rules.marks import points
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today


@room.get("/me/exams", may="application.file")
def my_exams() -> ResponseReturnValue:
    mine = exams.my_exams(db(), me().person_id)
    taken = {m.sitting.id for m in mine if m.state != "withdrawn"}
    found = [s for s in exams.open_sittings(db(), today()) if s.id not in taken]
    return show("certification/my_exams.html", mine=mine, open=found)


@room.get("/me/exams/<sitting_id>", may="application.file")
def my_sitting(sitting_id: str) -> ResponseReturnValue:
    """An exam with one's own verdict: every condition, met or not."""
    line = exams.sitting(db(), sitting_id)
    verdict, own = decisions.verdicts(db(), sitting_id, me().person_id)
    return show(
        "certification/my_sitting.html", s=line, verdict=verdict, own=own, met=condition_met(verdict),
        takes=line.takes(today()), kept=carried.kept_for(db(), sitting_id, me().person_id),
    )  # fmt: skip


@room.post("/me/exams/<sitting_id>/apply", does=applications.apply)
def apply(sitting_id: str) -> ResponseReturnValue:
    form = OrderForm()
    done = perform(applications.apply, form.key.data, sitting_id=sitting_id)
    tell("已申报", "You have applied")
    return go("certification.my_exam", application_id=done.application_id)


@room.get("/me/applications/<application_id>", may="application.file")
def my_exam(application_id: str) -> ResponseReturnValue:
    line = exams.my_exam(db(), me().person_id, application_id)
    return show(
        "certification/my_exam.html", m=line, s=line.sitting, told_scores=line.sitting.state in exams.TOLD,
        review_days=exams.review_days(db(), line.sitting, today()), pass_mark=points(line.sitting.pass_mark),
        online=line.state == "seated" and online.sits_online(db(), line), defence=own_defence(db(), line.id),
        **results.of_candidate(line), **examinations.of_candidate(line), **day.of_candidate(line), **accommodations.of_candidate(line),
        **incidents.of_candidate(line),
    )  # fmt: skip


@room.post("/me/applications/<application_id>/withdraw", does=applications.withdraw)
def withdraw(application_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(applications.withdraw, form.key.data, application_id=application_id)
    tell("已撤回申报", "The application is withdrawn")
    return go("certification.my_exams")


@room.get("/me/promotions", may="promotion.apply")
def my_promotions() -> ResponseReturnValue:
    mine = promotion_queries.of_person(db(), me().person_id)
    return show("certification/my_promotions.html", mine=mine, offers=decisions.open_offers(db(), me().person_id, today()))


@room.post("/me/promotions", does=promotions.apply, name="apply_promotion")
def apply_promotion() -> ResponseReturnValue:
    form = OrderForm()
    perform(promotions.apply, form.key.data, source=request.form.get("source", ""))
    tell("已申请，等待审核", "Applied for; the authority examines it")
    return go("certification.my_promotions")
