"""Pages of what becomes of rows that stand: answers, versions, corrections, removals, receipts."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.kernel import sheets
from skills.kernel.errors import Missing, Refusal
from skills.returns import actions, queries
from skills.returns.actions import HANDLE
from skills.returns.actions import changes as acts
from skills.returns.actions import removals as removing
from skills.returns.kinds import FILE, kind_of
from skills.returns.queries import Desk, afterwards
from skills.returns.queries import changes as versions
from skills.returns.queries import removals as removed
from skills.returns.rules.amending import Answer
from skills.returns.views import box, state_chip
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import Room, db, go, lang, me, perform, say, show, tell, today

room: Room = Room("returns_after", __name__)
MOST = sheets.MOST_BYTES

LINE_CHIPS = {
    "applied": "ok", "corrected": "idle", "voided": "bad", "awaiting": "warn", "held": "bad", "same": "idle", "waiting": "info",
    "checked": "info",
}  # fmt: skip
CHANGE_CHIPS = {"asked": "warn", "waiting": "info", "done": "ok", "refused": "idle"}
REMOVAL_CHIPS = {"asked": "warn", "confirmed": "ok", "refused": "idle", "withdrawn": "idle"}


def mine() -> frozenset[str | None]:
    return queries.owners(me().actor)


def desk() -> Desk:
    """The visitor's own desk. Raises Missing for whoever files for nobody."""
    return Desk(db(), box(), me().organisation_id, today())


def beside(page: queries.ReturnPage) -> afterwards.Afterwards:
    """What the page of a return shows beside its rows."""
    return afterwards.afterwards(db(), box(), page, today(), mine(), request.args.get("gone", "")[:26])


def words() -> dict[str, Any]:
    """What templates of this file say states with."""
    return {
        "line_chip": lambda s, pair: (LINE_CHIPS.get(s, "idle"), say(*pair)),
        "change_chip": lambda s, pair: (CHANGE_CHIPS[s], say(*pair)),
        "removal_chip": lambda s, pair: (REMOVAL_CHIPS[s], say(*pair)),
        "sentence": lambda code, facts: i18n.sentence(code, facts, lang()),
        "answers": [(a.value, say(*a.words)) for a in Answer],
    }


# Rows that are close to others -------------------------------------------------------------------------------------


@room.post("/org/returns/<return_id>/rows/<int:row>/answer", does=acts.answer)
def answer(return_id: str, row: int) -> ResponseReturnValue:
    form = OrderForm()
    said = request.form.get("answer", "")
    if said not in {a.value for a in Answer}:
        raise Refusal("change.answer_unfit")
    perform(acts.answer, form.key.data, return_id=return_id, row=row, said=Answer(said), reason=request.form.get("reason", "")[:400])
    tell("已记下您的说明，并重新检查", "Your answer is kept; the rows were checked again")
    return go("returns.one", return_id=return_id, _anchor=f"row-{row}")


@room.post("/org/returns/<return_id>/complete", does=removing.mark_complete)
def complete(return_id: str) -> ResponseReturnValue:
    form = OrderForm()
    wanted = request.form.get("complete") == "1"
    perform(removing.mark_complete, form.key.data, return_id=return_id, complete=wanted)
    if wanted:
        tell("已标为完整名单：不在名单上的行报送时会被移除", "Marked as complete: rows that it leaves out are taken away when it is handed in")
    else:
        tell("已取消完整名单标记", "It is no complete list any more")
    return go("returns.one", return_id=return_id)


# Versions ----------------------------------------------------------------------------------------------------------


@room.get("/org/returns/<return_id>/rows/<int:row>", may=HANDLE)
def versions_of(return_id: str, row: int) -> ResponseReturnValue:
    """Every version of the entry that a row is about."""
    told = versions.history(db(), box(), return_id, row, mine())
    return show(
        "returns/versions.html", h=told, kind=kind_of(told.kind), column_words=_columns(told.kind), **words(),
    )  # fmt: skip


@room.get("/org/returns/<return_id>/rows/<int:row>/correct", may=HANDLE)
def correcting(return_id: str, row: int) -> ResponseReturnValue:
    """The form in which a row that stands is corrected."""
    return _correcting(return_id, row, OrderForm(), {}, "", None)


@room.post("/org/returns/<return_id>/rows/<int:row>/correct", does=acts.correct_row)
def correct(return_id: str, row: int) -> ResponseReturnValue:
    form = OrderForm()
    cells = {n.removeprefix("cell-"): v for n, v in request.form.items() if n.startswith("cell-")}
    reason = request.form.get("reason", "")[:400]
    try:
        done = perform(acts.correct_row, form.key.data, return_id=return_id, row=row, cells=cells, reason=reason)
    except Refusal as refusal:
        if not refusal.code.startswith("change."):
            raise
        return _correcting(return_id, row, OrderForm(), cells, reason, refusal)
    tell(f"更正已报送，回执 {done.number}", f"The correction was handed in, receipt {done.number}")
    return go("returns_after.versions_of", return_id=done.return_id, row=row)


