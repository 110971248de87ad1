"""Accommodations for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import Base64Bytes, BaseModel, Field

from skills.certification.actions import accommodations
from skills.certification.actions.accommodations import AccommodationAsked, AccommodationDecided
from skills.certification.queries import accommodations as queries
from skills.certification.queries import exams
from skills.certification.queries.accommodations import AccommodationLine
from skills.certification.rules.accommodations import Needs
from skills.web.openapi import request_key
from skills.web.pages import Room, db, me, perform

room = Room("certification_accommodations_api", __name__)
DECIDE = accommodations.DECIDE


class NeedsBody(BaseModel):
    """What is needed; `extra_percent` more of the time of each section."""

    extra_percent: int = Field(default=0, ge=0, le=100)
    large_print: bool = False
    screen_reader: bool = False
    interpreter: bool = False
    step_free: bool = False

    def needs(self) -> Needs:
        """As the rules see it."""
        return Needs(self.extra_percent, self.large_print, self.screen_reader, self.interpreter, self.step_free)


class AskBody(NeedsBody):
    """What is needed, with a proof: PDF, JPEG or PNG in base64."""

    proof: Base64Bytes


class DecisionBody(NeedsBody):
    """What is granted (nothing: refused), and why."""

    reason: str = Field(min_length=1, max_length=400)


@room.api(
    "POST", "/me/applications/<application_id>/accommodation", does=accommodations.ask, body=AskBody, answers=AccommodationAsked,
    status=201, most=6 * 2**20,
)  # fmt: skip
def ask_accommodation(application_id: str, body: AskBody) -> AccommodationAsked:
    """Ask for accommodations with one's own application."""
    return perform(accommodations.ask, request_key(), application_id=application_id, needs=body.needs(), proof=body.proof)


@room.api("GET", "/me/applications/<application_id>/accommodation", may="application.file", answers=list[AccommodationLine])
def my_accommodation(application_id: str) -> list[AccommodationLine]:
    """What one asked for with an application; empty if nothing."""
    found = queries.accommodation(db(), exams.my_exam(db(), me().person_id, application_id).id)
    return [found] if found is not None else []


@room.api("GET", "/plans/<sitting_id>/accommodations", may=DECIDE, answers=list[AccommodationLine])
def plan_accommodations(sitting_id: str) -> list[AccommodationLine]:
    """The requests of an exam of one's own body."""
    return list(queries.accommodations(db(), exams.sitting(db(), sitting_id, me().actor.organisations_for(DECIDE)).id))


@room.api("POST", "/accommodations/<accommodation_id>/decide", does=accommodations.decide, body=DecisionBody, answers=AccommodationDecided)
def decide_accommodation(accommodation_id: str, body: DecisionBody) -> AccommodationDecided:
    """Decide a request, as somebody who does not mark in this exam."""
    return perform(
        accommodations.decide, request_key(), accommodation_id=accommodation_id, granted=body.needs(), reason=body.reason
    )
