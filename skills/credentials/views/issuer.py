"""The issuing body's certificates: list, hold, hand out. What else may happen to one is the room of after-care."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.credentials import actions
from skills.credentials.forms import HandOutForm, KeyForm
from skills.credentials.national import national
from skills.credentials.queries import CertificateLine, certificate, happened, of_issuers
from skills.credentials.states import CERTIFICATE
from skills.credentials.views.holder import serve_pdf
from skills.credentials.views.verify import TITLES, state_of
from skills.credentials.views.verify.result import national_words
from skills.kernel.errors import Missing
from skills.web.pages import Room, db, go, me, perform, show, tell, today

room = Room("issued", __name__)
PAGE = 50


def _base() -> str:
    """The area the visitor is in: institutions and assessment bodies have the same pages."""
    return "/org" if request.path.startswith("/org") else "/ent"


def _mine(number: str) -> CertificateLine:
    """A certificate of a body the visitor works for; a foreign one does not exist."""
    line = certificate(db(), number)
    if not me().actor.may("certificate.suspend", line.issuer_id):
        raise Missing("certificate.unknown")
    return line


@room.get("/ent/certificates", may="certificate.suspend", name="list_ent")
@room.get("/org/certificates", may="certificate.suspend", name="list_org")
def listing() -> ResponseReturnValue:
    """The body's certificates, newest first."""
    issuers = me().actor.organisations_for("certificate.suspend")
    lines = of_issuers(db(), issuers, before=request.args.get("before"), most=PAGE)
    more = lines[-1].id if len(lines) == PAGE else None
    shown = [(line, state_of(line)) for line in lines]
    return show("credentials/issued.html", lines=shown, titles=TITLES, more=more, base=_base())


@room.get("/ent/certificates/<number>", may="certificate.suspend", name="show_ent")
@room.get("/org/certificates/<number>", may="certificate.suspend", name="show_org")
def one(number: str) -> ResponseReturnValue:
    """One certificate and what may be done about it."""
    return _one(number, HandOutForm())


def _one(number: str, form: HandOutForm, status: int = 200) -> ResponseReturnValue:
    line = _mine(number)
    return show(
        "credentials/issued_one.html", status, line=line, state=state_of(line), titles=TITLES, form=form,
        moves={m.name for m in CERTIFICATE.open_moves(line.state)}, story=happened(db(), number),
        nation=national_words(national(db(), line.id, today())), base=_base(),
        handles=me().actor.may("care.handle", line.issuer_id),
    )  # fmt: skip


@room.post("/ent/certificates/<number>/hand-out", does=actions.hand_out)
@room.post("/org/certificates/<number>/hand-out", does=actions.hand_out, name="hand_out_org")
def hand_out(number: str) -> ResponseReturnValue:
    """Note that the paper was handed out."""
    _mine(number)
    form = HandOutForm()
    if not form.validate():
        return _one(number, form, 422)
    perform(actions.hand_out, form.key.data, number=number, to=form.to.data, serial=form.serial.data)
    tell("已登记发放", "Noted as handed out")
    return go("issued.show_org" if _base() == "/org" else "issued.show_ent", number=number)


@room.get("/ent/certificates/<number>/certificate.pdf", may="certificate.suspend")
@room.get("/org/certificates/<number>/certificate.pdf", may="certificate.suspend", name="pdf_org")
def pdf(number: str) -> ResponseReturnValue:
    """The sealed PDF for hand-out."""
    return serve_pdf(_mine(number))


@room.post("/ent/certificates/<number>/suspend", does=actions.suspend)
@room.post("/org/certificates/<number>/suspend", does=actions.suspend, name="suspend_org")
def suspend(number: str) -> ResponseReturnValue:
    """Put on hold."""
    _mine(number)
    perform(actions.suspend, KeyForm().key.data, number=number, reason="review")
    tell("已暂停，核验页会立即显示", "Suspended; the verification page shows it at once", "warn")
    return go("issued.show_org" if _base() == "/org" else "issued.show_ent", number=number)


@room.post("/ent/certificates/<number>/reinstate", does=actions.reinstate)
@room.post("/org/certificates/<number>/reinstate", does=actions.reinstate, name="reinstate_org")
def reinstate(number: str) -> ResponseReturnValue:
    """End the hold."""
    _mine(number)
    perform(actions.reinstate, KeyForm().key.data, number=number)
    tell("已恢复", "Reinstated")
    return go("issued.show_org" if _base() == "/org" else "issued.show_ent", number=number)
