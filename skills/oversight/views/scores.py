"""How much speaks against each institution, and what the business register says of it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.accounts import queries as accounts
from skills.oversight.actions import register
from skills.oversight.forms import RegisterForm
from skills.oversight.queries import scores as queries
from skills.oversight.rules.cases import PART_WORDS
from skills.oversight.views.words import room
from skills.web.pages import db, go, me, perform, show, tell, today

SEE = "case.see"


@room.get("/gov/cases/scores", may=SEE, name="scores")
def listing() -> ResponseReturnValue:
    """Institutions, the most points first."""
    return show("oversight/scores.html", lines=queries.scores(db(), me().actor.districts_for(SEE), today()), words=PART_WORDS)


@room.get("/gov/cases/scores/<organisation_id>", may=SEE, name="score")
def one(organisation_id: str) -> ResponseReturnValue:
    """What an institution's points are made of."""
    return _page(organisation_id, RegisterForm(), 200)


@room.post("/gov/cases/scores/<organisation_id>/register", does=register.enter, name="register")
def enter(organisation_id: str) -> ResponseReturnValue:
    """Put down what the business register says."""
    form = RegisterForm()
    if not form.validate_on_submit():
        return _page(organisation_id, form, 422)
    perform(
        register.enter, form.key.data, organisation_id=organisation_id, legal_rep=form.legal_rep.data or "",
        document=form.document.data or "", address=form.address.data or "", established_on=form.established_on.data,
        insured=form.insured.data,
    )  # fmt: skip
    tell("已登记", "Put down")
    return go("oversight.score", organisation_id=organisation_id)


def _page(organisation_id: str, form: RegisterForm, status: int) -> ResponseReturnValue:
    line = queries.score_of(db(), organisation_id, me().actor.districts_for(SEE), today())
    return show(
        "oversight/score.html", status, s=line, words=PART_WORDS, form=form, body=accounts.organisation(db(), organisation_id),
        entry=queries.register_entry(db(), organisation_id), may_enter=me().actor.may("case.handle"),
    )  # fmt: skip
