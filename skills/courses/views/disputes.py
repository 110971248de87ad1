"""The bureau looks into uses that their holders deny."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.courses.actions import disputes as own
from skills.courses.forms import ReasonForm
from skills.courses.queries.classes import place_of_use
from skills.courses.views.words import room
from skills.vouchers import queries
from skills.vouchers.actions import disputes
from skills.web.pages import db, go, me, perform, say, show, tell, today

SEE = "dispute.see"
CHIPS = {"opened": "warn", "upheld": "bad", "dismissed": "idle", "withdrawn": "idle"}


def chip(line: queries.DisputeLine) -> tuple[str, str]:
    """A chip's kind and words."""
    return CHIPS[line.state], say(line.state_zh, line.state_en)


@room.get("/gov/disputes", may=SEE, name="disputes")
def listing() -> ResponseReturnValue:
    """Those that wait, by the day they are due; or those that are closed."""
    opened = request.args.get("state") != "closed"
    lines = queries.disputes(db(), me().actor.districts_for(SEE), opened, request.args.get("after", "")[:26])
    return show("courses/disputes.html", lines=lines, opened=opened, chip=chip, day_now=today())


@room.get("/gov/disputes/<dispute_id>", may=SEE, name="dispute")
def one(dispute_id: str) -> ResponseReturnValue:
    """One case: what was used where, the place it paid for, what to do."""
    line = queries.dispute(db(), dispute_id, me().actor.districts_for(SEE))
    return show(
        "courses/dispute.html", d=line, place=place_of_use(db(), line.redemption_id), chip=chip, form=ReasonForm(),
        may_decide=me().actor.may(disputes.DECIDE) and line.state == "opened", day_now=today(),
    )  # fmt: skip


@room.post("/gov/disputes/<dispute_id>/uphold", does=own.uphold, name="uphold_dispute")
def uphold(dispute_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(own.uphold, form.key.data, dispute_id=dispute_id, reason=form.reason.data or "")
    tell("已认定不是本人办理，用券已撤销", "Upheld: the use is undone")
    return go("courses.dispute", dispute_id=dispute_id)


@room.post("/gov/disputes/<dispute_id>/dismiss", does=disputes.dismiss, name="dismiss_dispute")
def dismiss(dispute_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(disputes.dismiss, form.key.data, dispute_id=dispute_id, reason=form.reason.data or "")
    tell("已认定是本人办理，付款解冻", "Dismissed: the money is free again")
    return go("courses.dispute", dispute_id=dispute_id)
