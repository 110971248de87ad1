"""Advances: an institution asks, the authority decides, finance reports the payment."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.settlement.actions import advances
from skills.settlement.forms import AdvanceForm, PaidForm, ReasonForm
from skills.settlement.queries import advances as queries
from skills.settlement.views.bureau import SEE, mine
from skills.settlement.views.words import other_chip, room
from skills.web.pages import db, go, me, perform, show, tell, today

PAGE = 50


@room.get("/org/money/advances", may=advances.ASK, name="own_advances")
def own_advances() -> ResponseReturnValue:
    return _own(AdvanceForm())


def _own(form: AdvanceForm, status: int = 200) -> ResponseReturnValue:
    organisation = me().organisation_id or ""
    return show(
        "settlement/own_advances.html", status, form=form, rooms=queries.rooms(db(), organisation, today()), other_chip=other_chip,
        advances=queries.advances(db(), None, organisation),
    )  # fmt: skip


@room.post("/org/money/advances", does=advances.ask, name="ask_advance")
def ask_advance() -> ResponseReturnValue:
    form = AdvanceForm()
    if not form.validate_on_submit():
        return _own(form, 422)
    perform(
        advances.ask, form.key.data, organisation_id=me().organisation_id, district=form.district.data, cents=form.amount.cents
    )
    tell("预拨申请已提交", "The advance is asked for")
    return go("settlement.own_advances")


@room.get("/gov/advances", may=SEE, name="advances")
def listing() -> ResponseReturnValue:
    return _list(ReasonForm(), PaidForm())


def _list(form: ReasonForm, paid: PaidForm, status: int = 200) -> ResponseReturnValue:
    found = queries.advances(db(), mine(), after=request.args.get("after", "")[:26], most=PAGE + 1)
    actor = me().actor
    return show(
        "settlement/advances.html", status, advances=found[:PAGE], more=found[PAGE - 1].id if len(found) > PAGE else None,
        other_chip=other_chip, may_decide=actor.may(advances.DECIDE), may_pay=actor.may(advances.PAY), account=actor.account,
        form=form, paid=paid, on=today(),
    )  # fmt: skip


@room.post("/gov/advances/<advance_id>/approve", does=advances.approve, name="approve_advance")
def approve_advance(advance_id: str) -> ResponseReturnValue:
    perform(advances.approve, ReasonForm().key.data, advance_id=advance_id)
    tell("已同意预拨，等待财政拨付", "Approved; finance pays it next")
    return go("settlement.advances")


@room.post("/gov/advances/<advance_id>/refuse", does=advances.refuse, name="refuse_advance")
def refuse_advance(advance_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _list(form, PaidForm(), 422)
    perform(advances.refuse, form.key.data, advance_id=advance_id, reason=form.reason.data)
    tell("不予预拨，理由已告诉机构", "Refused; the institution is told why")
    return go("settlement.advances")


@room.post("/gov/advances/<advance_id>/pay", does=advances.pay, name="pay_advance")
def pay_advance(advance_id: str) -> ResponseReturnValue:
    paid = PaidForm()
    if not paid.validate_on_submit():
        return _list(ReasonForm(), paid, 422)
    perform(
        advances.pay, paid.key.data, advance_id=advance_id, cents=paid.amount.cents, paid_on=paid.paid_on.data,
        reference=paid.reference.data,
    )  # fmt: skip
    tell("已登记预拨", "Reported as paid")
    return go("settlement.advances")
