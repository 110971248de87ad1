"""How far bodies are trusted: the authority's list with chart and table, one body with its reasons, the body's own page."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.accounts.queries import organisation
from skills.kernel.errors import Missing
from skills.supervision.actions import trust as actions
from skills.supervision.forms import DecideForm, WordsForm
from skills.supervision.queries import retests
from skills.supervision.queries import trust as queries
from skills.supervision.queries.trust import TrustLine
from skills.supervision.views.words import room
from skills.web.pages import db, go, me, perform, show, tell, today

SEE = "trust.see"


def within() -> frozenset[str] | None:
    """The authority's districts. Raises Missing("organisation.unknown") for others."""
    if not me().actor.may_unbound(SEE):
        raise Missing("organisation.unknown")
    return me().actor.districts_for(SEE)


def body_of(organisation_id: str) -> TrustLine:
    """One body within the visitor's bounds. Raises Missing("organisation.unknown")."""
    actor = me().actor
    if actor.may_unbound(SEE):
        bounds = actor.districts_for(SEE)
        if bounds is not None and organisation(db(), organisation_id).district not in bounds:
            raise Missing("organisation.unknown")
    elif organisation_id not in actor.organisations_for(SEE):
        raise Missing("organisation.unknown")
    return queries.line(db(), organisation_id, today())


@room.get("/gov/trust", may=SEE, name="trust")
def listing() -> ResponseReturnValue:
    """Every filed body, the least trusted first."""
    return show("supervision/trust.html", lines=queries.listing(db(), within(), today()))


@room.get("/gov/trust/<organisation_id>", may=SEE, name="trust_of")
def one(organisation_id: str) -> ResponseReturnValue:
    return _page(organisation_id, WordsForm(), DecideForm(), 200)


def _page(organisation_id: str, form: WordsForm, ending: DecideForm, status: int) -> ResponseReturnValue:
    within()
    line, past = body_of(organisation_id), queries.restorations(db(), organisation_id)
    actor = me().actor
    waiting = next((r for r in past if r.state == "proposed"), None)
    low = line.stops or line.rate > line.usual
    may = {
        "propose": low and waiting is None and actor.may(actions.PROPOSE),
        "decide": waiting is not None and actor.may(actions.APPROVE) and waiting.account != actor.account,
    }
    return show(
        "supervision/trust_of.html", status, t=line, past=past, waiting=waiting, may=may, form=form, ending=ending, org=False, retests=[]
    )


@room.post("/gov/trust/<organisation_id>/proposals", does=actions.propose, name="propose_trust")
def propose(organisation_id: str) -> ResponseReturnValue:
    form = WordsForm()
    if not form.validate():
        return _page(organisation_id, form, DecideForm(), 422)
    perform(actions.propose, form.key.data, organisation_id=organisation_id, reason=form.text.data)
    tell("已提出，等待另一位同事复核", "Proposed; it waits for another colleague")
    return go("supervision.trust_of", organisation_id=organisation_id)


@room.post("/gov/trust/<organisation_id>/proposals/<restoration_id>", does=actions.decide, name="decide_trust")
def decide(organisation_id: str, restoration_id: str) -> ResponseReturnValue:
    form = DecideForm()
    if not form.validate():
        return _page(organisation_id, WordsForm(), form, 422)
    perform(actions.decide, form.key.data, restoration_id=restoration_id, approved=form.yes.data == "yes", reason=form.text.data)
    tell("已记录", "On record")
    return go("supervision.trust_of", organisation_id=organisation_id)


@room.get("/ent/trust", may=SEE, name="own_trust")
def own() -> ResponseReturnValue:
    """A body's own rate with its reasons, and the re-tests of its certificates."""
    bodies = sorted(me().actor.organisations_for(SEE))
    if not bodies:
        raise Missing("organisation.unknown")
    return show(
        "supervision/trust_of.html", t=body_of(bodies[0]), past=[], waiting=None, may={}, form=WordsForm(), ending=DecideForm(), org=True,
        retests=retests.listing(db(), bodies=bodies),
    )  # fmt: skip
