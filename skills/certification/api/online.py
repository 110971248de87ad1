"""Theory on screens for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import online as acts
from skills.certification.actions.online import Door, Entered, Reached, RunCode
from skills.certification.api import room
from skills.certification.queries import exams, online
from skills.certification.queries.online import Bound, Hall
from skills.papers.rules.runs import MOST_PAUSE
from skills.papers.states import INVIGILATE
from skills.web.openapi import request_key
from skills.web.pages import db, device, me, office, perform


class FormsBody(BaseModel):
    """Forms by letter, A first; none: on paper."""

    forms: list[str] = Field(max_length=4)


class EnterBody(BaseModel):
    """The room's code, or the one that an invigilator gave to go on elsewhere."""

    code: str = Field(min_length=1, max_length=12)


class PauseBody(BaseModel):
    """Minutes given back and why; to everybody who sits if nobody is named."""

    application_ids: list[str] = Field(default_factory=list, max_length=1_000)
    minutes: int = Field(ge=1, le=MOST_PAUSE)
    reason: str = Field(min_length=1, max_length=400)


@room.api("POST", "/plans/<sitting_id>/online/forms", does=acts.bind, body=FormsBody, answers=list[Bound])
def bind_forms(sitting_id: str, body: FormsBody) -> list[Bound]:
    """Say which forms are sat on screens."""
    perform(acts.bind, request_key(), sitting_id=sitting_id, forms=tuple(body.forms))
    return list(online.bound(db(), sitting_id))


@room.api("GET", "/plans/<sitting_id>/online", may=INVIGILATE, answers=list[Hall], by=("position",))
def get_halls(sitting_id: str) -> list[Hall]:
    """The rooms with who is in and how far they are."""
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(INVIGILATE))
    return online.halls(db(), line.id, office().clock.now())


@room.api("POST", "/plans/<sitting_id>/online/rooms/<int:position>", does=acts.open_door, answers=Door)
def open_door(sitting_id: str, position: int) -> Door:
    """A new code of a room."""
    return perform(acts.open_door, request_key(), sitting_id=sitting_id, position=position)


@room.api("POST", "/plans/<sitting_id>/online/pause", does=acts.pause, body=PauseBody, answers=Reached)
def pause_runs(sitting_id: str, body: PauseBody) -> Reached:
    """Give time back."""
    return perform(
        acts.pause, request_key(), sitting_id=sitting_id, application_ids=tuple(body.application_ids), minutes=body.minutes, reason=body.reason
    )


@room.api("POST", "/applications/<application_id>/paper", does=acts.enter, body=EnterBody, answers=Entered)
def enter_paper(application_id: str, body: EnterBody) -> Entered:
    """Begin one's paper, or go on with it in this session."""
    return perform(acts.enter, request_key(), application_id=application_id, code=body.code, device=device())


@room.api("POST", "/applications/<application_id>/paper/code", does=acts.give_code, answers=RunCode)
def give_code(application_id: str) -> RunCode:
    """A code by which a candidate goes on elsewhere, once."""
    return perform(acts.give_code, request_key(), application_id=application_id)


@room.api("POST", "/applications/<application_id>/paper/collect", does=acts.collect, answers=Reached)
def collect(application_id: str) -> Reached:
    """Take in the paper of a candidate who has left."""
    return perform(acts.collect, request_key(), application_id=application_id)
