"""What the party complained of reads and says to it: the substance, never who."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from skills.complaints import actions, queries
from skills.complaints.views.base import private, room
from skills.web.forms import OrderForm
from skills.web.pages import db, fresh_key, me, perform, show, tell, today

HEAR = "complaint.hear"


@room.get("/org/complaints", may=HEAR, name="told")
@room.get("/ent/complaints", may=HEAR, name="told_body")
def told() -> ResponseReturnValue:
    cases = queries.told_to(db(), me().actor.organisations_for(HEAR), today())
    return private(show("complaints/told.html", cases=cases, key=fresh_key(), base=_base()))


@room.post("/org/complaints/<complaint_id>/state", does=actions.state, name="state")
@room.post("/ent/complaints/<complaint_id>/state", does=actions.state, name="state_body")
def state(complaint_id: str) -> ResponseReturnValue:
    perform(actions.state, OrderForm().key.data, complaint_id=complaint_id, text=request.form.get("text", ""))
    tell("已提交说明", "Your word is handed in")
    return redirect(_base(), 303)


def _base() -> str:
    return "/ent/complaints" if request.path.startswith("/ent") else "/org/complaints"
