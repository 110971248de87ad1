"""政策找人 of a batch: find who is entitled and has not claimed, tell them, see what came of it."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.vouchers import queries
from skills.vouchers.actions import reaching
from skills.vouchers.states import REACH, ReachState
from skills.vouchers.views.bureau import SEE, may_here, mine
from skills.web.forms import OrderForm
from skills.web.pages import Room, db, go, perform, say, show, tell, today

room = Room("reaching", __name__)


@room.get("/gov/batches/<batch_id>/reach", may=SEE)
def one(batch_id: str) -> ResponseReturnValue:
    """Who was found and told, what was claimed after it, and who waits."""
    batch = queries.batch(db(), batch_id, mine(), today()).batch
    found = queries.reach(db(), batch_id, mine())
    wanted = request.args.get("state", ReachState.FOUND)
    state = wanted if wanted in set(ReachState) else ReachState.FOUND
    lines = queries.reach_lines(db(), batch_id, state, mine(), request.args.get("after", "")[:26])
    return show(
        "vouchers/reach.html", b=batch, page=found, lines=lines, state=str(state),
        states=[(s.value, say(*REACH.words[s])) for s in ReachState], under_way=queries.under_way(found.progress),
        may_issue=may_here("batch.issue", batch.district), key=OrderForm().key.data,
    )  # fmt: skip


@room.post("/gov/batches/<batch_id>/reach/find", does=reaching.find, name="find")
def find(batch_id: str) -> ResponseReturnValue:
    done = perform(reaching.find, OrderForm().key.data, batch_id=batch_id)
    tell(f"开始查找，共核对 {done.people} 人", f"The search through {done.people} people has begun")
    return go("reaching.one", batch_id=batch_id)


@room.post("/gov/batches/<batch_id>/reach/tell", does=reaching.tell, name="tell")
def tell_(batch_id: str) -> ResponseReturnValue:
    done = perform(reaching.tell, OrderForm().key.data, batch_id=batch_id)
    tell(f"开始通知，共 {done.people} 人", f"{done.people} people are being told")
    return go("reaching.one", batch_id=batch_id)
