"""The same for programs."""

from __future__ import annotations

import base64
import binascii
from datetime import date

from pydantic import BaseModel, Field

from skills.kernel.errors import Refusal
from skills.supervision.actions import draws, rectifications, reports
from skills.supervision.actions.draws import Assigned, Passed, Planned
from skills.supervision.actions.rectifications import Followed
from skills.supervision.actions.reports import ItemAnswer, Reported
from skills.supervision.queries import rectifications as orders
from skills.supervision.queries import supervisions as queries
from skills.supervision.queries.rectifications import RectificationLine, RectificationPage
from skills.supervision.queries.supervisions import DrawLine, SupervisionLine, SupervisionPage
from skills.supervision.rules import LONGEST
from skills.supervision.views import rectifications as pages
from skills.supervision.views.desk import SEE, bounds
from skills.supervision.views.phone import taken
from skills.supervision.views.words import room
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform, today


class PlanBody(BaseModel):
    """A draw: of a body's own supervisors for all its exams of these days, or of the authority's for `size` exams."""

    since: date
    until: date
    size: int = Field(default=0, ge=0, le=2_000)
    organisation_id: str | None = Field(default=None, max_length=26)


class SaidBody(BaseModel):
    """What somebody says."""

    text: str = Field(min_length=1, max_length=LONGEST)


class PicturesBody(BaseModel):
    """Pictures: JPEG or PNG in base64."""

    photos: list[str] = Field(min_length=1, max_length=6)


class ItemBody(BaseModel):
    """An item of the list: yes, no or na."""

    code: str = Field(max_length=40)
    answer: str = Field(pattern="^(yes|no|na)$")
    remark: str = Field(default="", max_length=200)


class ReportBody(BaseModel):
    """The list, answered."""

    answers: list[ItemBody] = Field(default_factory=list, max_length=60)
    remark: str = Field(default="", max_length=1_000)


class RectifyBody(BaseModel):
    """What a body is to put right; `days` are working days, 0 as usual; of which report, unless its filing is suspended."""

    organisation_id: str = Field(max_length=26)
    text: str = Field(min_length=1, max_length=LONGEST)
    days: int = Field(default=0, ge=0, le=200)
    supervision_id: str | None = Field(default=None, max_length=26)


class RectifiedBody(BaseModel):
    """What was done, with pictures: JPEG or PNG in base64."""

    text: str = Field(min_length=1, max_length=LONGEST)
    photos: list[str] = Field(min_length=1, max_length=6)


class RecheckBody(BaseModel):
    """Whether it is right now; if not, `days` are the working days it goes on."""

    done: bool
    text: str = Field(min_length=1, max_length=LONGEST)
    days: int = Field(default=0, ge=0, le=200)


@room.api("GET", "/supervisions", may=SEE, answers=list[SupervisionLine])
def list_supervisions() -> list[SupervisionLine]:
    """The newest supervisions within one's districts, or of one's bodies."""
    return queries.listing(db(), **bounds())


@room.api("GET", "/supervisions/<supervision_id>", may=SEE, answers=SupervisionPage)
def get_supervision(supervision_id: str) -> SupervisionPage:
    """One supervision with its report."""
    return queries.page(db(), supervision_id, today(), **bounds())


@room.api("GET", "/me/supervisions", may=reports.REPORT, answers=list[SupervisionLine])
def list_my_supervisions() -> list[SupervisionLine]:
    """The exams that one was drawn for."""
    return queries.listing(db(), supervisor=me().actor.account)


@room.api("GET", "/supervision-draws", may=SEE, answers=list[DrawLine])
def list_supervision_draws() -> list[DrawLine]:
    """Draws: what each is drawn from, its digest and its seed, so that anybody can draw again."""
    return queries.draws(db(), **bounds())


@room.api("POST", "/supervision-draws", does=draws.plan, body=PlanBody, answers=Planned, status=201)
def plan_supervision(body: PlanBody) -> Planned:
    """Put on record what will be drawn from."""
    return perform(
        draws.plan, request_key(), since=body.since, until=body.until, size=body.size, organisation_id=body.organisation_id
    )


