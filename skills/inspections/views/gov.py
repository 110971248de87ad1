"""The bureau's desk of inspections: draws, inspections, orders to rectify, closing by two."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import make_response, request, send_file
from flask.typing import ResponseReturnValue

from skills.inspections.actions import closing, draws
from skills.inspections.forms import DrawForm, ProposeForm, WordsForm
from skills.inspections.queries import pool
from skills.inspections.queries import visits as queries
from skills.inspections.rules import Way
from skills.inspections.states import Outcome
from skills.inspections.views.words import room
from skills.kernel.acts import Action
from skills.kernel.box import Box
from skills.kernel.shots import KINDS
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, office, perform, settings, show, tell, today, tool

SEE = "inspection.see"


def _bounds() -> frozenset[str] | None:
    return me().actor.districts_for(SEE)


@room.get("/gov/inspections", may=SEE, name="desk")
def desk() -> ResponseReturnValue:
    """What is under way, or over; and the draws."""
    closed = request.args.get("view") == "closed"
    lines = queries.listing(db(), today(), districts=_bounds(), closed=closed, after=request.args.get("after", "")[:26])
    return show(
        "inspections/desk.html", lines=lines, closed=closed, counts=queries.counts(db(), today(), _bounds()),
        draws=queries.draws(db(), _bounds())[:10], more=lines[-1].id if len(lines) == queries.PAGE else None,
    )  # fmt: skip


@room.get("/gov/inspections/new", may=draws.HANDLE, name="new")
def new() -> ResponseReturnValue:
    """Plan a draw. Days chosen by the address show the classes that a draw by risk may choose from."""
    return _plan_page(DrawForm(), 200)


def _plan_page(form: DrawForm, status: int) -> ResponseReturnValue:
    since, until = form.since.data or today(), form.until.data or today()
    if not form.since.data:
        form.since.data, form.until.data = since, until
    bounds = me().actor.districts_for(draws.HANDLE)
    found = pool.candidates(db(), since, max(since, until), bounds, office().clock.now())
    return show(
        "inspections/new.html", status, form=form, found=found, risky=[c for c in found if c.reasons],
        inspectors=len(pool.inspectors(db(), bounds)), ticked=set(request.form.getlist("classes")),
    )  # fmt: skip


@room.post("/gov/inspections/new", does=draws.plan, name="plan")
def plan() -> ResponseReturnValue:
    form = DrawForm()
    if not form.validate() or request.form.get("look"):
        return _plan_page(form, 200 if request.form.get("look") else 422)
    way = Way(form.way.data)
    done = perform(
        draws.plan, form.key.data, purpose=form.purpose.data, way=way, since=form.since.data, until=form.until.data,
        size=form.size.data or 0, class_ids=tuple(request.form.getlist("classes")) if way is Way.RISK else (),
    )  # fmt: skip
    tell("计划已记入操作日志", "The plan stands in the log of acts")
    return go("inspections.drawing", draw_id=done.draw_id)


@room.get("/gov/inspections/draws/<draw_id>", may=SEE, name="drawing")
def drawing(draw_id: str) -> ResponseReturnValue:
    """A draw: what was planned, the seed, what it drew."""
    return show(
        "inspections/draw.html", d=queries.draw(db(), draw_id, _bounds(), me().actor.account), lines=queries.of_draw(db(), draw_id, today()),
        form=WordsForm(),
    )


@room.post("/gov/inspections/draws/<draw_id>/draw", does=draws.draw_now, name="draw")
def draw(draw_id: str) -> ResponseReturnValue:
    perform(draws.draw_now, OrderForm().key.data, draw_id=draw_id)
    tell("已抽取，检查人员已收到通知", "Drawn; the inspectors were told")
    return go("inspections.drawing", draw_id=draw_id)


@room.post("/gov/inspections/draws/<draw_id>/give-up", does=draws.give_up, name="give_up")
def give_up(draw_id: str) -> ResponseReturnValue:
    form = WordsForm()
    perform(draws.give_up, form.key.data, draw_id=draw_id, reason=form.text.data or "")
    tell("计划已放弃", "The plan was given up")
    return go("inspections.drawing", draw_id=draw_id)


@room.get("/gov/inspections/<inspection_id>", may=SEE, name="one")
def one(inspection_id: str) -> ResponseReturnValue:
    """Everything on record about one inspection."""
    found = queries.inspection(db(), inspection_id, today(), districts=_bounds())
    actor, state = me().actor, found.line.state
    not_there = found.inspector_account != actor.account
    may = {
        "order": actor.may("inspection.handle") and bool({"order", "insist"} & set(found.moves)),
        "propose": actor.may("inspection.handle") and "propose" in found.moves and not_there,
        "close": actor.may("inspection.close") and state == "proposed" and found.proposed_by != actor.account and not_there,
        "call_off": actor.may("inspection.close") and state == "assigned" and not_there,
        "visit": actor.may("inspection.carry_out") and not not_there and state in ("assigned", "counted", "signed"),
    }
    return show("inspections/one.html", i=found, may=may, form=WordsForm(), ending=ProposeForm(), org=False)


@room.get("/gov/inspections/<inspection_id>/photos/<photo_id>", may=SEE, name="photo")
def photo(inspection_id: str, photo_id: str) -> ResponseReturnValue:
    """A picture, as a download."""
    queries.inspection(db(), inspection_id, today(), districts=_bounds())
    return picture(inspection_id, photo_id)


def picture(inspection_id: str, photo_id: str) -> ResponseReturnValue:
    """The bytes of a picture, which nobody on the way keeps."""
    kind, data = queries.photo(db(), tool(Box), settings().files_dir, inspection_id, photo_id)
    answer = make_response(send_file(BytesIO(data), KINDS[kind], as_attachment=True, download_name=f"{photo_id}.{kind}"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _act(work: Action[..., Any], inspection_id: str, zh: str, en: str, **order: Any) -> ResponseReturnValue:
    perform(work, OrderForm().key.data, inspection_id=inspection_id, **order)
    tell(zh, en)
    return go("inspections.one", inspection_id=inspection_id)


def _said() -> str:
    return request.form.get("text", "")


@room.post("/gov/inspections/<inspection_id>/order", does=closing.order, name="order")
def order(inspection_id: str) -> ResponseReturnValue:
    return _act(closing.order, inspection_id, "已责令整改", "Ordered to rectify", text=_said())


@room.post("/gov/inspections/<inspection_id>/propose", does=closing.propose, name="propose")
def propose(inspection_id: str) -> ResponseReturnValue:
    form = ProposeForm()
    if not form.validate():
        tell("请选择处理结果并填写理由", "Choose how it ends and say why", "bad")
        return go("inspections.one", inspection_id=inspection_id)
    return _act(closing.propose, inspection_id, "已提交，由另一位同事复核", "Handed on to a second colleague",
                outcome=Outcome(form.outcome.data), text=form.text.data)  # fmt: skip


@room.post("/gov/inspections/<inspection_id>/back", does=closing.send_back, name="send_back")
def send_back(inspection_id: str) -> ResponseReturnValue:
    return _act(closing.send_back, inspection_id, "已退回", "Sent back", text=_said())


@room.post("/gov/inspections/<inspection_id>/close", does=closing.close, name="close")
def close(inspection_id: str) -> ResponseReturnValue:
    return _act(closing.close, inspection_id, "已办结", "Closed")


@room.post("/gov/inspections/<inspection_id>/call-off", does=draws.call_off, name="call_off")
def call_off(inspection_id: str) -> ResponseReturnValue:
    return _act(draws.call_off, inspection_id, "检查已取消", "Called off", reason=_said())
