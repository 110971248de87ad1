"""Marks of panels for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import panels
from skills.certification.actions.panels import MARK, Given
from skills.certification.actions.scores import Typed
from skills.certification.api import ScoresBody, room
from skills.certification.queries import exams
from skills.certification.queries import panels as queries
from skills.certification.queries.panels import OwnSheet, PanelLine
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform

SEE_PLANS = "plan.see"


class LetStandBody(BaseModel):
    """Why marks that lie far apart stand."""

    application_id: str = Field(max_length=26)
    section: str = Field(max_length=16)
    reason: str = Field(min_length=1, max_length=400)


@room.api("GET", "/panel/<sitting_id>/<section>", may=MARK, answers=OwnSheet)
def own_sheet(sitting_id: str, section: str) -> OwnSheet:
    """One's own marks as an examiner; nobody else's."""
    return queries.own_sheet(db(), sitting_id, section, me().actor.account)


@room.api("POST", "/panel/<sitting_id>/marks", does=panels.mark, body=ScoresBody, answers=Given)
def give_marks(sitting_id: str, body: ScoresBody) -> Given:
    """Give one's own marks as an examiner of a panel."""
    lines = tuple(Typed(line.application_id, line.text) for line in body.lines)
    return perform(panels.mark, request_key(), sitting_id=sitting_id, section=body.section, lines=lines)


@room.api("GET", "/plans/<sitting_id>/panels", may=SEE_PLANS, answers=list[PanelLine], by=("section",))
def list_panels(sitting_id: str) -> list[PanelLine]:
    """How far the panels of an exam of one's own are; no mark."""
    return queries.panels(db(), exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS)).id)


@room.api("POST", "/plans/<sitting_id>/panels/let-stand", does=panels.let_stand, body=LetStandBody, answers=list[PanelLine])
def let_stand(sitting_id: str, body: LetStandBody) -> list[PanelLine]:
    """Let marks that lie far apart stand, with a reason, as somebody who is not of the panel."""
    perform(panels.let_stand, request_key(), sitting_id=sitting_id, **body.model_dump())
    return queries.panels(db(), sitting_id)