@room.api("POST", "/supervision-draws/<draw_id>/draw", does=draws.draw_now, answers=Assigned)
def draw_supervision(draw_id: str) -> Assigned:
    """Draw by the first signed head over the plan."""
    return perform(draws.draw_now, request_key(), draw_id=draw_id)


@room.api("POST", "/supervision-draws/<draw_id>/give-up", does=draws.give_up, body=SaidBody, answers=None, status=204)
def give_up_supervision(draw_id: str, body: SaidBody) -> None:
    """Give a plan up before it is drawn."""
    perform(draws.give_up, request_key(), draw_id=draw_id, reason=body.text)


@room.api("POST", "/supervisions/<supervision_id>/step-back", does=draws.step_back, body=SaidBody, answers=Passed)
def step_back_from_supervision(supervision_id: str, body: SaidBody) -> Passed:
    """Say that one is too near: the next by the seed watches it."""
    return perform(draws.step_back, request_key(), supervision_id=supervision_id, reason=body.text)


@room.api("POST", "/supervisions/<supervision_id>/photos", does=reports.add_photos, body=PicturesBody, answers=Reported)
def add_supervision_photos(supervision_id: str, body: PicturesBody) -> Reported:
    """Put pictures on record."""
    key = request_key()
    photos = taken(supervision_id, key, _bytes(body.photos))
    return perform(reports.add_photos, key, supervision_id=supervision_id, photos=photos)


def _bytes(photos: list[str]) -> list[bytes]:
    try:
        return [base64.b64decode(one, validate=True) for one in photos]
    except (binascii.Error, ValueError) as broken:
        raise Refusal("shot.broken") from broken


@room.api("POST", "/supervisions/<supervision_id>/sign", does=reports.sign, body=ReportBody, answers=Reported)
def sign_supervision(supervision_id: str, body: ReportBody) -> Reported:
    """Sign the report on the day of the exam."""
    answers = tuple(ItemAnswer(a.code, a.answer, a.remark) for a in body.answers)
    return perform(reports.sign, request_key(), supervision_id=supervision_id, answers=answers, remark=body.remark)


@room.api("POST", "/sittings/<sitting_id>/supervision-excuse", does=reports.excuse, body=SaidBody, answers=None, status=204)
def excuse_supervision(sitting_id: str, body: SaidBody) -> None:
    """Let an exam go on to its notice without the report of an internal supervisor."""
    perform(reports.excuse, request_key(), sitting_id=sitting_id, reason=body.text)


@room.api("GET", "/rectifications", may=pages.SEE, answers=list[RectificationLine])
def list_rectifications() -> list[RectificationLine]:
    """What bodies are to put right, within one's districts or of one's bodies; the open ones first."""
    return orders.listing(db(), today(), **pages.bounds())


@room.api("GET", "/rectifications/<rectification_id>", may=pages.SEE, answers=RectificationPage)
def get_rectification(rectification_id: str) -> RectificationPage:
    """One order with all that happened to it."""
    return orders.page(db(), rectification_id, today(), **pages.bounds())


@room.api("POST", "/rectifications", does=rectifications.order, body=RectifyBody, answers=Followed, status=201)
def order_rectification(body: RectifyBody) -> Followed:
    """Order a body to put something right."""
    return perform(
        rectifications.order, request_key(), organisation_id=body.organisation_id, text=body.text, days=body.days,
        supervision_id=body.supervision_id,
    )  # fmt: skip


@room.api("POST", "/rectifications/<rectification_id>/answer", does=rectifications.answer, body=RectifiedBody, answers=Followed)
def answer_rectification(rectification_id: str, body: RectifiedBody) -> Followed:
    """Say as the body what was done, with pictures."""
    key = request_key()
    photos = pages.taken(rectification_id, key, _bytes(body.photos))
    return perform(rectifications.answer, key, rectification_id=rectification_id, text=body.text, photos=photos)


@room.api("POST", "/rectifications/<rectification_id>/recheck", does=rectifications.recheck, body=RecheckBody, answers=Followed)
def recheck_rectification(rectification_id: str, body: RecheckBody) -> Followed:
    """Check again, as another person than who ordered it."""
    return perform(
        rectifications.recheck, request_key(), rectification_id=rectification_id, done=body.done, text=body.text, days=body.days
    )
