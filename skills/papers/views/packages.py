"""QTI 3 packages: in for who writes, out for who reviews."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from skills.kernel.box import Box
from skills.papers.actions import packages as acts
from skills.papers.forms import PackageForm
from skills.papers.queries import banks as queries
from skills.papers.rules import qti
from skills.papers.rules.items import Thinking
from skills.papers.states import SEE
from skills.papers.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, tool

MOST_REQUEST = qti.MOST_BYTES + 2**20


@room.get("/ent/items/<bank_id>/packages", may=SEE, name="packages")
def packages(bank_id: str) -> ResponseReturnValue:
    """Both ways."""
    held = queries.bank(db(), me().actor, bank_id)
    return show("papers/packages.html", bank=held, form=PackageForm(held.points))


@room.post("/ent/items/<bank_id>/packages", does=acts.bring, name="bring_package", most=MOST_REQUEST)
def bring(bank_id: str) -> ResponseReturnValue:
    held = queries.bank(db(), me().actor, bank_id)
    form = PackageForm(held.points)
    if not form.validate():
        return show("papers/packages.html", 422, bank=held, form=form)
    entries = qti.read(form.file.data.stream.read(qti.MOST_BYTES + 1), form.point.data, Thinking(form.thinking.data))
    done = perform(acts.bring, form.key.data, bank_id=bank_id, entries=entries)
    tell(f"已导入 {done.items} 题，待他人审题", f"{done.items} items came in; another reviews them")
    return go("papers.bank", bank_id=bank_id)


@room.post("/ent/items/<bank_id>/export", does=acts.take, name="export")
def export(bank_id: str) -> ResponseReturnValue:
    """The usable items with their keys."""
    perform(acts.take, OrderForm().key.data, bank_id=bank_id)
    data = qti.write(bank_id, queries.package(db(), tool(Box), bank_id))
    headers = {"Content-Disposition": 'attachment; filename="items-qti3.zip"', "Cache-Control": "no-store"}
    return Response(data, mimetype=qti.TYPE_ZIP, headers=headers)
