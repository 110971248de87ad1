"""Reviews and corrections of signed scores for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import corrections, reviews
from skills.certification.actions.corrections import CorrectionDecided, CorrectionProposed
from skills.certification.actions.reviews import ReviewAsked, ReviewDecided
from skills.certification.queries import chains, exams, results
from skills.certification.queries.chains import Chain
from skills.certification.queries.results import CorrectionLine, ReviewLine
from skills.certification.rules.exams import Section
from skills.web.openapi import request_key
from skills.web.pages import Room, db, me, perform

room = Room("certification_results_api", __name__)
CORRECT = "score.correct"


class ReviewBody(BaseModel):
    """Which of one's own scores is to be counted again, and why."""

    section: Section
    text: str = Field(min_length=1, max_length=400)


class RecountBody(BaseModel):
    """What was counted: a score, or 缺考; and what the candidate is told."""

    text: str = Field(max_length=8)
    reply: str = Field(max_length=400)


class CorrectionBody(BaseModel):
    """Another score for a signed one: a score, or 缺考; and why."""

    application_id: str
    section: Section
    text: str = Field(max_length=8)
    reason: str = Field(max_length=400)


class CorrectionDecisionBody(BaseModel):
    """A decision on a correction."""

    approved: bool
    reason: str = Field(max_length=400)


@room.api("POST", "/applications/<application_id>/reviews", does=reviews.ask, body=ReviewBody, answers=ReviewAsked, status=201)
def ask_review(application_id: str, body: ReviewBody) -> ReviewAsked:
    """Ask for one of one's own scores to be counted again, within the window."""
    return perform(reviews.ask, request_key(), application_id=application_id, section=body.section.value, text=body.text)


@room.api("GET", "/me/applications/<application_id>/reviews", may="application.file", answers=list[ReviewLine])
def my_reviews(application_id: str) -> list[ReviewLine]:
    """The reviews of one's own scores."""
    return list(results.my_reviews(db(), exams.my_exam(db(), me().person_id, application_id).id))


@room.api("GET", "/me/applications/<application_id>/corrections", may="application.file", answers=list[CorrectionLine])
def my_corrections(application_id: str) -> list[CorrectionLine]:
    """The decided corrections of one's own scores: old, new, who and why."""
    return list(results.my_corrections(db(), exams.my_exam(db(), me().person_id, application_id).id))


@room.api("GET", "/plans/<sitting_id>/reviews", may=CORRECT, answers=list[ReviewLine])
def plan_reviews(sitting_id: str) -> list[ReviewLine]:
    """The reviews of an exam of one's own."""
    return list(results.reviews_of(db(), _own(sitting_id)))


@room.api("GET", "/plans/<sitting_id>/corrections", may=CORRECT, answers=list[CorrectionLine])
def plan_corrections(sitting_id: str) -> list[CorrectionLine]:
    """The corrections of an exam of one's own."""
    return list(results.corrections_of(db(), _own(sitting_id)))


@room.api("GET", "/applications/<application_id>/chain", may="gov.see", answers=Chain)
def application_chain(application_id: str) -> Chain:
    """One timeline from seat to certificate, each step with its audit entry."""
    return chains.chain_of(db(), application_id)


@room.api("POST", "/reviews/<review_id>/decide", does=reviews.decide, body=RecountBody, answers=ReviewDecided)
def decide_review(review_id: str, body: RecountBody) -> ReviewDecided:
    """Answer a review with what was counted, as somebody who did not type it."""
    return perform(reviews.decide, request_key(), review_id=review_id, text=body.text, reply=body.reply)


@room.api("POST", "/corrections", does=corrections.propose, body=CorrectionBody, answers=CorrectionProposed, status=201)
def propose_correction(body: CorrectionBody) -> CorrectionProposed:
    """Propose another score for a signed one, as somebody who neither typed nor signed it."""
    return perform(
        corrections.propose, request_key(), application_id=body.application_id, section=body.section.value, text=body.text,
        reason=body.reason,
    )  # fmt: skip


@room.api("POST", "/corrections/<correction_id>/decide", does=corrections.decide, body=CorrectionDecisionBody, answers=CorrectionDecided)
def decide_correction(correction_id: str, body: CorrectionDecisionBody) -> CorrectionDecided:
    """Decide a correction as a second person."""
    return perform(corrections.decide, request_key(), correction_id=correction_id, approved=body.approved, reason=body.reason)


def _own(sitting_id: str) -> str:
    return exams.sitting(db(), sitting_id, me().actor.organisations_for(CORRECT)).id
