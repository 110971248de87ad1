"""Waiting lists: one's own place on a page of its own; the bureau hands a list on to the next batch."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.kernel.errors import Missing
from skills.vouchers import queries
from skills.vouchers.actions import waiting
from skills.vouchers.views.holder import FULL, HOLD
from skills.web.forms import OrderForm
from skills.web.pages import Room, db, go, me, perform, show, tell, today

room = Room("waiting", __name__)


@room.get("/me/vouchers/waiting/<batch_id>", may=HOLD)
def one(batch_id: str) -> ResponseReturnValue:
    """One's own place, or how long the list is and the way onto it."""
    person, day = me().person_id, today()
    place = next((p for p in queries.places_of(db(), person) if p.batch_id == batch_id), None)
    try:
        offer = queries.offer(db(), person, batch_id, day)
    except Missing:
        if place is None:
            # A notice leads here for as long as it lies in an inbox.
            tell("这一批现在没有候补", "There is nothing to wait for in this batch just now", "info")
            return go("vouchers.wallet")
        offer = None
    if place is None and offer is not None and offer.verdict.code not in FULL:
        return go("vouchers.check", batch_id=batch_id)
    return show(
        "vouchers/waiting.html", place=place, offer=offer, batch_id=batch_id, key=OrderForm().key.data,
        queue=queries.lines_of(db(), [batch_id]).get(batch_id, 0),
    )  # fmt: skip


@room.post("/me/vouchers/waiting/<batch_id>/join", does=waiting.join, name="join")
def join(batch_id: str) -> ResponseReturnValue:
    perform(waiting.join, OrderForm().key.data, batch_id=batch_id)
    tell("已加入候补，轮到时会发消息告诉您", "You are on the list; a message tells you when it is your turn")
    return go("waiting.one", batch_id=batch_id)


@room.post("/me/vouchers/waiting/<batch_id>/leave", does=waiting.leave, name="leave")
def leave(batch_id: str) -> ResponseReturnValue:
    perform(waiting.leave, OrderForm().key.data, batch_id=batch_id)
    tell("已退出候补", "You have left the list")
    return go("vouchers.wallet")


@room.post("/gov/batches/<batch_id>/waiting/carry", does=waiting.carry, name="carry")
def carry(batch_id: str) -> ResponseReturnValue:
    done = perform(waiting.carry, OrderForm().key.data, batch_id=batch_id, to_batch_id=request.form.get("to", "")[:26])
    tell(f"{done.people} 人转到下一批次候补，顺序不变", f"{done.people} people wait for the next batch, in their order")
    return go("batches.one", batch_id=batch_id)
