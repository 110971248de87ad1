"""Re-tests and trust for programs."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from skills.supervision.actions import retests, trust
from skills.supervision.actions.retests import Retested, RetestsDrawn, RetestsPlanned
from skills.supervision.actions.trust import Restoration
from skills.supervision.queries import retests as queries
from skills.supervision.queries import trust as trusted
from skills.supervision.queries.retests import RetestDrawLine, RetestLine
from skills.supervision.queries.trust import TrustLine
from skills.supervision.rules import LONGEST
from skills.supervision.views.api import SaidBody
from skills.supervision.views.retests import SEE, bounds
from skills.supervision.views.trust import SEE as SEE_TRUST
from skills.supervision.views.trust import body_of, within
from skills.supervision.views.words import room
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform, today


class RetestPlanBody(BaseModel):
    """Certificates of a body's exams of these days; how many are drawn follows from its rate."""

    organisation_id: str = Field(max_length=26)
    since: date
    until: date


class CallBody(BaseModel):
    """Day and place of a re-test."""

    held_on: date
    site: str = Field(min_length=1, max_length=200)


class MarksBody(BaseModel):
    """One's own marks: section → score as text."""

    marks: dict[str, str] = Field(max_length=6)


class DecisionBody(BaseModel):
    """A yes or a no with its reason."""

    yes: bool
    text: str = Field(min_length=1, max_length=min(LONGEST, 400))


@room.api("GET", "/retests", may=SEE, answers=list[RetestLine])
def list_retests() -> list[RetestLine]:
    """Re-tests of one's districts."""
    return queries.listing(db(), districts=bounds())


@room.api("GET", "/me/retests", may=retests.OWN, answers=list[RetestLine])
def list_my_retests() -> list[RetestLine]:
    """Re-tests of one's own certificates."""
    return queries.of_person(db(), me().actor.person or "")


@room.api("GET", "/examiner/retests", may=retests.MARK, answers=list[RetestLine])
def list_retests_to_mark() -> list[RetestLine]:
    """Re-tests that one marks."""
    return queries.listing(db(), examiner=me().actor.account)


@room.api("GET", "/retest-draws", may=SEE, answers=list[RetestDrawLine])
def list_retest_draws() -> list[RetestDrawLine]:
    """Draws of re-tests with digest and seed."""
    return queries.draws(db(), bounds())


@room.api("POST", "/retest-draws", does=retests.plan, body=RetestPlanBody, answers=RetestsPlanned, status=201)
def plan_retest_draw(body: RetestPlanBody) -> RetestsPlanned:
    """Put on record which certificates are drawn from."""
    return perform(retests.plan, request_key(), organisation_id=body.organisation_id, since=body.since, until=body.until)


@room.api("POST", "/retest-draws/<draw_id>/draw", does=retests.draw_now, answers=RetestsDrawn)
def draw_retest_draw(draw_id: str) -> RetestsDrawn:
    """Draw by the first signed head over the plan."""
    return perform(retests.draw_now, request_key(), draw_id=draw_id)


@room.api("POST", "/retests/<retest_id>/call", does=retests.call, body=CallBody, answers=Retested)
def arrange_retest(retest_id: str, body: CallBody) -> Retested:
    """Say day and place: the candidate and both examiners are told."""
    return perform(retests.call, request_key(), retest_id=retest_id, held_on=body.held_on, site=body.site)


@room.api("POST", "/retests/<retest_id>/marks", does=retests.mark, body=MarksBody, answers=Retested)
def give_retest_marks(retest_id: str, body: MarksBody) -> Retested:
    """Give one's own marks as one of the two examiners."""
    return perform(retests.mark, request_key(), retest_id=retest_id, marks=tuple(sorted(body.marks.items())))


@room.api("POST", "/retests/<retest_id>/words", does=retests.say, body=SaidBody, answers=Retested)
def be_heard_on_retest(retest_id: str, body: SaidBody) -> Retested:
    """Be heard on the result of one's own re-test."""
    return perform(retests.say, request_key(), retest_id=retest_id, text=body.text)


@room.api("POST", "/retests/<retest_id>/close", does=retests.close, body=DecisionBody, answers=Retested)
def close_one_retest(retest_id: str, body: DecisionBody) -> Retested:
    """Say whether the result counts."""
    return perform(retests.close, request_key(), retest_id=retest_id, counted=body.yes, reason=body.text)


@room.api("GET", "/trust", may=SEE_TRUST, answers=list[TrustLine])
def list_trust() -> list[TrustLine]:
    """Every filed body with its rate and the reasons, the least trusted first."""
    return trusted.listing(db(), within(), today())


@room.api("GET", "/trust/<organisation_id>", may=SEE_TRUST, answers=TrustLine)
def get_trust(organisation_id: str) -> TrustLine:
    """One body, also one's own."""
    return body_of(organisation_id)


@room.api("POST", "/trust/<organisation_id>/proposals", does=trust.propose, body=SaidBody, answers=Restoration, status=201)
def propose_restoration(organisation_id: str, body: SaidBody) -> Restoration:
    """Propose to trust a body as usual again."""
    return perform(trust.propose, request_key(), organisation_id=organisation_id, reason=body.text)


@room.api("POST", "/trust-proposals/<restoration_id>", does=trust.decide, body=DecisionBody, answers=Restoration)
def decide_restoration(restoration_id: str, body: DecisionBody) -> Restoration:
    """Decide as another person than who proposed it."""
    return perform(trust.decide, request_key(), restoration_id=restoration_id, approved=body.yes, reason=body.text)
