"""A filing in force is renewed, added to and given up: what the body asks and how the authority answers."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from skills.certification.actions import filing_changes
from skills.certification.forms import ReasonForm
from skills.certification.forms.filings import AdditionForm, RenewalForm, WithdrawalForm
from skills.certification.queries import filing_changes as queries
from skills.certification.queries import filings as filing_queries
from skills.certification.queries import norms
from skills.certification.queries.filings import FilingLine
from skills.certification.rules.filings import ScopeItem
from skills.certification.states import FILING
from skills.certification.states.filings import FILING_CHANGE, ChangeKind
from skills.certification.states.norms import NORM
from skills.certification.views.words import chip, room
from skills.kernel.errors import Missing
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today

FORMS: dict[ChangeKind, Any] = {
    ChangeKind.RENEWAL: RenewalForm, ChangeKind.ADDITION: AdditionForm, ChangeKind.WITHDRAWAL: WithdrawalForm,
}  # fmt: skip


def changes_of(line: FilingLine | None) -> dict[str, Any]:
    """What the page of a body's filing shows of requests: those that were made, and which may be made now."""
    if line is None or not line.number:
        return {"changes": [], "asks": []}
    changes = queries.of_filing(db(), line.id)
    open_moves = {m.name for m in FILING.open_moves(line.state)}
    names = {ChangeKind.RENEWAL: "renew", ChangeKind.ADDITION: "extend", ChangeKind.WITHDRAWAL: "withdraw"}
    free = not any(c.open for c in changes) and not line.expired(today())
    return {"changes": changes, "asks": [kind for kind, name in names.items() if free and name in open_moves]}


def norms_of(line: FilingLine | None) -> dict[str, Any]:
    """The norms of a body's filing, and for which parts of its scope one may be begun."""
    if line is None:
        return {"norms": [], "pairs": []}
    held = norms.of_filing(db(), line.id, today())
    drafts = {(n.occupation, n.branch) for n in held if n.state == NORM.start}
    free = not norms.locked(db(), line.id) and me().actor.may("filing.submit")
    pairs = [(s.occupation, s.branch, s.name) for s in line.scope if free and (s.occupation, s.branch) not in drafts]
    return {"norms": held, "pairs": pairs}


@room.get("/ent/filing/changes/<kind>", may="filing.submit")
def new_change(kind: str) -> ResponseReturnValue:
    """The page on which a body asks: for a renewal with every condition as it stands."""
    return _ask(_kind(kind))


@room.post("/ent/filing/changes/<kind>", does=filing_changes.ask, name="ask_change")
def ask_change(kind: str) -> ResponseReturnValue:
    chosen = _kind(kind)
    form = FORMS[chosen]()
    if not form.validate_on_submit():
        return _ask(chosen, form, 422)
    perform(filing_changes.ask, form.key.data, filing_id=_own().id, kind=chosen, **_said(form))
    tell("已提交，办理期限见下", "Handed in; see below by when it is answered")
    return go("certification.filing")


@room.post("/ent/filing/changes/<kind>/promise", does=filing_changes.promise, name="promise_change")
def promise_change(kind: str) -> ResponseReturnValue:
    chosen = _kind(kind)
    form = FORMS[chosen]()
    if chosen is ChangeKind.WITHDRAWAL or not form.validate_on_submit():
        return _ask(chosen, form, 422)
    perform(
        filing_changes.promise, form.key.data, filing_id=_own().id, kind=chosen, promised=bool(form.promised.data), **_said(form)
    )
    tell("已按告知承诺办理，将接受核查", "Done on your promise; it will be inspected")
    return go("certification.filing")


@room.get("/ent/filing-changes/<change_id>", may="filing.submit", name="own_change")
def own_change(change_id: str) -> ResponseReturnValue:
    """A request that was sent back, to be mended."""
    return _again(change_id)


@room.post("/ent/filing-changes/<change_id>", does=filing_changes.ask_again, name="ask_change_again")
def ask_change_again(change_id: str) -> ResponseReturnValue:
    line = queries.change(db(), change_id, me().actor.organisations_for("filing.submit"))
    form = FORMS[ChangeKind(line.kind)]()
    if not form.validate_on_submit():
        return _again(change_id, form, 422)
    said = _said(form)
    if "scope" in said:  # the page shows one occupation; the others that were asked for stay asked for
        said["scope"] += tuple(ScopeItem(s.occupation, s.branch, level) for s in line.scope[1:] for level in s.levels)
    perform(filing_changes.ask_again, form.key.data, change_id=change_id, **said)
    tell("已再次提交", "Handed in again")
    return go("certification.filing")


@room.post("/ent/filing-changes/<change_id>/drop", does=filing_changes.drop, name="drop_change")
def drop_change(change_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(filing_changes.drop, form.key.data, change_id=change_id)
    tell("已撤回", "Taken back")
    return go("certification.filing")


@room.post("/gov/filing-changes/<change_id>/grant", does=filing_changes.grant, name="grant_change")
def grant_change(change_id: str) -> ResponseReturnValue:
    return _decide(filing_changes.grant, change_id)


@room.post("/gov/filing-changes/<change_id>/send-back", does=filing_changes.send_back, name="send_back_change")
def send_back_change(change_id: str) -> ResponseReturnValue:
    return _decide(filing_changes.send_back, change_id)


@room.post("/gov/filing-changes/<change_id>/refuse", does=filing_changes.refuse, name="refuse_change")
def refuse_change(change_id: str) -> ResponseReturnValue:
    return _decide(filing_changes.refuse, change_id)


def _decide(action: Any, change_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(action, form.key.data, change_id=change_id, reason=form.reason.data or "")
    tell("已办理，评价机构已收到通知", "Done; the body is told")
    return go("certification.gov_filing", filing_id=queries.change(db(), change_id).filing_id)


def _ask(kind: ChangeKind, form: Any = None, status: int = 200) -> ResponseReturnValue:
    line = _own()
    verdict = queries.renewal(db(), line.id, today()) if kind is ChangeKind.RENEWAL else None
    if kind is ChangeKind.WITHDRAWAL:
        verdict = queries.withdrawal(db(), line.id)
    return show(
        "certification/filing_change.html", status, form=form or FORMS[kind](), f=line, kind=kind, verdict=verdict, change=None,
        today=today(),
    )


def _again(change_id: str, form: Any = None, status: int = 200) -> ResponseReturnValue:
    line = queries.change(db(), change_id, me().actor.organisations_for("filing.submit"))
    kind = ChangeKind(line.kind)
    said: dict[str, Any] = {"statement": line.statement, "incentives": line.incentives}
    if kind is ChangeKind.ADDITION and line.scope:
        first = line.scope[0]
        said = {"pair": f"{first.occupation}|{first.branch}", "levels": [str(int(lv)) for lv in first.levels]}
    return show(
        "certification/filing_change.html", status, form=form or FORMS[kind](data=said), f=_own(), kind=kind, verdict=None,
        change=line, today=today(),
    )


def _said(form: Any) -> dict[str, Any]:
    if isinstance(form, AdditionForm):
        return {"scope": form.items()}
    said = {"statement": form.statement.data or ""}
    return {**said, "incentives": form.incentives.data or ""} if isinstance(form, RenewalForm) else said


def _kind(word: str) -> ChangeKind:
    if word not in set(ChangeKind):
        raise Missing("filing_change.unknown")
    return ChangeKind(word)


def _own() -> FilingLine:
    line = filing_queries.live_of(db(), me().organisation_id)
    if line is None:
        raise Missing("filing.unknown")
    return line


room.context_processor(lambda: {"change_chip": lambda state: chip(FILING_CHANGE, state)})
