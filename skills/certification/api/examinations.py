"""The examination of applications for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import examinations
from skills.certification.actions.examinations import Examined
from skills.certification.queries import examinations as queries
from skills.certification.queries import exams
from skills.certification.queries.examinations import ExaminationLine, WaitingLine
from skills.certification.rules.examinations import MOST, Fault
from skills.web.openapi import request_key
from skills.web.pages import Room, db, me, perform

room = Room("certification_examinations_api", __name__)
EXAMINE = examinations.EXAMINE


class FaultBody(BaseModel):
    """What is missing: about work, education, certificate, identity, photo or other."""

    subject: str = Field(max_length=16)
    text: str = Field(min_length=1, max_length=MOST)


class SupplementBody(BaseModel):
    """All that is missing, told once."""

    faults: list[FaultBody] = Field(min_length=1, max_length=20)


class AnswerBody(BaseModel):
    """What was added to the record since."""

    text: str = Field(min_length=1, max_length=MOST)


class RefusalBody(BaseModel):
    """The clause that a no rests on, and the reason."""

    clause: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=MOST)


@room.api("GET", "/plans/<sitting_id>/examinations", may=EXAMINE, answers=list[WaitingLine], by=("application_id",))
def list_examinations(sitting_id: str) -> list[WaitingLine]:
    """The applications that one's own body has to examine for an exam."""
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(EXAMINE))
    return list(queries.to_examine(db(), line.id))


@room.api("GET", "/me/applications/<application_id>/examination", may="application.file", answers=list[ExaminationLine], by=("application_id",))
def my_examination(application_id: str) -> list[ExaminationLine]:
    """How the examination of one's own application stands; empty where none is wanted."""
    found = queries.examination(db(), exams.my_exam(db(), me().person_id, application_id).id)
    return [found] if found is not None else []


@room.api("POST", "/applications/<application_id>/supplement", does=examinations.supplement, body=SupplementBody, answers=Examined)
def ask_supplement(application_id: str, body: SupplementBody) -> Examined:
    """Tell the candidate all that is missing, once."""
    faults = tuple(Fault(one.subject, one.text) for one in body.faults)
    return perform(examinations.supplement, request_key(), application_id=application_id, faults=faults)


@room.api("POST", "/me/applications/<application_id>/supplement", does=examinations.answer, body=AnswerBody, answers=Examined)
def answer_supplement(application_id: str, body: AnswerBody) -> Examined:
    """Say that what was missing is on record now."""
    return perform(examinations.answer, request_key(), application_id=application_id, text=body.text)


@room.api("POST", "/applications/<application_id>/accept", does=examinations.accept, answers=Examined)
def accept_application(application_id: str) -> Examined:
    """Examine an application with a yes, on the facts as they are now."""
    return perform(examinations.accept, request_key(), application_id=application_id)


@room.api("POST", "/applications/<application_id>/refuse", does=examinations.refuse, body=RefusalBody, answers=Examined)
def refuse_application(application_id: str, body: RefusalBody) -> Examined:
    """Examine an application with a no, with its clause."""
    return perform(examinations.refuse, request_key(), application_id=application_id, clause=body.clause, reason=body.reason)
