"""Item banks and items: their list, one bank, one item with its versions and its review."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from skills.kernel import sheets
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.papers.actions import items as acts
from skills.papers.forms import BankForm, FileForm, ItemForm, PointsForm, ReasonForm, ReviewForm
from skills.papers.queries import banks as queries
from skills.papers.queries import papers
from skills.papers.rules import listed
from skills.papers.rules.items import KIND_WORDS, THINKING_WORDS, Thinking
from skills.papers.states import OPEN, SEE, WRITE, VersionState
from skills.papers.views.words import count, room
from skills.web.pages import db, go, me, perform, say, show, tell, tool

MOST_FILE = 2 * 2**20
MOST_REQUEST = MOST_FILE + 2**20


@room.get("/ent/items", may=SEE, name="banks")
def banks() -> ResponseReturnValue:
    """The banks of one's own organisation."""
    return _banks(BankForm(), 200)


def _banks(form: BankForm, status: int) -> ResponseReturnValue:
    return show("papers/banks.html", status, banks=queries.banks(db(), me().actor.organisations_for(SEE)), form=form)


@room.post("/ent/items", does=acts.open_bank, name="open_bank")
def open_bank() -> ResponseReturnValue:
    form = BankForm()
    if not form.validate():
        return _banks(form, 422)
    done = perform(acts.open_bank, form.key.data, organisation_id=me().organisation_id, title=form.title.data, points=form.points.data)
    tell("题库已建立", "The bank is open")
    return go("papers.bank", bank_id=done.bank_id)


@room.get("/ent/items/<bank_id>", may=SEE, name="bank")
def bank(bank_id: str) -> ResponseReturnValue:
    """A bank: what it has in each cell, and its items."""
    return bank_page(bank_id, FileForm(), PointsForm(), 200)


def bank_page(bank_id: str, file: FileForm, points: PointsForm, status: int) -> ResponseReturnValue:
    """The page of a bank with these forms on it."""
    held = queries.bank(db(), me().actor, bank_id)
    counted = {(c.point, c.thinking): c.ready for c in queries.cells(db(), held)}
    state = request.args.get("state", "")
    state = state if state in list(VersionState) else ""
    lines = queries.items(db(), bank_id, count(request.args.get("after", "")), queries.PAGE + 1, state)
    return show(
        "papers/bank.html", status, bank=held, counted=counted, kinds=list(Thinking), lines=lines[: queries.PAGE], file=file, points=points,
        further=lines[queries.PAGE - 1].serial if len(lines) > queries.PAGE else None, state=state,
        blueprints=papers.blueprints(db(), held.id),
    )  # fmt: skip


@room.post("/ent/items/<bank_id>/points", does=acts.add_points, name="add_points")
def add_points(bank_id: str) -> ResponseReturnValue:
    form = PointsForm()
    if not form.validate():
        return bank_page(bank_id, FileForm(), form, 422)
    perform(acts.add_points, form.key.data, bank_id=bank_id, points=form.points.data)
    tell("知识点已增加", "The knowledge points are there")
    return go("papers.bank", bank_id=bank_id)


