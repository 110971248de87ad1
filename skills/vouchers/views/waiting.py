"""One's own place on a waiting list, on a page of its own, and how the waiting ended."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.kernel.errors import Missing
from skills.vouchers import queries
from skills.vouchers.actions import waiting
from skills.vouchers.rules.ceilings import FULL
from skills.vouchers.views.holder import HOLD
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
        if place is None and (ended := queries.ended_place(db(), person, batch_id)) is not None:
            if ended.to_batch_id:
                return go("waiting.one", batch_id=ended.to_batch_id)
            return show("vouchers/ended.html", ended=ended, offers=queries.offers(db(), person, day), full=FULL)
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