def _correcting(return_id: str, row: int, form: OrderForm, given: dict[str, str], reason: str, refusal: Refusal | None) -> ResponseReturnValue:
    told = versions.history(db(), box(), return_id, row, mine())
    held = next((v for v in told.versions if (v.return_id, v.row) == (return_id, row)), None)
    if held is None or told.stands != (return_id, row):
        raise Refusal("change.not_standing", state=say("已被更正或作废", "corrected or void"), state_en="corrected or void")
    problems = [i18n.sentence(code, {}, lang()) for code in str(refusal.facts.get("codes", "")).split("、") if code] if refusal else []
    kind = kind_of(told.kind)
    return show(
        "returns/correct.html", 422 if refusal else 200, h=told, kind=kind, held=held, cells={**held.cells, **given}, reason=reason,
        key=form.key.data, column_words=_columns(told.kind), refusal=i18n.tell_refusal(refusal, lang()) if refusal else None,
        problems=problems,
    )  # fmt: skip


# Removals ----------------------------------------------------------------------------------------------------------


@room.get("/org/returns/<return_id>/void", may=HANDLE)
def voiding(return_id: str) -> ResponseReturnValue:
    """What making a row, or all rows, void would take away, before anything is done."""
    row = request.args.get("row", "")
    rows = _row(row)
    told = afterwards.at_stake(desk(), return_id, rows, mine(), request.args.get("after", "")[:26])
    return show("returns/void.html", goes=told, return_id=return_id, row=row if rows else "", key=OrderForm().key.data, reason="", **words())


def _row(text: str) -> list[int]:
    """The row that is meant; none for all of them, never for one that cannot be read. Raises Missing("return_line.unknown")."""
    if text and not (text.isdecimal() and len(text) < 7):
        raise Missing("return_line.unknown")
    return [int(text)] if text else []


@room.post("/org/returns/<return_id>/void", does=removing.void)
def void(return_id: str) -> ResponseReturnValue:
    form = OrderForm()
    row = request.form.get("row", "")
    rows = tuple(_row(row))
    done = perform(removing.void, form.key.data, return_id=return_id, rows=rows, reason=request.form.get("reason", "")[:400])
    if done.second:
        tell("已申请作废，等本单位第二人确认", "Asked for; a second person of your organisation confirms it", "warn")
    else:
        tell("已办理作废；有证书的，等听取持证人意见后生效", "Done; where there is a certificate it counts when its holder was heard")
    return go("returns_after.removal", removal_id=done.removal_id)


@room.get("/org/returns/removals", may=FILE, name="removals")
def removal_list() -> ResponseReturnValue:
    """Removals that need or needed a second person."""
    return show("returns/removals.html", removals=removed.removals(db(), mine()), account=me().actor.account, **words())


@room.get("/org/returns/removals/<removal_id>", may=FILE)
def removal(removal_id: str) -> ResponseReturnValue:
    """A removal with the names of its rows and the money at stake."""
    told = removed.removal(db(), removal_id, mine(), request.args.get("after", "")[:40])
    return show("returns/removal.html", x=told, account=me().actor.account, **words())


@room.post("/org/returns/removals/<removal_id>/confirm", does=removing.confirm)
def confirm_removal(removal_id: str) -> ResponseReturnValue:
    perform(removing.confirm, OrderForm().key.data, removal_id=removal_id)
    tell("已确认，正在逐行办理", "Confirmed; the rows are being worked on")
    return go("returns_after.removal", removal_id=removal_id)


@room.post("/org/returns/removals/<removal_id>/refuse", does=removing.refuse)
def refuse_removal(removal_id: str) -> ResponseReturnValue:
    perform(removing.refuse, OrderForm().key.data, removal_id=removal_id, reason=request.form.get("reason", "")[:400])
    tell("未同意，没有任何行被移除", "Refused; no row was taken away")
    return go("returns_after.removal", removal_id=removal_id)


@room.post("/org/returns/removals/<removal_id>/withdraw", does=removing.withdraw)
def withdraw_removal(removal_id: str) -> ResponseReturnValue:
    perform(removing.withdraw, OrderForm().key.data, removal_id=removal_id)
    tell("已撤回，没有任何行被移除", "Withdrawn; no row was taken away")
    return go("returns_after.removal", removal_id=removal_id)


# Receipts ----------------------------------------------------------------------------------------------------------


@room.get("/org/returns/receipts", may=HANDLE)
def receipts() -> ResponseReturnValue:
    """Ask a receipt by its number."""
    number = request.args.get("number", "")[:32]
    return _receipt(number, request.args.get("sha256", "")[:64])


@room.post("/org/returns/receipts", may=HANDLE, most=MOST + 2**20)
def compare_receipt() -> ResponseReturnValue:
    """Compare a file with the one that a receipt was given for. Nothing is kept."""
    given = request.files.get("file")
    data = given.stream.read(MOST + 1) if given else b""
    return _receipt(request.form.get("number", "")[:32], hashlib.sha256(data).hexdigest() if data else "")


def _receipt(number: str, digest: str) -> ResponseReturnValue:
    found, unknown = None, False
    if number.strip():
        try:
            found = afterwards.receipt(db(), number, mine(), digest)
        except Missing:
            unknown = True
    return show("returns/receipts.html", 404 if unknown else 200, number=number, found=found, unknown=unknown, chip=state_chip)


def _columns(kind: str) -> object:
    chosen = kind_of(kind)
    return lambda name: say(chosen.column(name).zh, chosen.column(name).en)


__all__ = ["actions", "beside", "room", "words"]