@room.get("/ent/items/<bank_id>/template.<form>", may=WRITE, name="template")
def template(bank_id: str, form: str) -> ResponseReturnValue:
    """The sheet to fill in, with one example of each kind."""
    queries.bank(db(), me().actor, bank_id, WRITE)
    if form == "csv":
        data, kind = sheets.write_csv(listed.template()), sheets.CSV_TYPE
    else:
        form, kind = "xlsx", sheets.XLSX_TYPE
        words = {"kind": [zh.removesuffix("题") for zh, _ in KIND_WORDS.values()], "thinking": [zh for zh, _ in THINKING_WORDS.values()]}
        places = {column: at for at, column in enumerate(listed.COLUMNS, 1)}
        data = sheets.write_xlsx(listed.template(), say("试题", "Items"), {places[c]: offered for c, offered in words.items()})
    return Response(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="items.{form}"'})


@room.post("/ent/items/<bank_id>/sheet", does=acts.bring, name="bring", most=MOST_REQUEST)
def bring(bank_id: str) -> ResponseReturnValue:
    form = FileForm()
    if not form.validate():
        return bank_page(bank_id, form, PointsForm(), 422)
    data = form.file.data.stream.read(MOST_FILE + 1)
    if len(data) > MOST_FILE:
        raise Refusal("sheet.too_big", most=MOST_FILE // 2**20)
    rows = sheets.read(data).rows
    done = perform(acts.bring, form.key.data, bank_id=bank_id, rows=rows)
    tell(f"已导入 {done.items} 题，待他人审题", f"{done.items} items came in; another reviews them")
    return go("papers.bank", bank_id=bank_id)


@room.get("/ent/items/<bank_id>/new", may=WRITE, name="new_item")
def new_item(bank_id: str) -> ResponseReturnValue:
    """A new item."""
    held = queries.bank(db(), me().actor, bank_id, WRITE)
    return show("papers/new_item.html", bank=held, form=ItemForm(held.points))


@room.post("/ent/items/<bank_id>/new", does=acts.draft, name="draft")
def draft(bank_id: str) -> ResponseReturnValue:
    held = queries.bank(db(), me().actor, bank_id, WRITE)
    form = ItemForm(held.points)
    if not form.validate():
        return show("papers/new_item.html", 422, bank=held, form=form)
    done = perform(acts.draft, form.key.data, bank_id=bank_id, question=form.question())
    tell(f"{done.code} 已提交，待他人审题", f"{done.code} is handed in; another reviews it")
    return go("papers.item", bank_id=bank_id, item_id=done.item_id)


@room.get("/ent/items/<bank_id>/<item_id>", may=SEE, name="item")
def item(bank_id: str, item_id: str) -> ResponseReturnValue:
    """An item with its versions, and what can be done with the newest."""
    return _item(item_id, None, ReviewForm(), ReasonForm(), 200)


def _item(item_id: str, form: ItemForm | None, review: ReviewForm, reason: ReasonForm, status: int) -> ResponseReturnValue:
    page = queries.item(db(), tool(Box), me().actor, item_id)
    newest = page.versions[0]
    if form is None:
        form = ItemForm(page.bank.points, data={
            "kind": newest.kind, "stem": newest.stem, "options": "\n".join(newest.options), "answer": newest.answer or "",
            "tolerance": newest.tolerance or "", "point": newest.point, "thinking": newest.thinking,
        })  # fmt: skip
    waits = newest.state == VersionState.DRAFT and newest.drafted_by != me().actor.account
    ends = [v for v in page.versions if v.state not in (VersionState.RETIRED, *OPEN)]
    return show(
        "papers/item.html", status, page=page, newest=newest, form=form, review=review, reason=reason, waits=waits, ends=ends
    )


@room.post("/ent/items/<bank_id>/<item_id>", does=acts.edit, name="edit")
def edit(bank_id: str, item_id: str) -> ResponseReturnValue:
    form = ItemForm(queries.item(db(), tool(Box), me().actor, item_id).bank.points)
    if not form.validate():
        return _item(item_id, form, ReviewForm(), ReasonForm(), 422)
    done = perform(acts.edit, form.key.data, item_id=item_id, question=form.question())
    tell(f"已存为第 {done.number} 版，待他人审题", f"Kept as version {done.number}; another reviews it")
    return go("papers.item", bank_id=bank_id, item_id=item_id)


@room.post("/ent/items/<bank_id>/<item_id>/<version_id>/review", does=acts.review, name="review")
def review(bank_id: str, item_id: str, version_id: str) -> ResponseReturnValue:
    form = ReviewForm()
    if not form.validate():
        return _item(item_id, None, form, ReasonForm(), 422)
    approved = form.outcome.data == "approve"
    perform(acts.review, form.key.data, version_id=version_id, approved=approved, reason=form.reason.data or "")
    tell(*(("审题通过", "It is let in") if approved else ("已退回", "It is sent back")))
    return go("papers.item", bank_id=bank_id, item_id=item_id)


@room.post("/ent/items/<bank_id>/<item_id>/<version_id>/retire", does=acts.retire, name="retire")
def retire(bank_id: str, item_id: str, version_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate():
        return _item(item_id, None, ReviewForm(), form, 422)
    perform(acts.retire, form.key.data, version_id=version_id, reason=form.reason.data)
    tell("已停用", "It is retired")
    return go("papers.item", bank_id=bank_id, item_id=item_id)
