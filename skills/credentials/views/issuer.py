"""The issuing body's certificates: list, hold, revoke by two people."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.credentials import actions
from skills.credentials.forms import KeyForm, RevocationForm
from skills.credentials.queries import CertificateLine, certificate, of_issuers, open_revocations
from skills.credentials.states import CERTIFICATE, REASONS
from skills.credentials.views.holder import serve_pdf
from skills.credentials.views.verify import TITLES, state_of
from skills.kernel.errors import Missing
from skills.web.pages import Room, db, go, me, perform, show, tell

room = Room("issued", __name__)
PAGE = 50


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
    proposals = open_revocations(db(), me().actor.organisations_for("certificate.revoke"))
    more = lines[-1].id if len(lines) == PAGE else None
    shown = [(line, state_of(line)) for line in lines]
    return show("credentials/issued.html", lines=shown, titles=TITLES, proposals=proposals, reasons=REASONS,
                more=more, form=KeyForm())  # fmt: skip


@room.get("/ent/certificates/<number>", may="certificate.suspend", name="show_ent")
@room.get("/org/certificates/<number>", may="certificate.suspend", name="show_org")
def one(number: str) -> ResponseReturnValue:
    """One certificate and what may be done about it."""
    line = _mine(number)
    return show(
        "credentials/issued_one.html",
        line=line,
        state=state_of(line),
        titles=TITLES,
        moves={m.name for m in CERTIFICATE.open_moves(line.state)},
        form=RevocationForm(),
    )


@room.get("/ent/certificates/<number>/certificate.pdf", may="certificate.suspend")
def pdf(number: str) -> ResponseReturnValue:
    """The sealed PDF for hand-out."""
    return serve_pdf(_mine(number))


@room.post("/ent/certificates/<number>/suspend", does=actions.suspend)
def suspend(number: str) -> ResponseReturnValue:
    """Put on hold."""
    _mine(number)
    perform(actions.suspend, KeyForm().key.data, number=number, reason="review")
    tell("已暂停，核验页会立即显示", "Suspended; the verification page shows it at once", "warn")
    return go("issued.show_ent", number=number)


@room.post("/ent/certificates/<number>/reinstate", does=actions.reinstate)
def reinstate(number: str) -> ResponseReturnValue:
    """End the hold."""
    _mine(number)
    perform(actions.reinstate, KeyForm().key.data, number=number)
    tell("已恢复", "Reinstated")
    return go("issued.show_ent", number=number)


@room.post("/ent/certificates/<number>/revocations", does=actions.propose_revocation)
def propose(number: str) -> ResponseReturnValue:
    """Propose to revoke."""
    line = _mine(number)
    form = RevocationForm()
    if not form.validate():
        moves = {m.name for m in CERTIFICATE.open_moves(line.state)}
        return show("credentials/issued_one.html", 422, line=line, state=state_of(line), titles=TITLES, moves=moves,
                    form=form)  # fmt: skip
    perform(
        actions.propose_revocation,
        form.key.data,
        number=number,
        reason=form.reason.data,
        explanation=form.explanation.data,
        heard=form.heard.data,
    )
    tell("已提出撤销，请另一位有权限的同事复核", "Proposed; a second colleague has to decide", "warn")
    return go("issued.list_ent")


@room.post("/ent/revocations/<revocation_id>/carry-out", does=actions.revoke)
def carry_out(revocation_id: str) -> ResponseReturnValue:
    """Decide: revoke."""
    perform(actions.revoke, KeyForm().key.data, revocation_id=revocation_id)
    tell("已撤销，核验页会立即显示", "Revoked; the verification page shows it at once", "warn")
    return go("issued.list_ent")


@room.post("/ent/revocations/<revocation_id>/drop", does=actions.drop_revocation)
def drop(revocation_id: str) -> ResponseReturnValue:
    """Decide: leave it."""
    perform(actions.drop_revocation, KeyForm().key.data, revocation_id=revocation_id)
    tell("不予撤销", "Not revoked")
    return go("issued.list_ent")
