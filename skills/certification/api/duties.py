"""The staff of exams for programs: the same actions as the pages."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, Field

from skills.certification.actions import duties
from skills.certification.actions.duties import Declared, Replaced, Said
from skills.certification.api import room
from skills.certification.queries import duties as queries
from skills.certification.queries import exams
from skills.certification.queries.duties import SEE, DutyLine, NamedCandidate, OwnDuty
from skills.certification.rules.duties import Duty
from skills.kernel.findings import Verdict
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform, today

SEE_PLANS = "plan.see"


@dataclass(frozen=True)
class CouldServe:
    """Somebody of one's own body who can be named for a duty."""

    duty: Duty
    account_id: str
    name: str


class ReplaceBody(BaseModel):
    """Who takes over a duty, and why."""

    account_id: str = Field(max_length=26)
    reason: str = Field(min_length=1, max_length=400)


class TieBody(BaseModel):
    """A candidate to whom an examiner is too near: kin, superior, teacher or employer."""

    application_id: str = Field(max_length=26)
    kind: str = Field(max_length=16)


class TiesBody(BaseModel):
    """Every tie of an examiner to the candidates of an exam; an empty list says that there is none."""

    ties: list[TieBody] = Field(max_length=5000)


@room.api("GET", "/plan-staff", may="plan.make", answers=list[CouldServe], by=("duty", "account_id"))
def plan_staff() -> list[CouldServe]:
    """Who of one's own body can be named in a plan, by duty."""
    able = queries.could_serve(db(), me().organisation_id or "")
    return [CouldServe(duty, one.account_id, one.name) for duty in Duty for one in able[duty]]


@room.api("GET", "/plans/<sitting_id>/duties", may=SEE_PLANS, answers=list[DutyLine], by=("id",))
def list_duties(sitting_id: str) -> list[DutyLine]:
    """Who serves at an exam of one's own, and which examiners have declared their ties."""
    return queries.duties_of(db(), exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS)).id)


@room.api("GET", "/plans/<sitting_id>/ties", may=SEE_PLANS, answers=Verdict)
def list_ties(sitting_id: str) -> Verdict:
    """Whether an examiner of an exam of one's own is too near to a candidate, pair by pair."""
    return queries.free_of(db(), exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS)).id, today())


@room.api("POST", "/plans/<sitting_id>/duties/<duty_id>/replace", does=duties.replace, body=ReplaceBody, answers=Replaced)
def replace_duty(sitting_id: str, duty_id: str, body: ReplaceBody) -> Replaced:
    """Name somebody else for a duty; both are told."""
    return perform(duties.replace, request_key(), sitting_id=sitting_id, duty_id=duty_id, **body.model_dump())


@room.api("GET", "/duties", may=SEE, answers=list[OwnDuty], by=("sitting_id", "duty"))
def own_duties() -> list[OwnDuty]:
    """Where one serves oneself."""
    return queries.own_duties(db(), me().actor.account)


@room.api("GET", "/duties/<sitting_id>/candidates", may=SEE, answers=list[NamedCandidate], by=("application_id",))
def judged(sitting_id: str) -> list[NamedCandidate]:
    """The candidates whom one is to judge, with what one has said of each."""
    return queries.judged_by(db(), sitting_id, me().actor.account)


@room.api("POST", "/duties/<sitting_id>/declaration", does=duties.declare, body=TiesBody, answers=Declared)
def declare_ties(sitting_id: str, body: TiesBody) -> Declared:
    """Declare one's ties to the candidates registered so far."""
    ties = tuple(Said(one.application_id, one.kind) for one in body.ties)
    return perform(duties.declare, request_key(), sitting_id=sitting_id, ties=ties)
