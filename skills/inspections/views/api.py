"""The same for programs."""

from __future__ import annotations

import base64
import binascii
from datetime import date

from flask import request
from pydantic import BaseModel, Field

from skills.inspections.actions import closing, draws, visits
from skills.inspections.actions.closing import Followed
from skills.inspections.actions.draws import Assigned, Passed, Planned
from skills.inspections.actions.visits import OWN, ItemAnswer, Visited
from skills.inspections.queries import visits as queries
from skills.inspections.queries.visits import DrawLine, InspectionLine, InspectionPage
from skills.inspections.rules import LONGEST, Way
from skills.inspections.states import Outcome
from skills.inspections.views.visit import taken
from skills.inspections.views.words import room
from skills.kernel.errors import Refusal
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform, today

SEE = "inspection.see"


class PlanBody(BaseModel):
    """A plan of a draw: `size` classes by lot, or those of `class_ids` by risk."""

    purpose: str = Field(min_length=1, max_length=200)
    way: Way = Way.RANDOM
    since: date
    until: date
    size: int = Field(default=0, ge=0, le=2_000)
    class_ids: list[str] = Field(default_factory=list, max_length=2_000)


class TextBody(BaseModel):
    """What somebody says."""

    text: str = Field(min_length=1, max_length=LONGEST)


class SignatureBody(BaseModel):
    """What the institution says beside its signature."""

    text: str = Field(default="", max_length=LONGEST)


class CountBody(BaseModel):
    """What the inspector sees."""

    session_id: str = Field(max_length=26)
    held: bool = True
    heads: int = Field(ge=0, le=2_000)
    same_room: bool = True
    same_lecturer: bool = True
    seen: str = Field(default="", max_length=400)


class PhotosBody(BaseModel):
    """Pictures: JPEG or PNG in base64."""

    photos: list[str] = Field(min_length=1, max_length=6)


class AnswerBody(BaseModel):
    """An item of the list: yes, no or na."""

    code: str = Field(max_length=40)
    answer: str = Field(pattern="^(yes|no|na)$")
    remark: str = Field(default="", max_length=200)


class SignBody(BaseModel):
    """The list, answered."""

    answers: list[AnswerBody] = Field(default_factory=list, max_length=60)
    remark: str = Field(default="", max_length=1_000)


class OutcomeBody(BaseModel):
    """How it ends: rectified, unfounded or upheld; and why."""

    outcome: Outcome
    text: str = Field(min_length=1, max_length=LONGEST)


@room.api("GET", "/inspections", may=SEE, answers=list[InspectionLine])
def list_inspections() -> list[InspectionLine]:
    """Inspections under way; `?closed=1` those that are over; `?mine=1` one's own visits."""
    actor = me().actor
    return queries.listing(
        db(), today(), districts=actor.districts_for(SEE), closed=request.args.get("closed") == "1",
        inspector=actor.account if request.args.get("mine") == "1" else "", after=request.args.get("after", "")[:26],
    )  # fmt: skip


@room.api("GET", "/inspections/<inspection_id>", may=SEE, answers=InspectionPage)
def get_inspection(inspection_id: str) -> InspectionPage:
    """One inspection with everything on record."""
    return queries.inspection(db(), inspection_id, today(), districts=me().actor.districts_for(SEE))


@room.api("GET", "/organisations/own/inspections", may=OWN, answers=list[InspectionLine])
def list_own_inspections() -> list[InspectionLine]:
    """Inspections of one's own classes; `?closed=1` those that are over."""
    return queries.listing(
        db(), today(), institutions=me().actor.organisations_for(OWN), closed=request.args.get("closed") == "1",
        after=request.args.get("after", "")[:26],
    )  # fmt: skip


@room.api("GET", "/organisations/own/inspections/<inspection_id>", may=OWN, answers=InspectionPage)
def get_own_inspection(inspection_id: str) -> InspectionPage:
    """One inspection of one's own classes."""
    return queries.inspection(db(), inspection_id, today(), institutions=me().actor.organisations_for(OWN))


@room.api("GET", "/inspection-draws", may=SEE, answers=list[DrawLine])
def list_draws() -> list[DrawLine]:
    """Draws, newest first: what each was drawn from, its digest and its seed, so that anybody can draw again."""
    return list(queries.draws(db(), me().actor.districts_for(SEE)))


@room.api("POST", "/inspection-draws", does=draws.plan, body=PlanBody, answers=Planned, status=201)
def plan_draw(body: PlanBody) -> Planned:
    """Put on record what will be drawn from."""
    return perform(
        draws.plan, request_key(), purpose=body.purpose, way=body.way, since=body.since, until=body.until, size=body.size,
        class_ids=tuple(body.class_ids),
    )  # fmt: skip


@room.api("POST", "/inspection-draws/<draw_id>/draw", does=draws.draw_now, answers=Assigned)
def draw_classes(draw_id: str) -> Assigned:
    """Draw what the seed draws."""
    return perform(draws.draw_now, request_key(), draw_id=draw_id)


