"""The bureau's batches: draft, second person, open, list, issue, funnel."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from flask import Response, request
from flask.typing import ResponseReturnValue

from skills.kernel import sheets
from skills.vouchers import queries
from skills.vouchers.actions import batches, ceilings, issuing
from skills.vouchers.forms import KIND, NUMBER, BatchForm, CeilingForm, ListForm, VoidForm
from skills.vouchers.rules.forecast import LEAST
from skills.vouchers.states import BATCH, CEILING, LINE, BatchState, CeilingState, LineState
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import Room, db, go, lang, me, perform, say, show, tell, today

room = Room("batches", __name__)

SEE = "gov.see"
CHIPS = {"draft": "warn", "approved": "info", "open": "ok", "closed": "idle"}
RAISE_CHIPS = {"proposed": "warn", "approved": "ok", "refused": "bad", "withdrawn": "idle"}


def chip(state: str) -> tuple[str, str]:
    """A chip's kind and words for a batch's state."""
    return CHIPS[state], say(*BATCH.words[BatchState(state)])


def raise_chip(state: str) -> tuple[str, str]:
    """The same of a raise of ceilings."""
    return RAISE_CHIPS[state], say(*CEILING.words[CeilingState(state)])


def mine() -> frozenset[str] | None:
    """The districts that the visitor may see; None for all."""
    return me().actor.districts_for(SEE)


def may_here(right: str, district: str) -> bool:
    """Whether the visitor holds a right in a district."""
    if not me().actor.may(right):
        return False
    bounds = me().actor.districts_for(right)
    return bounds is None or district in bounds


@room.get("/gov/batches", may=SEE)
def listing() -> ResponseReturnValue:
    """Every batch, and the way of all vouchers from issue to settlement."""
    return _listing(VoidForm())


def _listing(form: VoidForm, status: int = 200) -> ResponseReturnValue:
    found = queries.batches(db(), mine(), today(), request.args.get("before", "")[:26])
    return show(
        "vouchers/batches.html", status, batches=found, funnel=queries.funnel(db(), mine()),
        further=found[-1].id if len(found) == queries.BATCHES else None,
        chip=chip, may_draft=me().actor.may("batch.draft"), may_void=me().actor.may("batch.approve"), form=form,
    )


@room.post("/gov/vouchers/void", does=issuing.void, name="void")
def void() -> ResponseReturnValue:
    """Take back a voucher that nobody used, by the number that its holder reads."""
    form = VoidForm()
    if not form.validate_on_submit():
        return _listing(form, 422)
    number = "".join((form.voucher.data or "").split()).upper()
    perform(issuing.void, form.key.data, voucher_id=number, reason=form.reason.data)
    tell("这张券已作废，理由已告知持券人", "The voucher is void; its holder is told why")
    return go("batches.listing")


@room.get("/gov/batches/new", may="batch.draft")
def new() -> ResponseReturnValue:
    form = BatchForm()
    day = today()
    form.claim_from.data, form.claim_until.data = day, day + timedelta(days=60)
    form.life_months.data, form.percent.data = queries.limits(db(), day).life_months, 100
    return show("vouchers/batch_form.html", form=form)


@room.post("/gov/batches/new", does=batches.draft, name="draft")
def draft() -> ResponseReturnValue:
    form = BatchForm()
    if not form.validate_on_submit():
        return show("vouchers/batch_form.html", 422, form=form)
    done = perform(batches.draft, form.key.data, order=form.order())
    tell("草案已保存，请另一位同事复核", "The draft is kept; another colleague has to approve it")
    return go("batches.one", batch_id=done.batch_id)


@room.get("/gov/batches/<batch_id>", may=SEE)
def one(batch_id: str) -> ResponseReturnValue:
    """A batch with its ceilings, its list, the progress of its issue and its funnel."""
    return _one(batch_id, CeilingForm())


def _one(batch_id: str, more: CeilingForm, status: int = 200) -> ResponseReturnValue:
    page = queries.batch(db(), batch_id, mine(), today())
    if request.method == "GET":
        more.count.data, more.money.data = page.batch.count_ceiling, Decimal(page.batch.money_ceiling) / 100
    wanted = request.args.get("lines", LineState.REFUSED)
    state = wanted if wanted in set(LineState) else LineState.REFUSED
    after = request.args.get("after", "0")
    lines = queries.lines(db(), batch_id, state, int(after) if after.isdecimal() and len(after) < 10 else 0)
    return show(
        "vouchers/batch.html", status, page=page, b=page.batch, more=more, raises=queries.raises(db(), batch_id), raise_chip=raise_chip,
        account=me().actor.account, chip=chip, lines=lines, line_state=str(state),
        line_states=[(s.value, say(*LINE.words[s])) for s in LineState], under_way=queries.under_way(page.progress),
        told=lambda found: i18n.tell_findings(found, lang()), funnel=queries.funnel(db(), mine(), batch_id),
        may=lambda right: may_here(right, page.batch.district), own=page.batch.drafted_by == me().actor.account, form=ListForm(),
        key=OrderForm().key.data, line=queries.line(db(), batch_id, today()), least=LEAST,
        left=queries.left_behind(db(), batch_id), carries=queries.carries(db(), batch_id),
        successors=queries.successors(db(), batch_id, today()), chips=RAISE_CHIPS,
    )


@room.post("/gov/batches/<batch_id>/ceilings", does=ceilings.propose, name="propose_ceilings")
def propose_ceilings(batch_id: str) -> ResponseReturnValue:
    more = CeilingForm()
    if not more.validate_on_submit():
        return _one(batch_id, more, 422)
    perform(
        ceilings.propose, more.key.data, batch_id=batch_id, count=more.count.data, money=more.money.cents,
        reason=more.reason.data, policy_source=more.policy_source.data,
    )  # fmt: skip
    tell("追加申请已提交，请另一位同事复核", "Proposed; another colleague has to approve it")
    return go("batches.one", batch_id=batch_id)


@room.post("/gov/ceilings/<raise_id>/approve", does=ceilings.approve, name="approve_ceilings")
def approve_ceilings(raise_id: str) -> ResponseReturnValue:
    done = perform(ceilings.approve, OrderForm().key.data, raise_id=raise_id)
    tell("额度已追加，候补的人按顺序递补", "The ceilings are raised; whoever waits moves up in order")
    return go("batches.one", batch_id=done.batch_id)


@room.post("/gov/ceilings/<raise_id>/refuse", does=ceilings.refuse, name="refuse_ceilings")
def refuse_ceilings(raise_id: str) -> ResponseReturnValue:
    done = perform(ceilings.refuse, OrderForm().key.data, raise_id=raise_id, decision=request.form.get("decision", "")[:400])
    tell("未同意追加", "The raise was refused")
    return go("batches.one", batch_id=done.batch_id)


@room.post("/gov/ceilings/<raise_id>/withdraw", does=ceilings.withdraw, name="withdraw_ceilings")
def withdraw_ceilings(raise_id: str) -> ResponseReturnValue:
    done = perform(ceilings.withdraw, OrderForm().key.data, raise_id=raise_id)
    tell("追加申请已撤回", "The proposal was taken back")
    return go("batches.one", batch_id=done.batch_id)


@room.post("/gov/batches/<batch_id>/approve", does=batches.approve, name="approve")
def approve(batch_id: str) -> ResponseReturnValue:
    perform(batches.approve, OrderForm().key.data, batch_id=batch_id)
    tell("复核通过", "Approved")
    return go("batches.one", batch_id=batch_id)


@room.post("/gov/batches/<batch_id>/drop", does=batches.drop, name="drop")
def drop(batch_id: str) -> ResponseReturnValue:
    perform(batches.drop, OrderForm().key.data, batch_id=batch_id)
    tell("草案已作废", "The draft was given up")
    return go("batches.one", batch_id=batch_id)


@room.post("/gov/batches/<batch_id>/open", does=batches.open_, name="open")
def open_(batch_id: str) -> ResponseReturnValue:
    perform(batches.open_, OrderForm().key.data, batch_id=batch_id)
    tell("批次已开放", "The batch is open")
    return go("batches.one", batch_id=batch_id)


@room.post("/gov/batches/<batch_id>/close", does=batches.close, name="close")
def close(batch_id: str) -> ResponseReturnValue:
    perform(batches.close, OrderForm().key.data, batch_id=batch_id, reason=request.form.get("reason", "")[:400])
    tell("批次已关闭，已领取的券仍可使用；候补的人会收到通知", "The batch is closed; vouchers that people hold stay usable. Whoever waited is told")
    return go("batches.one", batch_id=batch_id)


@room.post("/gov/batches/<batch_id>/list", does=issuing.list_documents, name="list")
def list_(batch_id: str) -> ResponseReturnValue:
    form = ListForm()
    done = perform(issuing.list_documents, form.key.data, batch_id=batch_id, documents=form.documents())
    tell(f"新加入 {done.added} 人；已在名单 {done.already} 人；未登记 {done.unknown} 人",
         f"{done.added} people added; {done.already} were on the list; {done.unknown} are not registered",
         "ok" if done.added else "warn")
    for each in done.went_on:
        tell(f"其中 {each.people} 人的名单已于 {i18n.day(each.on, 'zh')} 转到「{each.title}」，"
             "轮到时在那一批发放，不必再加；确要在本批发放的，请在那一批申请转入本批",
             f"{each.people} of them went on to the list of “{each.title}” on {i18n.day(each.on, 'en')} and are served there, so need not be added; "
             "to serve them here, propose on that batch's page that its list goes on here", "warn")
    return go("batches.one", batch_id=batch_id)


@room.post("/gov/batches/<batch_id>/issue", does=issuing.issue, name="issue")
def issue(batch_id: str) -> ResponseReturnValue:
    done = perform(issuing.issue, OrderForm().key.data, batch_id=batch_id)
    tell(f"开始发放，共 {done.waiting} 人", f"The issue to {done.waiting} people has begun")
    return go("batches.one", batch_id=batch_id)


@room.get("/gov/batches/list-template.<form>", may="batch.issue", name="template")
def template(form: str) -> ResponseReturnValue:
    """An empty list with the right columns."""
    rows = [("姓名", KIND, NUMBER)]
    body, kind = (sheets.write_xlsx(rows, "名单", {}), sheets.XLSX_TYPE) if form == "xlsx" else (
        sheets.write_csv(rows), sheets.CSV_TYPE)  # fmt: skip
    name = "list.xlsx" if form == "xlsx" else "list.csv"
    return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
