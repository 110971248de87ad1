"""The holder's pages: ask, see the progress, bring what is missing, answer before a revocation."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.aftercare import queries
from skills.aftercare.actions import requests, revocations
from skills.aftercare.forms import AskForm, KeyForm, WordsForm
from skills.aftercare.rules import MAY_ASK, Asker, CareKind
from skills.aftercare.states import CARE
from skills.aftercare.views.words import CHIPS, box, words
from skills.credentials.queries import mine, of_person
from skills.kernel.errors import Missing
from skills.web.pages import Room, db, go, me, perform, show, tell, today

room = Room("care", __name__)
room.context_processor(words)
KINDS = [kind for kind in CareKind if Asker.HOLDER in MAY_ASK[kind]]


@room.get("/me/care", may="care.ask")
def listing() -> ResponseReturnValue:
    """One's own requests, and for which certificate a new one may be made."""
    person = me().person_id
    lines = queries.of_person(db(), person, today())
    busy = {line.certificate for line in lines if not line.closed}
    free = [c for c in of_person(db(), person) if c.state in ("issued", "suspended") and c.number not in busy]
    return show("aftercare/mine.html", lines=lines, certificates=free, kinds=KINDS, chips=CHIPS)


@room.get("/me/care/new/<number>", may="care.ask")
def choose(number: str) -> ResponseReturnValue:
    """What may be asked for a certificate."""
    line = mine(db(), me().person_id, number)
    return show("aftercare/choose.html", line=line, kinds=KINDS, days=queries.days_of(db(), today()))


@room.get("/me/care/new/<number>/<kind>", may="care.ask")
def new(number: str, kind: str) -> ResponseReturnValue:
    """The form of one request, with what it needs and how long it takes."""
    return _new(number, kind_of(kind), AskForm(kind_of(kind)))


@room.post("/me/care/new/<number>/<kind>", does=requests.ask)
def ask(number: str, kind: str) -> ResponseReturnValue:
    """Take the request in."""
    form = AskForm(kind_of(kind))
    if not form.validate_on_submit():
        return _new(number, kind_of(kind), form, 422)
    done = perform(
        requests.ask, form.key.data, number=number, kind=kind_of(kind), reason=form.reason.data, text=form.text.data
    )
    tell(f"已受理，编号 {done.number}", f"Received as {done.number}")
    return go("care.one", request_id=done.request_id)


def kind_of(text: str) -> CareKind:
    """A kind of request in an address. Raises Missing."""
    try:
        return CareKind(text)
    except ValueError:
        raise Missing("care_request.unknown") from None


def _new(number: str, kind: CareKind, form: AskForm, status: int = 200) -> ResponseReturnValue:
    line = mine(db(), me().person_id, number)
    if kind not in KINDS:
        raise Missing("care_request.unknown")
    proofs = {code: queries.proofs_of(db(), kind, code, today()) for code, _ in form.reason.choices}
    days = queries.days_of(db(), today())[kind]
    return show("aftercare/ask.html", status, line=line, kind=kind, form=form, proofs=proofs, days=days)


@room.get("/me/care/<request_id>", may="care.ask")
def one(request_id: str) -> ResponseReturnValue:
    """A request and where it stands."""
    return _one(request_id, WordsForm())


def _one(request_id: str, form: WordsForm, status: int = 200) -> ResponseReturnValue:
    case = queries.case_of_person(db(), box(), me().person_id, request_id, today())
    label = ("陈述申辩", "Your answer") if case.line.state == "told" else ("补充的情况", "What you bring")
    form.words.label.text = label[1] if request.cookies.get("lang") == "en" else label[0]
    return show(
        "aftercare/my_case.html", status, c=case, form=form, chips=CHIPS,
        moves=set() if case.line.kind == CareKind.REVOKE else {m.name for m in CARE.open_moves(case.line.state)},
    )  # fmt: skip


@room.post("/me/care/<request_id>/complete", does=requests.complete)
def complete(request_id: str) -> ResponseReturnValue:
    """Bring what was missing."""
    form = WordsForm()
    perform(requests.complete, form.key.data, request_id=request_id, text=form.words.data or "")
    tell("已补正，重新计时", "Completed; the clock starts anew")
    return go("care.one", request_id=request_id)


@room.post("/me/care/<request_id>/withdraw", does=requests.withdraw)
def withdraw(request_id: str) -> ResponseReturnValue:
    """Take it back."""
    perform(requests.withdraw, KeyForm().key.data, request_id=request_id)
    tell("已撤回", "Taken back")
    return go("care.listing")


@room.post("/me/care/<request_id>/answer", does=revocations.answer)
def answer(request_id: str) -> ResponseReturnValue:
    """陈述申辩."""
    form = WordsForm()
    perform(revocations.answer, form.key.data, request_id=request_id, text=form.words.data or "")
    tell("已提交陈述申辩，由另一位工作人员决定", "Your answer is in; another person decides")
    return go("care.one", request_id=request_id)
