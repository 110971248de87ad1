"""Blueprints and papers: laid down, drawn, printed; their keys on a page of their own."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.kernel.box import Box
from skills.papers.actions import papers as acts
from skills.papers.forms import BlueprintForm, DrawForm
from skills.papers.queries import banks
from skills.papers.queries import papers as queries
from skills.papers.rules.blueprints import Cell
from skills.papers.rules.items import Thinking
from skills.papers.states import DRAW, REVIEW, SEE
from skills.papers.views.words import count, room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, tool


@room.get("/ent/items/<bank_id>/blueprint", may=DRAW, name="new_blueprint")
def new_blueprint(bank_id: str) -> ResponseReturnValue:
    """A new blueprint: a number of items and their points for each cell that has items."""
    return _new(bank_id, BlueprintForm(), 200)


def _new(bank_id: str, form: BlueprintForm, status: int) -> ResponseReturnValue:
    held = banks.bank(db(), me().actor, bank_id, DRAW)
    counted = {(c.point, c.thinking): c.ready for c in banks.cells(db(), held)}
    return show("papers/new_blueprint.html", status, bank=held, form=form, counted=counted, kinds=list(Thinking), given=request.form)


@room.post("/ent/items/<bank_id>/blueprint", does=acts.lay_down, name="lay_down")
def lay_down(bank_id: str) -> ResponseReturnValue:
    form, held = BlueprintForm(), banks.bank(db(), me().actor, bank_id, DRAW)
    if not form.validate():
        return _new(bank_id, form, 422)
    cells = tuple(
        Cell(point, thinking, wanted, count(request.form.get(f"points-{n}-{thinking}", "")))
        for n, point in enumerate(held.points)
        for thinking in Thinking
        if (wanted := count(request.form.get(f"count-{n}-{thinking}", "")))
    )
    done = perform(acts.lay_down, form.key.data, bank_id=bank_id, title=form.title.data, minutes=form.minutes.data, cells=cells)
    tell("双向细目表已编制", "The blueprint is laid down")
    return go("papers.blueprint", blueprint_id=done.blueprint_id)


@room.get("/ent/blueprints/<blueprint_id>", may=SEE, name="blueprint")
def blueprint(blueprint_id: str) -> ResponseReturnValue:
    """A blueprint and what was drawn by it."""
    held = queries.blueprint(db(), me().actor, blueprint_id)
    return show("papers/blueprint.html", held=held, form=DrawForm([(f.id, f.code) for f in held.sat]))


@room.post("/ent/blueprints/<blueprint_id>/draw", does=acts.draw, name="draw")
def draw(blueprint_id: str) -> ResponseReturnValue:
    form = DrawForm([(f.id, f.code) for f in queries.blueprint(db(), me().actor, blueprint_id).sat])
    if not form.validate():
        held = queries.blueprint(db(), me().actor, blueprint_id)
        return show("papers/blueprint.html", 422, held=held, form=form)
    done = perform(acts.draw, form.key.data, blueprint_id=blueprint_id, after=tuple(form.after.data or ()))
    tell(f"已组成试卷 {done.code}", f"Paper {done.code} is drawn")
    return go("papers.form", form_id=done.form_id)


@room.post("/ent/blueprints/<blueprint_id>/end", does=acts.end, name="end_blueprint")
def end(blueprint_id: str) -> ResponseReturnValue:
    perform(acts.end, OrderForm().key.data, blueprint_id=blueprint_id)
    tell("已停用，已组成的试卷不受影响", "It has ended; papers that were drawn stay")
    return go("papers.blueprint", blueprint_id=blueprint_id)


@room.get("/ent/papers/<form_id>", may=DRAW, name="form")
def form(form_id: str) -> ResponseReturnValue:
    """A paper as it is printed, without keys."""
    return show("papers/form.html", page=queries.form(db(), me().actor, form_id))


@room.get("/ent/papers/<form_id>/key", may=REVIEW, name="form_key")
def form_key(form_id: str) -> ResponseReturnValue:
    """The keys of a paper, for marking by hand."""
    return show("papers/form_key.html", page=queries.form_key(db(), tool(Box), me().actor, form_id))
