"""Payments whose completion no longer stands, or of which less counts: the authority claims them back, or lets them stand with a reason."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.settlement.actions import claw_backs
from skills.settlement.forms import SumBackForm
from skills.settlement.views.bureau import SEE, claw_backs_page, mine
from skills.settlement.views.words import room
from skills.vouchers.actions import unearning
from skills.vouchers.queries import doubts
from skills.vouchers.queries.doubts import DoubtLine
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import db, go, perform, tell


class KeepBody(BaseModel):
    """Why the payment stands."""

    reason: str = Field(max_length=400)


@room.post("/gov/claw-backs/doubts/<doubt_id>/claim", does=claw_backs.propose, name="claim_doubt")
def claim(doubt_id: str) -> ResponseReturnValue:
    """Propose that the payment or a part of it comes back, for the reason of the correction."""
    found, form = doubts.doubt(db(), doubt_id, mine()), SumBackForm()
    if not form.validate_on_submit():
        return claw_backs_page(part=form)
    perform(
        claw_backs.propose, form.key.data, redemption_id=found.redemption_id, cents=form.amount.cents, reason=found.reason
    )
    tell("已提出追回，等待另一位同事复核", "Proposed; a second colleague decides")
    return go("settlement.claw_backs")


@room.post("/gov/claw-backs/doubts/<doubt_id>/keep", does=unearning.keep_paid, name="keep_doubt")
def keep(doubt_id: str) -> ResponseReturnValue:
    """Let the payment stand, with a reason that whoever was paid reads."""
    perform(unearning.keep_paid, OrderForm().key.data, doubt_id=doubt_id, reason=request.form.get("reason", "")[:400])
    tell("已决定不予追回，理由已告知收款方", "It stays paid; whoever was paid is told why")
    return go("settlement.claw_backs")


@room.api("GET", "/payment-doubts", may=SEE, answers=list[DoubtLine])
def api_doubts() -> list[DoubtLine]:
    """Payments whose completion no longer stands, oldest first. To claim one back, propose a claw-back of its use."""
    return doubts.doubts(db(), mine())


@room.api("POST", "/payment-doubts/<doubt_id>/keep", does=unearning.keep_paid, body=KeepBody, answers=None)
def api_keep(doubt_id: str, body: KeepBody) -> None:
    """Let a payment stand, with a reason that whoever was paid reads."""
    perform(unearning.keep_paid, request_key(), doubt_id=doubt_id, reason=body.reason)
