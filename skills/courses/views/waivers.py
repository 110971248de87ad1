"""免修: a platform says that somebody need not attend; somebody of the authority decides, with a reason."""

from __future__ import annotations

from decimal import Decimal

from flask import request
from flask.typing import ResponseReturnValue
from wtforms import DecimalField, StringField
from wtforms.validators import Length, NumberRange

from skills.courses.actions import statements as acts
from skills.courses.queries import statements as queries
from skills.kernel.box import Box
from skills.web.forms import OrderForm, needed
from skills.web.pages import Room, db, go, me, perform, say, show, tell, tool

room: Room = Room("waivers", __name__)


class GrantForm(OrderForm):
    """The recognised score and the reason."""

    score = DecimalField(places=2, validators=[needed("请填写认可的成绩", "Enter the recognised score"), NumberRange(0, 100)])
    reason = StringField(validators=[needed("请写明理由", "Give the reason"), Length(max=200)])

    def __init__(self) -> None:
        super().__init__()
        self.score.label.text = say("认可的成绩", "Recognised score")
        self.reason.label.text = say("理由", "Reason")


class RefuseForm(OrderForm):
    """Why not."""

    reason = StringField(validators=[needed("请写明理由", "Give the reason"), Length(max=200)])


@room.get("/gov/waivers", may=acts.DECIDE)
def waiting() -> ResponseReturnValue:
    """Waivers that wait."""
    return _list(GrantForm())


@room.post("/gov/waivers/<statement_id>/grant", does=acts.grant_waiver)
def grant(statement_id: str) -> ResponseReturnValue:
    form = GrantForm()
    if not form.validate_on_submit():
        return _list(form, 422)
    perform(
        acts.grant_waiver, form.key.data, statement_id=statement_id, score=Decimal(form.score.data), reason=form.reason.data.strip()
    )
    tell("已同意免修，并转为一行结业报送", "Granted, and handed in as a row of a return")
    return go("waivers.waiting")


@room.post("/gov/waivers/<statement_id>/refuse", does=acts.refuse_waiver)
def refuse(statement_id: str) -> ResponseReturnValue:
    form = RefuseForm()
    if not form.validate_on_submit():
        return _list(GrantForm(), 422)
    perform(acts.refuse_waiver, form.key.data, statement_id=statement_id, reason=form.reason.data.strip())
    tell("未同意免修，机构已收到理由", "Refused; the institution reads why")
    return go("waivers.waiting")


def _list(form: GrantForm, status: int = 200) -> ResponseReturnValue:
    after, most = request.args.get("after", "")[:26], queries.PAGE
    found = queries.waivers(db(), tool(Box), me().actor.districts_for(acts.DECIDE), after, most + 1)
    return show("courses/waivers.html", status, waivers=found[:most], more=len(found) > most, after=after, form=form)
