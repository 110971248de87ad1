"""The authority: seminars against the target, programmes of digital engineers."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.accounts.queries import organisations
from skills.professional.actions import programmes as programme_acts
from skills.professional.actions import seminars as acts
from skills.professional.queries import programmes, seminars
from skills.professional.views.words import room
from skills.standards.queries import value
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today

SEE = "professional.see"


@room.get("/gov/seminars", may=SEE, name="seminars")
def listing() -> ResponseReturnValue:
    """Seminars, and the count year by year."""
    target = int(value(db(), "seminar.target", today()))
    return show("professional/seminars.html", lines=seminars.seminars(db()), years=seminars.by_year(db(), target, today()), target=target)


@room.get("/gov/seminars/<seminar_id>", may=SEE, name="seminar")
def one(seminar_id: str) -> ResponseReturnValue:
    found = seminars.seminar(db(), seminar_id)
    decide = me().actor.may("seminar.decide") and found.line.state == "applied" and found.applied_by != me().actor.account
    return show("professional/seminar.html", s=found, org=False, may_decide=decide, roster=None, form=None)


@room.post("/gov/seminars/<seminar_id>/decision", does=acts.decide, name="decide_seminar")
def decide(seminar_id: str) -> ResponseReturnValue:
    yes = request.form.get("outcome") == "yes"
    perform(acts.decide, OrderForm().key.data, seminar_id=seminar_id, approved=yes, reason=request.form.get("reason", ""))
    tell(*(("已立项", "Approved") if yes else ("已退回", "Sent back")))
    return go("professional.seminar", seminar_id=seminar_id)


@room.get("/gov/engineers", may=SEE, name="programmes")
def engineers() -> ResponseReturnValue:
    """Programmes of digital engineers: who trains, who assesses."""
    bodies = [o for o in organisations(db(), state="approved") if o.kind != "bureau"]
    return show("professional/programmes.html", lines=programmes.programmes(db()), bodies=bodies, account=me().actor.account)


@room.post("/gov/engineers", does=programme_acts.propose, name="propose_programme")
def propose() -> ResponseReturnValue:
    f = request.form
    perform(
        programme_acts.propose, OrderForm().key.data, direction=f.get("direction", ""), training_id=f.get("training", "")[:26],
        assessment_id=f.get("assessment", "")[:26], document=f.get("document", ""),
    )  # fmt: skip
    tell("已提出，由另一位同事复核", "Proposed; a second colleague decides")
    return go("professional.programmes")


@room.post("/gov/engineers/<programme_id>/decision", does=programme_acts.decide, name="decide_programme")
def decide_programme(programme_id: str) -> ResponseReturnValue:
    yes = request.form.get("outcome") == "yes"
    perform(
        programme_acts.decide, OrderForm().key.data, programme_id=programme_id, approved=yes, reason=request.form.get("reason", "")
    )
    tell(*(("已批准", "Approved") if yes else ("不予批准", "Refused")))
    return go("professional.programmes")


@room.post("/gov/engineers/<programme_id>/end", does=programme_acts.end, name="end_programme")
def end_programme(programme_id: str) -> ResponseReturnValue:
    perform(programme_acts.end, OrderForm().key.data, programme_id=programme_id, reason=request.form.get("reason", ""))
    tell("已终止", "Ended")
    return go("professional.programmes")
