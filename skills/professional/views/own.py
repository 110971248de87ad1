"""A person's own: hours by year, the certificate of them, works, the dossier of a title."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from skills.credentials.seal import seal
from skills.credentials.signing import Signer
from skills.kernel.box import Box
from skills.people import queries as people
from skills.professional import paper
from skills.professional.actions import own as acts
from skills.professional.forms import AchievementForm
from skills.professional.queries import own as queries
from skills.professional.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, office, perform, settings, show, tell, today, tool

SEE = "passport.see"


@room.get("/me/professional", may=SEE, name="mine")
def mine() -> ResponseReturnValue:
    return _mine(AchievementForm(), 200)


def _mine(form: AchievementForm, status: int) -> ResponseReturnValue:
    person = me().person_id
    return show(
        "professional/mine.html", status, years=queries.years(db(), person, today()), statements=queries.statements(db(), person),
        dossier=queries.dossier(db(), person, today()), form=form,
    )  # fmt: skip


@room.get("/me/title-dossier", may=SEE, name="dossier")
def dossier() -> ResponseReturnValue:
    """What there is for a title, and what each rule still wants."""
    return show("professional/dossier.html", d=queries.dossier(db(), me().person_id, today()), name=people.person(db(), me().person_id).name)


@room.post("/me/achievements", does=acts.promise_achievement, name="add_achievement")
def add_achievement() -> ResponseReturnValue:
    form = AchievementForm()
    if not form.validate():
        return _mine(form, 422)
    perform(
        acts.promise_achievement, form.key.data, kind=form.kind.data, name=form.name.data, number=form.number.data or "",
        role=form.role.data or "", on=form.on.data,
    )  # fmt: skip
    tell("已按本人承诺记入", "Recorded on your promise")
    return go("professional.mine")


@room.post("/me/hours-statements/<int:year>", does=acts.certify, name="certify")
def certify(year: int) -> ResponseReturnValue:
    done = perform(acts.certify, OrderForm().key.data, year=year)
    tell(f"已开具学时证明 {done.number}", f"The certificate of hours is {done.number}")
    return go("professional.mine")


@room.get("/me/hours-statements/<number>.pdf", may=SEE, name="statement_pdf")
def statement_pdf(number: str) -> ResponseReturnValue:
    """The certificate of hours, sealed."""
    held = queries.own_statement(db(), me().person_id, number)
    kind, masked = people.masked_document(db(), tool(Box), me().person_id)
    address = f"{settings().public_base}/hours?number={held.number}"
    bare = paper.pdf(held, people.person(db(), me().person_id).name, f"{kind} {masked}", address, settings().host)
    moment = office().clock.now()
    material = tool(Signer).seal_material(moment, office().source)
    data = seal(bare, material.key, material.certificate, material.root, moment, f"hours {held.number}")
    headers = {"Content-Disposition": f'attachment; filename="{held.number}.pdf"', "Cache-Control": "no-store"}
    return Response(data, mimetype="application/pdf", headers=headers)
