"""The authority's pages: every request and what is late, orders, successors of bodies that are gone."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.accounts import actions as accounts
from skills.accounts.queries import organisations, successions
from skills.aftercare import queries
from skills.aftercare.actions import orders
from skills.aftercare.forms import KeyForm, OrderingForm, SuccessorForm
from skills.aftercare.queries import naming
from skills.aftercare.rules import CareKind
from skills.aftercare.views.words import CHIPS, box, words
from skills.web.pages import Room, db, go, me, perform, show, tell, today

room = Room("care_gov", __name__)
room.context_processor(words)


@room.get("/gov/care", may="care.see")
def listing() -> ResponseReturnValue:
    """Every request at every body, the late ones first; and the orders."""
    closed = request.args.get("closed") == "1"
    lines = queries.of_bodies(db(), None, today(), closed=closed)
    held = queries.orders(db(), box(), today(), None, closed=closed)
    return show("aftercare/desk.html", lines=lines, orders=held, closed=closed, chips=CHIPS, base="/gov", gov=True)


@room.get("/gov/care/documents", may="care.see")
def documents() -> ResponseReturnValue:
    """Certificates that name a document which was taken off their holder."""
    return show("aftercare/documents.html", lines=naming.still_wrong(db()))


@room.get("/gov/care/<request_id>", may="care.see")
def one(request_id: str) -> ResponseReturnValue:
    """One request, to read."""
    case = queries.case(db(), box(), request_id, today(), None)
    return show("aftercare/case.html", c=case, chips=CHIPS, base="/gov", revoking=case.line.kind == CareKind.REVOKE,
                moves=set(), decides=False, fields=[], form=None, words=None, over=False)  # fmt: skip


@room.get("/gov/care/orders/new", may="care.order")
def new_order() -> ResponseReturnValue:
    """The form of an order."""
    form = OrderingForm()
    form.number.data = form.number.data or request.args.get("number", "")
    return show("aftercare/order.html", form=form, days=queries.days_of(db(), today()))


@room.post("/gov/care/orders/new", does=orders.order)
def order() -> ResponseReturnValue:
    """责令."""
    form = OrderingForm()
    if not form.validate_on_submit():
        return show("aftercare/order.html", 422, form=form, days=queries.days_of(db(), today()))
    done = perform(
        orders.order, form.key.data, number="".join(form.number.data.upper().split()), kind=CareKind(form.kind.data),
        document=form.document.data, grounds=form.grounds.data,
    )  # fmt: skip
    tell(f"已责令，机构须在 {done.due_on} 前作出决定", f"Ordered; the body has to decide by {done.due_on}")
    return go("care_gov.listing")


@room.post("/gov/care/orders/<order_id>/recall", does=orders.recall)
def recall(order_id: str) -> ResponseReturnValue:
    """Take an order back."""
    perform(orders.recall, KeyForm().key.data, order_id=order_id)
    tell("已收回", "Recalled")
    return go("care_gov.listing")


@room.get("/gov/care/successors", may="succession.propose")
def successors() -> ResponseReturnValue:
    """Bodies that are gone, and who acts for their certificates."""
    return _successors(SuccessorForm())


@room.post("/gov/care/successors", does=accounts.propose_successor)
def propose_successor() -> ResponseReturnValue:
    """Propose a successor."""
    form = SuccessorForm()
    if not form.validate_on_submit():
        return _successors(form, 422)
    perform(
        accounts.propose_successor, form.key.data, gone_id=form.gone.data, successor_id=form.successor.data,
        document=form.document.data,
    )  # fmt: skip
    tell("已提出，待另一人复核", "Proposed; another person appoints")
    return go("care_gov.successors")


@room.post("/gov/care/successors/<succession_id>/appoint", does=accounts.appoint_successor)
def appoint(succession_id: str) -> ResponseReturnValue:
    """Appoint, as the second person."""
    perform(accounts.appoint_successor, KeyForm().key.data, succession_id=succession_id)
    tell("已指定承接机构", "Appointed")
    return go("care_gov.successors")


@room.post("/gov/care/successors/<succession_id>/end", does=accounts.end_succession)
def end(succession_id: str) -> ResponseReturnValue:
    """End an appointment."""
    perform(accounts.end_succession, KeyForm().key.data, succession_id=succession_id)
    tell("已终止", "Ended", "warn")
    return go("care_gov.successors")


def _successors(form: SuccessorForm, status: int = 200) -> ResponseReturnValue:
    gone = [o for o in organisations(db()) if o.state in ("suspended", "closed")]
    held = [(body, successions(db(), body.id)) for body in gone]
    return show("aftercare/successors.html", status, form=form, gone=held, appoints=me().actor.may("succession.appoint"))
