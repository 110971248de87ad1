"""The same for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import request
from pydantic import BaseModel, Field

from skills.oversight.actions import callbacks, register
from skills.oversight.actions import cases as actions
from skills.oversight.actions.callbacks import Answered
from skills.oversight.actions.cases import Decided
from skills.oversight.actions.register import Entered
from skills.oversight.queries import cases as queries
from skills.oversight.queries import drawing, marks, scores
from skills.oversight.queries.cases import CaseLine, CasePage
from skills.oversight.queries.drawing import Question
from skills.oversight.queries.marks import BodyMarks, MarksPage
from skills.oversight.queries.scores import ScoreLine
from skills.oversight.rules.cases import LONGEST
from skills.oversight.views.words import room, told
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform, today

SEE, CLAIM = "case.see", "voucher.claim"


@dataclass(frozen=True)
class CaseTold:
    """A case, and the sentence of its latest evidence in the caller's language."""

    reason: str
    case: CasePage


class AssignBody(BaseModel):
    """The account that is to look into it; empty for oneself."""

    account_id: str = Field(default="", max_length=26)


class ReasonBody(BaseModel):
    """Why: those concerned read it."""

    reason: str = Field(min_length=1, max_length=LONGEST)


class RegisterBody(BaseModel):
    """What the business register says; the document number is kept as a digest only."""

    legal_rep: str = Field(min_length=1, max_length=60)
    document: str = Field(min_length=1, max_length=32)
    address: str = Field(min_length=1, max_length=200)
    established_on: date | None = None
    insured: int | None = Field(default=None, ge=0, le=1_000_000)


class AnswerBody(BaseModel):
    """yes, partly or no."""

    answer: str = Field(max_length=8)


@room.api("GET", "/cases", may=SEE, answers=list[CaseLine])
def api_cases() -> list[CaseLine]:
    """Open cases, the strongest first; `?closed=1` the closed ones; `?after=` the last id of the page before."""
    closed = request.args.get("closed") == "1"
    return queries.cases(db(), me().actor, today(), closed=closed, after=request.args.get("after", "")[:26])


@room.api("GET", "/cases/scores", may=SEE, answers=list[ScoreLine], by=("organisation_id",))
def api_scores() -> list[ScoreLine]:
    """Institutions with their points and what these are made of."""
    return scores.scores(db(), me().actor.districts_for(SEE), today())


@room.api("GET", "/cases/marks", may=SEE, answers=list[BodyMarks], by=("organisation_id",))
def api_marks() -> list[BodyMarks]:
    """Bodies that assessed in the window: how many passed, and how many hands mark unlike the others."""
    return marks.bodies(db(), me().actor.districts_for(SEE), today())


@room.api("GET", "/cases/marks/<organisation_id>", may=SEE, answers=MarksPage)
def api_marks_of(organisation_id: str) -> MarksPage:
    """How the marks of a body and of each of its examiners and pairs of typists are spread, beside the city's."""
    return marks.page(db(), organisation_id, me().actor.districts_for(SEE), today())


@room.api("GET", "/cases/<case_id>", may=SEE, answers=CaseTold)
def api_case(case_id: str) -> CaseTold:
    """One case with its evidence."""
    found = queries.case(db(), case_id, me().actor.districts_for(SEE), today())
    return CaseTold(told(found.evidence[0].code, found.evidence[0].facts)[0], found)


@room.api("POST", "/cases/<case_id>/assignment", does=actions.assign, body=AssignBody, answers=Decided)
def api_assign(case_id: str, body: AssignBody) -> Decided:
    """Take it on, or give it to somebody who is not concerned."""
    return perform(actions.assign, request_key(), case_id=case_id, account_id=body.account_id or me().actor.account)


@room.api("POST", "/cases/<case_id>/proposal", does=actions.propose, body=ReasonBody, answers=Decided)
def api_propose(case_id: str, body: ReasonBody) -> Decided:
    """Hold it to be true; a second person decides."""
    return perform(actions.propose, request_key(), case_id=case_id, reason=body.reason)


@room.api("POST", "/cases/<case_id>/confirmation", does=actions.confirm, answers=Decided)
def api_confirm(case_id: str) -> Decided:
    """Agree as the second person."""
    return perform(actions.confirm, request_key(), case_id=case_id)


@room.api("POST", "/cases/<case_id>/return", does=actions.send_back, body=ReasonBody, answers=Decided)
def api_send_back(case_id: str, body: ReasonBody) -> Decided:
    """Send it back as the second person."""
    return perform(actions.send_back, request_key(), case_id=case_id, reason=body.reason)


@room.api("POST", "/cases/<case_id>/clearance", does=actions.clear, body=ReasonBody, answers=Decided)
def api_clear(case_id: str, body: ReasonBody) -> Decided:
    """Clear it: the money is free."""
    return perform(actions.clear, request_key(), case_id=case_id, reason=body.reason)


@room.api("POST", "/cases/<case_id>/referral", does=actions.refer, body=ReasonBody, answers=Decided)
def api_refer(case_id: str, body: ReasonBody) -> Decided:
    """Pass it on to who may investigate."""
    return perform(actions.refer, request_key(), case_id=case_id, reason=body.reason)


@room.api("POST", "/organisations/<organisation_id>/register", does=register.enter, body=RegisterBody, answers=Entered, status=201)
def api_enter(organisation_id: str, body: RegisterBody) -> Entered:
    """Put down what the business register says of a body."""
    return perform(
        register.enter, request_key(), organisation_id=organisation_id, legal_rep=body.legal_rep, document=body.document,
        address=body.address, established_on=body.established_on, insured=body.insured,
    )  # fmt: skip


@room.api("GET", "/me/call-backs", may=CLAIM, answers=list[Question])
def api_questions() -> list[Question]:
    """What I am asked about trainings."""
    return drawing.questions(db(), me().person_id, today())


@room.api("POST", "/me/call-backs/<call_back_id>/answer", does=callbacks.answer, body=AnswerBody, answers=Answered)
def api_answer(call_back_id: str, body: AnswerBody) -> Answered:
    """Answer: did this training take place for me?"""
    return perform(callbacks.answer, request_key(), call_back_id=call_back_id, said=body.answer)
