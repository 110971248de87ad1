"""The day of an exam for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import late, rescheduling
from skills.certification.actions.applications import Applied
from skills.certification.actions.late import AddedLate
from skills.certification.api import room
from skills.web.openapi import request_key
from skills.web.pages import perform


class RescheduleBody(BaseModel):
    """The exam to move to."""

    sitting_id: str = Field(max_length=26)


class LateBody(BaseModel):
    """Who is added, by identity document, and why."""

    kind: str = Field(max_length=16)
    number: str = Field(max_length=32)
    reason: str = Field(min_length=1, max_length=400)


@room.api("POST", "/applications/<application_id>/reschedule", does=rescheduling.reschedule, body=RescheduleBody, answers=Applied, status=201)
def reschedule(application_id: str, body: RescheduleBody) -> Applied:
    """Move one's own application to another exam of the same body, occupation and level."""
    return perform(rescheduling.reschedule, request_key(), application_id=application_id, sitting_id=body.sitting_id)


@room.api("POST", "/plans/<sitting_id>/late", does=late.add, body=LateBody, answers=AddedLate, status=201)
def add_late(sitting_id: str, body: LateBody) -> AddedLate:
    """Add somebody after the seats were given; nobody who sits is moved."""
    return perform(late.add, request_key(), sitting_id=sitting_id, **body.model_dump())
