"""Misconduct in exam rooms for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import incidents
from skills.certification.actions.incidents import DECIDE, RAISE, IncidentMoved, IncidentRaised
from skills.certification.queries import exams
from skills.certification.queries import incidents as queries
from skills.certification.queries.incidents import IncidentLine
from skills.certification.rules.exams import Section
from skills.certification.rules.incidents import IncidentCode
from skills.certification.views.words import box
from skills.web.openapi import request_key
from skills.web.pages import Room, db, me, perform, today

room = Room("certification_incidents_api", __name__)


class IncidentBody(BaseModel):
    """Who (by ticket) broke which rule in which section, and what was seen."""

    ticket: str = Field(max_length=26)
    section: Section
    code: str = Field(max_length=24)
    text: str = Field(min_length=1, max_length=400)


class AnswerBody(BaseModel):
    """The candidate's word."""

    text: str = Field(min_length=1, max_length=400)


class FoundBody(BaseModel):
    """Whether it is so, and why."""

    found: bool
    reason: str = Field(min_length=1, max_length=400)


@room.api("GET", "/incident-codes", may=RAISE, answers=list[IncidentCode])
def incident_codes() -> list[IncidentCode]:
    """The list of misconduct in force, and what each kind makes void."""
    return list(queries.codes_on(db(), today()))


@room.api("POST", "/plans/<sitting_id>/incidents", does=incidents.raise_incident, body=IncidentBody, answers=IncidentRaised, status=201)
def create_incident(sitting_id: str, body: IncidentBody) -> IncidentRaised:
    """Note misconduct of a candidate, from the exam's day until the scores are signed."""
    return perform(incidents.raise_incident, request_key(), sitting_id=sitting_id, **body.model_dump())


@room.api("GET", "/plans/<sitting_id>/incidents", may=DECIDE, answers=list[IncidentLine])
def list_incidents(sitting_id: str) -> list[IncidentLine]:
    """The misconduct that was noted in an exam of one's own body."""
    return list(queries.of_sitting(db(), box(), exams.sitting(db(), sitting_id, me().actor.organisations_for(DECIDE)).id))


@room.api("GET", "/me/applications/<application_id>/incidents", may="application.file", answers=list[IncidentLine])
def my_incidents(application_id: str) -> list[IncidentLine]:
    """What was noted about oneself in an exam."""
    return list(queries.of_candidate(db(), box(), exams.my_exam(db(), me().person_id, application_id).id))


@room.api("POST", "/me/incidents/<incident_id>/answer", does=incidents.answer, body=AnswerBody, answers=IncidentMoved)
def answer_incident(incident_id: str, body: AnswerBody) -> IncidentMoved:
    """Say one's word, once, in time."""
    return perform(incidents.answer, request_key(), incident_id=incident_id, text=body.text)


@room.api("POST", "/incidents/<incident_id>/decide", does=incidents.decide, body=FoundBody, answers=IncidentMoved)
def decide_incident(incident_id: str, body: FoundBody) -> IncidentMoved:
    """Decide, as somebody else than who noted it."""
    return perform(incidents.decide, request_key(), incident_id=incident_id, **body.model_dump())