@room.api("POST", "/inspection-draws/<draw_id>/end", does=draws.give_up, body=TextBody, answers=None)
def give_up_draw(draw_id: str, body: TextBody) -> None:
    """Give a plan up before it is drawn."""
    return perform(draws.give_up, request_key(), draw_id=draw_id, reason=body.text)


@room.api("POST", "/inspections/<inspection_id>/step-back", does=draws.step_back, body=TextBody, answers=Passed)
def step_back_from(inspection_id: str, body: TextBody) -> Passed:
    """Say that the institution is too near: the next by the seed visits it."""
    return perform(draws.step_back, request_key(), inspection_id=inspection_id, reason=body.text)


@room.api("POST", "/inspections/<inspection_id>/end", does=draws.call_off, body=TextBody, answers=None)
def call_off_inspection(inspection_id: str, body: TextBody) -> None:
    """Nothing is left to visit."""
    return perform(draws.call_off, request_key(), inspection_id=inspection_id, reason=body.text)


@room.api("POST", "/inspections/<inspection_id>/count", does=visits.count, body=CountBody, answers=Visited)
def count_heads(inspection_id: str, body: CountBody) -> Visited:
    """Count heads; that minute's attendance is frozen."""
    return perform(
        visits.count, request_key(), inspection_id=inspection_id, session_id=body.session_id, held=body.held, heads=body.heads,
        same_room=body.same_room, same_lecturer=body.same_lecturer, seen=body.seen,
    )  # fmt: skip


@room.api("POST", "/inspections/<inspection_id>/photos", does=visits.add_photos, body=PhotosBody, answers=Visited)
def add_inspection_photos(inspection_id: str, body: PhotosBody) -> Visited:
    """Take pictures in."""
    try:
        found = [base64.b64decode(one, validate=True) for one in body.photos]
    except (binascii.Error, ValueError) as broken:
        raise Refusal("shot.broken") from broken
    key = request_key()
    return perform(visits.add_photos, key, inspection_id=inspection_id, photos=taken(inspection_id, key, found))


@room.api("POST", "/inspections/<inspection_id>/signature", does=visits.sign, body=SignBody, answers=Visited)
def sign_inspection(inspection_id: str, body: SignBody) -> Visited:
    """Sign as the inspector."""
    answers = tuple(ItemAnswer(a.code, a.answer, a.remark) for a in body.answers)
    return perform(visits.sign, request_key(), inspection_id=inspection_id, answers=answers, remark=body.remark)


@room.api("POST", "/inspections/<inspection_id>/refusal", does=visits.note_refusal, body=TextBody, answers=Visited)
def note_no_signature(inspection_id: str, body: TextBody) -> Visited:
    """Note that the institution did not sign."""
    return perform(visits.note_refusal, request_key(), inspection_id=inspection_id, text=body.text)


@room.api("POST", "/inspections/<inspection_id>/countersignature", does=visits.countersign, body=SignatureBody, answers=Visited)
def countersign_inspection(inspection_id: str, body: SignatureBody) -> Visited:
    """Sign as the institution's person who was there."""
    return perform(visits.countersign, request_key(), inspection_id=inspection_id, text=body.text)


@room.api("POST", "/inspections/<inspection_id>/answer", does=closing.answer, body=TextBody, answers=Followed)
def answer_inspection(inspection_id: str, body: TextBody) -> Followed:
    """Answer as the institution."""
    return perform(closing.answer, request_key(), inspection_id=inspection_id, text=body.text)


@room.api("POST", "/inspections/<inspection_id>/order", does=closing.order, body=TextBody, answers=Followed)
def order_rectification(inspection_id: str, body: TextBody) -> Followed:
    """Order it to be rectified."""
    return perform(closing.order, request_key(), inspection_id=inspection_id, text=body.text)


@room.api("POST", "/inspections/<inspection_id>/report", does=closing.report, body=TextBody, answers=Followed)
def report_rectification(inspection_id: str, body: TextBody) -> Followed:
    """Report what was done."""
    return perform(closing.report, request_key(), inspection_id=inspection_id, text=body.text)


@room.api("POST", "/inspections/<inspection_id>/proposal", does=closing.propose, body=OutcomeBody, answers=Followed)
def propose_end(inspection_id: str, body: OutcomeBody) -> Followed:
    """Say how it ends; a second person decides."""
    return perform(closing.propose, request_key(), inspection_id=inspection_id, outcome=body.outcome, text=body.text)


@room.api("POST", "/inspections/<inspection_id>/return", does=closing.send_back, body=TextBody, answers=Followed)
def return_proposal(inspection_id: str, body: TextBody) -> Followed:
    """Not agreed, as the second person."""
    return perform(closing.send_back, request_key(), inspection_id=inspection_id, text=body.text)


@room.api("POST", "/inspections/<inspection_id>/closure", does=closing.close, answers=Followed)
def close_inspection(inspection_id: str) -> Followed:
    """Agree as the second person."""
    return perform(closing.close, request_key(), inspection_id=inspection_id)
