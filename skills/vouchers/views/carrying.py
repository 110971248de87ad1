"""A batch's list goes on in another batch: proposed by one, approved by another; pages and API."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.vouchers import queries
from skills.vouchers.actions import carrying
from skills.vouchers.actions.carrying import CarryMade
from skills.vouchers.queries import CarryView
from skills.vouchers.views.bureau import SEE, mine
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, go, perform, tell, today

room = Room("carrying", __name__)


@room.post("/gov/batches/<batch_id>/carries", does=carrying.propose, name="propose")
def propose(batch_id: str) -> ResponseReturnValue:
    to, reason = request.form.get("to", "")[:26], request.form.get("reason", "")[:400]
    perform(carrying.propose, OrderForm().key.data, batch_id=batch_id, to_batch_id=to, reason=reason)
    tell("转入申请已提交，请另一位同事复核", "Proposed; another colleague has to approve it")
    return go("batches.one", batch_id=batch_id)


@room.post("/gov/carries/<carry_id>/approve", does=carrying.approve, name="approve")
def approve(carry_id: str) -> ResponseReturnValue:
    done = perform(carrying.approve, OrderForm().key.data, carry_id=carry_id)
    tell(f"{done.people} 人已转入下一批次，顺序不变，正在逐一通知", f"{done.people} people go on in the next batch, in their order, and are told")
    return go("batches.one", batch_id=done.batch_id)


@room.post("/gov/carries/<carry_id>/refuse", does=carrying.refuse, name="refuse")
def refuse(carry_id: str) -> ResponseReturnValue:
    done = perform(carrying.refuse, OrderForm().key.data, carry_id=carry_id, decision=request.form.get("decision", "")[:400])
    tell("未同意转入", "It was refused")
    return go("batches.one", batch_id=done.batch_id)


@room.post("/gov/carries/<carry_id>/withdraw", does=carrying.withdraw, name="withdraw")
def withdraw(carry_id: str) -> ResponseReturnValue:
    done = perform(carrying.withdraw, OrderForm().key.data, carry_id=carry_id)
    tell("转入申请已撤回", "The proposal was taken back")
    return go("batches.one", batch_id=done.batch_id)


class CarryBody(BaseModel):
    """The batch in which a list goes on, and why."""

    to: str = Field(max_length=26)
    reason: str = Field(min_length=1, max_length=400)


class CarryDecisionBody(BaseModel):
    """Why a list does not go on."""

    decision: str = Field(min_length=1, max_length=400)


@room.api("GET", "/batches/<batch_id>/carries", may=SEE, answers=list[CarryView])
def list_carries(batch_id: str) -> list[CarryView]:
    """Every proposal that a batch's list goes on in another, newest first."""
    queries.batch(db(), batch_id, mine(), today())
    return queries.carries(db(), batch_id)


@room.api("POST", "/batches/<batch_id>/carries", does=carrying.propose, body=CarryBody, answers=CarryMade, status=201)
def propose_carry(batch_id: str, body: CarryBody) -> CarryMade:
    """Propose that everybody who waits for a batch, or waited when it ended, goes on in another, in their order."""
    return perform(carrying.propose, request_key(), batch_id=batch_id, to_batch_id=body.to, reason=body.reason)


@room.api("POST", "/carries/<carry_id>/approve", does=carrying.approve, answers=CarryMade)
def approve_carry(carry_id: str) -> CarryMade:
    """Let a list go on, as a second person."""
    return perform(carrying.approve, request_key(), carry_id=carry_id)


@room.api("POST", "/carries/<carry_id>/refuse", does=carrying.refuse, body=CarryDecisionBody, answers=CarryMade)
def refuse_carry(carry_id: str, body: CarryDecisionBody) -> CarryMade:
    """Do not let a list go on."""
    return perform(carrying.refuse, request_key(), carry_id=carry_id, decision=body.decision)


@room.api("POST", "/carries/<carry_id>/withdraw", does=carrying.withdraw, answers=CarryMade)
def withdraw_carry(carry_id: str) -> CarryMade:
    """Take one's own proposal back."""
    return perform(carrying.withdraw, request_key(), carry_id=carry_id)
