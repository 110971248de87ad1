"""The issuing body's pages: what has come in, examining, deciding by another, proposing a revocation, orders to follow."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.aftercare import queries
from skills.aftercare.actions import requests, revocations
from skills.aftercare.forms import AskForm, CorrectionForm, ExamineForm, KeyForm, RevocationForm, WordsForm
from skills.aftercare.rules import FIELDS, CareKind
from skills.aftercare.states import CARE, REVOCATION
from skills.aftercare.views.holder import kind_of
from skills.aftercare.views.words import CHIPS, box
from skills.aftercare.views.words import words as words_of_room
from skills.credentials.queries import CertificateLine, certificate
from skills.kernel.errors import Missing
from skills.web.pages import Room, db, go, me, perform, say, show, tell, today

room = Room("care_desk", __name__)
room.context_processor(words_of_room)


def _base() -> str:
    return "/org" if request.path.startswith("/org") else "/ent"


def _bodies() -> frozenset[str]:
    return me().actor.organisations_for("care.handle")


def _back(request_id: str) -> ResponseReturnValue:
    return go("care_desk.one_org" if _base() == "/org" else "care_desk.one", request_id=request_id)


@room.get("/ent/care", may="care.handle")
@room.get("/org/care", may="care.handle", name="listing_org")
def listing() -> ResponseReturnValue:
    """What waits here, and the orders to follow."""
    closed = request.args.get("closed") == "1"
    lines = queries.of_bodies(db(), _bodies(), today(), closed=closed)
    orders = [] if closed else queries.orders(db(), box(), today(), _bodies())
    return show("aftercare/desk.html", lines=lines, orders=orders, closed=closed, chips=CHIPS, base=_base(), gov=False)


@room.get("/ent/care/new/<number>/<kind>", may="care.handle")
@room.get("/org/care/new/<number>/<kind>", may="care.handle", name="new_org")
def new(number: str, kind: str) -> ResponseReturnValue:
    """Begin a request as the body."""
    line = _mine(number)
    return _new(line, kind_of(kind), _form(line, kind_of(kind)))


@room.post("/ent/care/new/<number>/<kind>", does=requests.ask_as_body)
@room.post("/org/care/new/<number>/<kind>", does=requests.ask_as_body, name="begin_org")
def begin(number: str, kind: str) -> ResponseReturnValue:
    """Take it in; a revocation is proposed at an address of its own."""
    line, chosen = _mine(number), kind_of(kind)
    form = _form(line, chosen)
    if chosen is CareKind.REVOKE:
        raise Missing("care_request.unknown")
    if not form.validate_on_submit():
        return _new(line, chosen, form, 422)
    changes = form.changes if isinstance(form, CorrectionForm) else None
    done = perform(
        requests.ask_as_body, form.key.data, number=number, kind=chosen, reason=form.reason.data, text=form.text.data,
        changes=changes,
    )  # fmt: skip
    tell(f"已受理，编号 {done.number}", f"Received as {done.number}")
    return _back(done.request_id)


@room.post("/ent/care/revocations/<number>", does=revocations.propose)
@room.post("/org/care/revocations/<number>", does=revocations.propose, name="propose_org")
def propose(number: str) -> ResponseReturnValue:
    """Propose to revoke: the holder is told at once."""
    line, form = _mine(number), RevocationForm()
    if not form.validate_on_submit():
        return _new(line, CareKind.REVOKE, form, 422)
    done = perform(
        revocations.propose, form.key.data, number=number, reason=form.reason.data, explanation=form.text.data,
        urgent=bool(form.urgent.data),
    )  # fmt: skip
    tell(f"已告知持证人，陈述申辩期至 {done.hear_until}", f"The holder is told and may answer until {done.hear_until}", "warn")
    return _back(done.request_id)


@room.get("/ent/care/<request_id>", may="care.handle")
@room.get("/org/care/<request_id>", may="care.handle", name="one_org")
def one(request_id: str) -> ResponseReturnValue:
    """A request with what may be done about it by this visitor."""
    return _one(request_id)


@room.post("/ent/care/<request_id>/examine", does=requests.examine)
@room.post("/org/care/<request_id>/examine", does=requests.examine, name="examine_org")
def examine(request_id: str) -> ResponseReturnValue:
    """The first hand."""
    case = queries.case(db(), box(), request_id, today(), _bodies())
    form = ExamineForm([proof for proof, _ in case.proofs])
    if not form.validate_on_submit():
        return _one(request_id, 422, form)
    changes = {name: text for name in FIELDS if (text := request.form.get(name, "").strip())}
    perform(
        requests.examine, form.key.data, request_id=request_id, proofs=tuple(form.proofs.data or ()),
        note=form.note.data or "", changes=changes or None,
    )  # fmt: skip
    tell("初审完成，请另一位同事复核", "Examined; a second colleague decides")
    return _back(request_id)


@room.post("/ent/care/<request_id>/send-back", does=requests.send_back)
@room.post("/org/care/<request_id>/send-back", does=requests.send_back, name="send_back_org")
def send_back(request_id: str) -> ResponseReturnValue:
    """Say what is missing."""
    form = WordsForm()
    perform(requests.send_back, form.key.data, request_id=request_id, missing=form.words.data or "")
    tell("已退回补正，并通知持证人", "Sent back; the holder is told", "warn")
    return _back(request_id)


@room.post("/ent/care/<request_id>/carry-out", does=requests.carry_out)
@room.post("/org/care/<request_id>/carry-out", does=requests.carry_out, name="carry_out_org")
def carry_out(request_id: str) -> ResponseReturnValue:
    """The second hand: do it."""
    perform(requests.carry_out, KeyForm().key.data, request_id=request_id)
    tell("已办结，核验页立即显示", "Done; the verification page shows it at once")
    return _back(request_id)


@room.post("/ent/care/<request_id>/refuse", does=requests.refuse)
@room.post("/org/care/<request_id>/refuse", does=requests.refuse, name="refuse_org")
def refuse(request_id: str) -> ResponseReturnValue:
    """The second hand: refuse."""
    form = WordsForm()
    perform(requests.refuse, form.key.data, request_id=request_id, why=form.words.data or "")
    tell("已告知持证人不予办理的理由", "The holder is told why", "warn")
    return _back(request_id)


@room.post("/ent/care/<request_id>/revoke", does=revocations.carry_out)
@room.post("/org/care/<request_id>/revoke", does=revocations.carry_out, name="revoke_org")
def revoke(request_id: str) -> ResponseReturnValue:
    """Decide to revoke."""
    form = WordsForm()
    perform(revocations.carry_out, form.key.data, request_id=request_id, considered=form.words.data or "")
    tell("已撤销，核验页立即显示", "Revoked; the verification page shows it at once", "warn")
    return _back(request_id)


@room.post("/ent/care/<request_id>/keep", does=revocations.refuse)
@room.post("/org/care/<request_id>/keep", does=revocations.refuse, name="keep_org")
def keep(request_id: str) -> ResponseReturnValue:
    """Decide not to revoke."""
    form = WordsForm()
    perform(revocations.refuse, form.key.data, request_id=request_id, why=form.words.data or "")
    tell("不予撤销，证书继续有效", "Not revoked; the certificate stays valid")
    return _back(request_id)


def _mine(number: str) -> CertificateLine:
    """A certificate of a body the visitor works for; a foreign one does not exist."""
    line = certificate(db(), number)
    if not me().actor.may("care.handle", line.issuer_id):
        raise Missing("certificate.unknown")
    return line


def _form(line: CertificateLine, kind: CareKind) -> AskForm:
    if kind is CareKind.REVOKE:
        return RevocationForm()
    if kind is CareKind.CORRECT:
        held = {name: str(getattr(line.claims, name)) for name in FIELDS}
        return CorrectionForm(kind, line.kind, held)
    return AskForm(kind)


def _new(line: CertificateLine, kind: CareKind, form: AskForm, status: int = 200) -> ResponseReturnValue:
    proofs = {code: queries.proofs_of(db(), kind, code, today()) for code, _ in form.reason.choices}
    fields = [name for name in FIELDS if name in form]
    return show(
        "aftercare/begin.html", status, line=line, kind=kind, form=form, proofs=proofs, fields=fields, base=_base(),
        days=queries.days_of(db(), today()), open=queries.open_request(db(), line.id),
    )  # fmt: skip


def _one(request_id: str, status: int = 200, form: ExamineForm | None = None) -> ResponseReturnValue:
    case = queries.case(db(), box(), request_id, today(), _bodies())
    revoking = case.line.kind == CareKind.REVOKE
    machine = REVOCATION if revoking else CARE
    right = "certificate.revoke" if revoking else "care.decide"
    line = certificate(db(), case.line.certificate) if case.line.kind == CareKind.CORRECT else None
    fields = [
        (name, say(*words), str(getattr(line.claims, name)) if line else "")
        for name, (kinds, words) in FIELDS.items()
        if line and line.kind in kinds
    ]
    return show(
        "aftercare/case.html", status, c=case, chips=CHIPS, base=_base(), revoking=revoking, fields=fields,
        moves={m.name for m in machine.open_moves(case.line.state)}, form=form or ExamineForm([p for p, _ in case.proofs]),
        decides=me().actor.may(right, case.line.body_id), words=WordsForm(),
        over=case.line.hear_until is not None and today() > case.line.hear_until,
    )  # fmt: skip
