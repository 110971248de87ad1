"""A paper as it is sat: every answer is saved by itself, with or without a script. The session is the device."""

from __future__ import annotations

from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, Field

from skills.papers.actions import runs as acts
from skills.papers.actions.runs import Alive, Saved
from skills.papers.queries import runs as queries
from skills.papers.queries.runs import RunPage
from skills.papers.states import SIT
from skills.papers.views.words import count, room
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import db, device, go, me, office, perform, show, tell


class AnswerBody(BaseModel):
    """An answer to an item: a letter, letters, "true" or "false", or a number; empty to take it back.

    said_at: when it was given, for what waited for the network.
    """

    place: int = Field(ge=1, le=1_000)
    value: str = Field(default="", max_length=60)
    flagged: bool = False
    said_at: AwareDatetime | None = None


def _page(run_id: str) -> RunPage:
    return queries.own(db(), run_id, me().actor.account, device(), office().clock.now())


@room.get("/me/papers/<run_id>", may=SIT, name="run")
def run(run_id: str) -> ResponseReturnValue:
    """The paper with everything that was saved."""
    return show("papers/run.html", page=_page(run_id))


@room.post("/me/papers/<run_id>/answers", does=acts.answer, name="save_answer")
def save_answer(run_id: str) -> ResponseReturnValue:
    """Save one answer by hand, and on to the next question."""
    form, place = OrderForm(), count(request.form.get("place", ""))
    value = "".join(request.form.getlist("value"))[:60]
    done = perform(
        acts.answer, form.key.data, run_id=run_id, place=place, value=value, device=device(), flagged=bool(request.form.get("flagged"))
    )
    tell(f"第 {place} 题已保存，还剩 {done.left // 60} 分钟", f"Question {place} is saved; {done.left // 60} minutes are left")
    return go("papers.run", run_id=run_id, _anchor=f"q-{place}")


@room.get("/me/papers/<run_id>/hand-in", may=SIT, name="confirm_hand_in")
def confirm_hand_in(run_id: str) -> ResponseReturnValue:
    """What is answered and what is not, before it is handed in."""
    page = _page(run_id)
    if not page.open or not page.here:
        return go("papers.run", run_id=run_id)
    return show("papers/hand_in.html", page=page, form=OrderForm())


@room.post("/me/papers/<run_id>/hand-in", does=acts.hand_in, name="hand_in")
def hand_in(run_id: str) -> ResponseReturnValue:
    perform(acts.hand_in, OrderForm().key.data, run_id=run_id, device=device())
    return go("papers.run", run_id=run_id)


@room.api("GET", "/me/papers/<run_id>", may=SIT, answers=RunPage)
def get_run(run_id: str) -> RunPage:
    """One's own paper with everything that was saved, and the server's clock."""
    return _page(run_id)


@room.api("POST", "/me/papers/<run_id>/answers", does=acts.answer, body=AnswerBody, answers=Saved)
def post_answer(run_id: str, body: AnswerBody) -> Saved:
    """Save an answer; the last one to an item counts."""
    said_at: datetime | None = body.said_at
    return perform(
        acts.answer, request_key(), run_id=run_id, place=body.place, value=body.value, device=device(), flagged=body.flagged, said_at=said_at
    )


@room.api("POST", "/me/papers/<run_id>/beats", does=acts.beat, answers=Alive)
def post_beat(run_id: str) -> Alive:
    """A sign of life."""
    return perform(acts.beat, request_key(), run_id=run_id, device=device())


@room.api("POST", "/me/papers/<run_id>/hand-in", does=acts.hand_in, answers=Alive)
def post_hand_in(run_id: str) -> Alive:
    """Hand the paper in."""
    return perform(acts.hand_in, request_key(), run_id=run_id, device=device())
