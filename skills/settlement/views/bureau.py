"""The authority's and finance's statements: check, notice, hand-over, payment, objections, accounts, claw-backs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask import Response, request
from flask.typing import ResponseReturnValue

from skills.kernel import sheets
from skills.kernel.box import Box
from skills.kernel.errors import Forbidden, Missing
from skills.settlement import rules
from skills.settlement.actions import claw_backs, objections, payees, statements
from skills.settlement.actions.objections import HANDLE
from skills.settlement.forms import ClawBackForm, DecisionForm, PaidForm, ReasonForm, RepaidForm, SumBackForm
from skills.settlement.queries import files, money
from skills.settlement.queries import objections as objection_queries
from skills.settlement.queries import payees as payee_queries
from skills.settlement.queries import statements as queries
from skills.settlement.states import STATEMENT, StatementState
from skills.settlement.views.own import shown
from skills.settlement.views.words import chip, line_chip, other_chip, room, told
from skills.vouchers.queries import doubts
from skills.vouchers.queries.settling import Snapshot
from skills.web.forms import OrderForm
from skills.web.i18n import ToldFinding
from skills.web.pages import db, go, me, perform, say, show, tell, today, tool

SEE = "statement.see"
# What says who the person is, for the page of a line on which nothing else is to be said.
WHO = {"voucher.in_group", "voucher.any_group", "voucher.not_retired"}
FINANCE_ONLY = tuple(str(s) for s in queries.TO_FINANCE)


def mine() -> frozenset[str] | None:
    """The districts that the visitor may see; None for all."""
    return me().actor.districts_for(SEE)


def states_seen() -> tuple[str, ...] | None:
    """Finance sees what was handed over to it, the authority everything."""
    actor = me().actor
    only = actor.may(statements.PAY) and not (actor.may(statements.CHECK) or actor.may(statements.HAND_OVER))
    return FINANCE_ONLY if only else None


@room.get("/gov/statements", may=SEE, name="statements")
def listing() -> ResponseReturnValue:
    """Statements by where they stand; accounts that wait to be verified; money that is owed."""
    wanted = request.args.get("state", "")
    allowed = states_seen()
    state = wanted if wanted in set(StatementState) and (allowed is None or wanted in allowed) else ""
    found = queries.of_districts(db(), mine(), (state,) if state else allowed, request.args.get("after", "")[:26], queries.PAGE + 1)
    actor = me().actor
    return show(
        "settlement/statements.html", statements=found[: queries.PAGE], chip=chip, state=state,
        more=found[queries.PAGE - 1].id if len(found) > queries.PAGE else None,
        states=[(str(s), say(*STATEMENT.words[s])) for s in StatementState if allowed is None or s in allowed],
        payees=payee_queries.to_verify(db(), actor.districts_for(payees.VERIFY)) if actor.may(payees.VERIFY) else [],
        other_chip=other_chip,
    )  # fmt: skip


@room.get("/gov/statements/<statement_id>", may=SEE, name="statement")
def one(statement_id: str) -> ResponseReturnValue:
    """A statement with everything that is decided on it."""
    return _one(statement_id, ReasonForm(), PaidForm())


def _one(statement_id: str, form: ReasonForm, paid: PaidForm, status: int = 200) -> ResponseReturnValue:
    page = seen(statement_id)
    actor, state, free = me().actor, page.statement.state, me().actor.account not in page.hands
    if not paid.paid_on.data:
        paid.paid_on.data = today()
    may = {
        "check": actor.may(statements.CHECK) and state == "submitted" and free,
        "back": actor.may(statements.CHECK) and state in ("submitted", "checked"),
        "notice": actor.may(statements.HAND_OVER) and state == "checked" and free,
        "close": actor.may(statements.HAND_OVER) and state == "noticed" and free,
        "again": actor.may(statements.HAND_OVER) and state == "bounced" and free,
        "pay": actor.may(statements.PAY) and state == "handed_over",
        "file": state in FINANCE_ONLY and (actor.may(statements.PAY) or actor.may(statements.HAND_OVER)),
        "objections": actor.may(HANDLE),
    }
    over = page.statement.notice_to is not None and today() > page.statement.notice_to
    return show("settlement/statement.html", status, **shown(page), may=may, form=form, paid=paid, over=over)


def seen(statement_id: str) -> queries.StatementPage:
    """A statement that the visitor may see. Raises Missing("statement.unknown")."""
    page = queries.theirs(db(), statement_id, mine())
    allowed = states_seen()
    if allowed is not None and page.statement.state not in allowed:
        raise Missing("statement.unknown")  # what was not handed over does not exist for finance
    return page


@room.get("/gov/statements/lines/<line_id>", may=SEE, name="line")
def line(line_id: str) -> ResponseReturnValue:
    """A line with both snapshots: what was known when the voucher was used, and what the record says now."""
    return _line(line_id, ReasonForm(), ClawBackForm())


def _line(line_id: str, form: ReasonForm, back: ClawBackForm, status: int = 200) -> ResponseReturnValue:
    page = queries.line(db(), line_id, mine())
    seen(page.statement.id)
    missed = {f.code for f in page.line.missed}
    actor = me().actor
    may = {
        "admit": actor.may(statements.CHECK) and page.statement.state == "submitted" and page.line.state == "held"
        and bool(missed & rules.ADMISSIBLE),
        "claw_back": actor.may(claw_backs.PROPOSE) and page.line.use.paid is not None and page.line.kind == "pay",
    }  # fmt: skip
    snapshots = _compared(page.snapshots)
    return show(
        "settlement/line.html", status, l=page.line, s=page.statement, snapshots=snapshots, told=told, may=may, form=form, back=back,
        line_chip=line_chip, chip=chip,
    )  # fmt: skip


def _compared(snapshots: Sequence[Snapshot]) -> list[tuple[Snapshot, list[list[ToldFinding]]]]:
    """Each verdict with what matters of it, and the rest: what is not met or came out differently; else who the person is."""
    answers = Counter((f["code"], f["met"]) for shot in snapshots for f in shot.findings)
    telling = {code for (code, met), times in answers.items() if not met or times < len(snapshots)} or WHO
    return [
        (shot, [told(tuple(f for f in queries.findings(shot) if (f.code in telling) == first)) for first in (True, False)])
        for shot in snapshots
    ]


@room.post("/gov/statements/lines/<line_id>/admit", does=statements.admit, name="admit")
def admit(line_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _line(line_id, form, ClawBackForm(), 422)
    done = perform(statements.admit, form.key.data, line_id=line_id, reason=form.reason.data)
    tell("已认可，这一行恢复支付", "Let through: the line is due")
    return go("settlement.statement", statement_id=done.statement_id)


@room.post("/gov/statements/lines/<line_id>/claw-back", does=claw_backs.propose, name="propose_claw_back")
def propose_claw_back(line_id: str) -> ResponseReturnValue:
    back = ClawBackForm()
    if not back.validate_on_submit():
        return _line(line_id, ReasonForm(), back, 422)
    redemption = queries.line(db(), line_id, mine()).line.use.redemption_id
    perform(
        claw_backs.propose, back.key.data, redemption_id=redemption, cents=back.amount.cents, reason=back.reason.data
    )
    tell("已提出追回，等待另一位同事复核", "Proposed; a second colleague decides")
    return go("settlement.claw_backs")


@room.post("/gov/statements/<statement_id>/check", does=statements.check, name="check")
def check(statement_id: str) -> ResponseReturnValue:
    perform(statements.check, OrderForm().key.data, statement_id=statement_id)
    tell("审核通过，请另一位同事公示", "Checked; a second colleague puts it on notice")
    return go("settlement.statement", statement_id=statement_id)


@room.post("/gov/statements/<statement_id>/back", does=statements.send_back, name="send_back")
def send_back(statement_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _one(statement_id, form, PaidForm(), 422)
    perform(statements.send_back, form.key.data, statement_id=statement_id, reason=form.reason.data)
    tell("已退回收款方", "Sent back")
    return go("settlement.statement", statement_id=statement_id)


@room.post("/gov/statements/<statement_id>/notice", does=statements.notice, name="put_on_notice")
def put_on_notice(statement_id: str) -> ResponseReturnValue:
    perform(statements.notice, OrderForm().key.data, statement_id=statement_id)
    tell("已公示", "It is on notice")
    return go("settlement.statement", statement_id=statement_id)


@room.post("/gov/statements/<statement_id>/close", does=statements.close, name="close")
def close(statement_id: str) -> ResponseReturnValue:
    perform(statements.close, OrderForm().key.data, statement_id=statement_id)
    tell("正在逐行复核并移交财政", "Every line is looked at once more, then it is handed over")
    return go("settlement.statement", statement_id=statement_id)


@room.post("/gov/statements/<statement_id>/pay", does=statements.pay, name="pay")
def pay(statement_id: str) -> ResponseReturnValue:
    paid = PaidForm()
    if not paid.validate_on_submit():
        return _one(statement_id, ReasonForm(), paid, 422)
    perform(
        statements.pay, paid.key.data, statement_id=statement_id, cents=paid.amount.cents, paid_on=paid.paid_on.data,
        reference=paid.reference.data,
    )  # fmt: skip
    tell("已登记拨付，正在逐笔核销", "Reported as paid; it is being booked line by line")
    return go("settlement.statement", statement_id=statement_id)


@room.post("/gov/statements/<statement_id>/bounce", does=statements.bounce, name="bounce")
def bounce(statement_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _one(statement_id, form, PaidForm(), 422)
    perform(statements.bounce, form.key.data, statement_id=statement_id, reason=form.reason.data)
    tell("已登记退票，账户失效", "Reported as bounced; the account counts no more", "warn")
    return go("settlement.statement", statement_id=statement_id)


@room.post("/gov/statements/<statement_id>/resend", does=statements.resend, name="resend")
def resend(statement_id: str) -> ResponseReturnValue:
    perform(statements.resend, OrderForm().key.data, statement_id=statement_id)
    tell("已重新移交", "Handed over again")
    return go("settlement.statement", statement_id=statement_id)


@room.post("/gov/statements/<statement_id>/recall", does=statements.recall, name="recall")
def recall(statement_id: str) -> ResponseReturnValue:
    perform(statements.recall, OrderForm().key.data, statement_id=statement_id)
    tell("已收回，明细恢复为应付", "Recalled; its lines are payable again")
    return go("settlement.statement", statement_id=statement_id)


@room.get("/gov/statements/<statement_id>/file.<form>", may=SEE, name="file")
def file(statement_id: str, form: str) -> ResponseReturnValue:
    """What finance is handed, as XLSX or CSV with control totals."""
    if not (me().actor.may(statements.PAY) or me().actor.may(statements.HAND_OVER)):
        raise Forbidden("not_allowed", right=statements.PAY)
    if form not in ("xlsx", "csv"):
        raise Missing("statement.unknown")
    number, rows = files.rows(db(), tool(Box), statement_id, mine())
    body, kind, end = (
        (sheets.write_xlsx(rows, number), sheets.XLSX_TYPE, "xlsx") if form == "xlsx" else (sheets.write_csv(rows), sheets.CSV_TYPE, "csv")
    )
    headers = {"Content-Disposition": f'attachment; filename="{number}.{end}"', "Cache-Control": "no-store"}
    return Response(body, mimetype=kind, headers=headers)


@room.post("/gov/payees/<account_id>/verify", does=payees.verify, name="verify_payee")
def verify_payee(account_id: str) -> ResponseReturnValue:
    perform(payees.verify, OrderForm().key.data, account_id=account_id)
    tell("账户已核验", "The account is verified")
    return go("settlement.statements")


@room.get("/gov/payees/<account_id>", may=payees.VERIFY, name="payee")
def payee(account_id: str) -> ResponseReturnValue:
    """An account with its number in full, to be compared with the bank."""
    found, number = payee_queries.one_to_verify(db(), tool(Box), account_id, me().actor.districts_for(payees.VERIFY))
    return show("settlement/payee.html", a=found, number=number, form=ReasonForm(), other_chip=other_chip, key=OrderForm().key.data)


@room.post("/gov/payees/<account_id>/refuse", does=payees.refuse, name="refuse_payee")
def refuse_payee(account_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(payees.refuse, form.key.data, account_id=account_id, reason=form.reason.data or "")
    tell("已退回收款方", "Sent back to the payee")
    return go("settlement.statements")


@room.get("/gov/objections/statements/<objection_id>", may=HANDLE, name="objection_case")
def objection_case(objection_id: str) -> ResponseReturnValue:
    return _objection(objection_id, DecisionForm())


def _objection(objection_id: str, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    found = objection_queries.case(db(), tool(Box), objection_id, me().actor.districts_for(HANDLE))
    return show("settlement/objection_case.html", status, o=found, form=form, other_chip=other_chip, line_chip=line_chip)


@room.post("/gov/objections/statements/<objection_id>", does=objections.decide, name="decide_objection")
def decide_objection(objection_id: str) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate_on_submit():
        return _objection(objection_id, form, 422)
    perform(
        objections.decide, form.key.data, objection_id=objection_id, upheld=form.outcome.data == "uphold", reply=form.reply.data
    )
    tell("异议已答复", "The objection is decided")
    return go("settlement.objection_case", objection_id=objection_id)


@room.get("/gov/claw-backs", may=SEE, name="claw_backs")
def claw_back_list() -> ResponseReturnValue:
    """Money that is to come back, and what has."""
    return claw_backs_page()


def claw_backs_page(form: RepaidForm | None = None, part: SumBackForm | None = None) -> ResponseReturnValue:
    """The list; a form of it that could not be read is given, and its faults stand above the list, with 422."""
    status = 422 if form or part else 200
    closed = request.args.get("view") == "closed"
    found = money.debts(db(), mine(), closed=closed, after=request.args.get("after", "")[:26], most=queries.PAGE + 1)
    actor = me().actor
    return show(
        "settlement/claw_backs.html", status, debts=found[: queries.PAGE], closed=closed, other_chip=other_chip, account=actor.account,
        more=found[queries.PAGE - 1].id if len(found) > queries.PAGE else None, may_approve=actor.may(claw_backs.APPROVE),
        may_report=actor.may(claw_backs.PAY), form=form or RepaidForm(), part=part or SumBackForm(),
        doubts=[] if closed else doubts.doubts(db(), mine()), may_propose=actor.may(claw_backs.PROPOSE),
    )  # fmt: skip


@room.post("/gov/claw-backs/<claw_back_id>/approve", does=claw_backs.approve, name="approve_claw_back")
def approve_claw_back(claw_back_id: str) -> ResponseReturnValue:
    perform(claw_backs.approve, OrderForm().key.data, claw_back_id=claw_back_id)
    tell("已复核，从下一期结算抵扣", "Approved: it is set off against the next payment")
    return go("settlement.claw_backs")


@room.post("/gov/claw-backs/<claw_back_id>/drop", does=claw_backs.drop, name="drop_claw_back")
def drop_claw_back(claw_back_id: str) -> ResponseReturnValue:
    perform(claw_backs.drop, OrderForm().key.data, claw_back_id=claw_back_id)
    tell("不予追回", "Not taken back")
    return go("settlement.claw_backs")


@room.post("/gov/claw-backs/<claw_back_id>/repaid", does=claw_backs.repaid, name="repaid")
def repaid(claw_back_id: str) -> ResponseReturnValue:
    form = RepaidForm()
    if not form.validate_on_submit():
        return claw_backs_page(form)
    perform(
        claw_backs.repaid, form.key.data, claw_back_id=claw_back_id, cents=form.amount.cents, reference=form.reference.data
    )
    tell("已登记退回款", "Reported as paid back")
    return go("settlement.claw_backs", view="closed")
