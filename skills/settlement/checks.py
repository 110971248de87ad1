"""What always holds of settlement: statements, lines, uses and ledger tell one story, to the fen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.checks import Bookkeeper, check
from skills.settlement import rules
from skills.settlement.models import (
    Advance,
    AdvanceBack,
    ClawBack,
    PayeeAccount,
    Statement,
    StatementLine,
    StatementObjection,
)
from skills.settlement.payee import payee_of
from skills.settlement.queries.payees import due_to
from skills.settlement.rules import Kind
from skills.settlement.states import BEFORE_HAND_OVER, ClawBackState, LineState, ObjectionState, StatementState
from skills.vouchers.queries import doubts, settling
from skills.vouchers.queries.uses import holds_of
from skills.vouchers.states import Event

_L, _S = LineState, StatementState
_ALLOWED: dict[StatementState, set[LineState]] = {
    **{s: {_L.DUE, _L.HELD} for s in BEFORE_HAND_OVER},
    _S.CLOSING: {_L.DUE, _L.HELD, _L.ORDERED},
    _S.HANDED_OVER: {_L.ORDERED}, _S.BOUNCED: {_L.ORDERED}, _S.RECALLED: {_L.ORDERED}, _S.PAID: {_L.ORDERED, _L.PAID},
    _S.DROPPED: {_L.DUE, _L.HELD},
}  # fmt: skip


@check("settlement.lines", "结算行与用券状态一致 every line agrees with its statement and with the use it is about")
def lines(book: Bookkeeper) -> Iterator[str]:
    uses = settling.states(book.db)
    states = dict(book.db.execute(select(Statement.id, Statement.state)).all())
    ordered: set[str] = set()
    for line in book.db.scalars(select(StatementLine).where(StatementLine.withdrawn_at.is_(None))):
        if line.state not in _ALLOWED[_S(states[line.statement_id])]:
            yield f"line {line.id} is {line.state} on a statement that is {states[line.statement_id]}"
        if line.kind != Kind.PAY:
            continue
        state, paid = uses[line.redemption_id]
        if line.state == _L.ORDERED:
            ordered.add(line.redemption_id)
            if state != "ordered":
                yield f"line {line.id} is ordered, its use is {state}"
        if line.state == _L.PAID and (state not in ("settled", "clawed_back") or paid != line.cents):
            yield f"line {line.id} was paid {line.cents}, its use is {state} with {paid}"
    for redemption_id, (state, _) in uses.items():
        if state == "ordered" and redemption_id not in ordered:
            yield f"redemption {redemption_id} is ordered by no statement"


@check("settlement.totals", "移交金额等于各行合计，与台账分毫不差 what was handed over is the sum of its lines, and the ledger says so to the fen")
def totals(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, list[StatementLine]] = defaultdict(list)
    paid: dict[str, int] = {}
    for line in book.db.scalars(select(StatementLine).order_by(StatementLine.position)):
        if line.state in (_L.ORDERED, _L.PAID):
            held[line.statement_id].append(line)
        if line.state == _L.PAID and line.kind == Kind.PAY:
            paid[line.redemption_id] = line.cents
    backs: dict[str, list[AdvanceBack]] = defaultdict(list)
    for back in book.db.scalars(select(AdvanceBack).where(AdvanceBack.withdrawn_at.is_(None)).order_by(AdvanceBack.id)):
        backs[back.statement_id].append(back)
    blinds = dict(book.db.execute(select(PayeeAccount.id, PayeeAccount.blind)).all())
    for row in book.db.scalars(select(Statement).where(Statement.handed_over_at.is_not(None))):
        rows = [rules.Row(x.id, Kind(x.kind), blinds[str(row.account_id)], x.cents) for x in held[row.id]]
        rows += [rules.Row(b.id, Kind.ADVANCE, blinds[str(row.account_id)], -b.cents) for b in backs[row.id]]
        told = rules.totals(rows)
        if (told.count, told.cents, told.digest) != (row.count, row.cents, row.digest):
            yield f"statement {row.number}: {row.count} rows, {row.cents} 分; its lines say {told.count} and {told.cents}"
    ledger = settling.in_ledger(book.db, Event.SETTLE)
    for redemption_id in ledger.keys() | paid.keys():
        if ledger.get(redemption_id) != paid.get(redemption_id):
            yield f"redemption {redemption_id}: paid {paid.get(redemption_id)} by its line, {ledger.get(redemption_id)} in the ledger"


@check("settlement.accounts", "拨付只进核验过的账户 money is handed over only to accounts that a second person verified")
def accounts(book: Bookkeeper) -> Iterator[str]:
    known = {a.id: a for a in book.db.scalars(select(PayeeAccount))}
    for account in known.values():
        if account.state == "verified" and (account.decided_by is None or account.decided_by == account.entered_by):
            yield f"account {account.id} was verified by {account.decided_by}"
    for row in book.db.scalars(select(Statement).where(Statement.account_id.is_not(None))):
        found = known[str(row.account_id)]
        if payee_of(found) != payee_of(row) or found.decided_at is None:
            yield f"statement {row.number} went to an account that is not its payee's or was never verified"


@check("settlement.payees", "钱付给券面写明的收款方 every line pays the one whom the voucher's programme pays")
def payees(book: Bookkeeper) -> Iterator[str]:
    whose = {row.id: (row.number, payee_of(row)) for row in book.db.scalars(select(Statement))}
    lines = book.db.scalars(select(StatementLine).where(StatementLine.withdrawn_at.is_(None))).all()
    uses = settling.used(book.db, [line.redemption_id for line in lines])
    for line in lines:
        number, payee = whose[line.statement_id]
        if due_to(uses[line.redemption_id]) != payee:
            yield f"line {line.position} of {number} pays {payee.id}, its use is another's"
    debts = book.db.scalars(select(ClawBack)).all()
    owed = settling.used(book.db, [row.redemption_id for row in debts])
    for row in debts:
        if due_to(owed[row.redemption_id]) != payee_of(row):
            yield f"claw-back {row.id} is asked of {payee_of(row).id}, who was not paid"


@check("settlement.two_hands", "申请、审核、公示移交不是同一人 who applies, who checks and who hands over are different people")
def two_hands(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Statement)):
        last = {row.noticed_by, row.closed_by} - {None}
        if last & {row.submitted_by, row.checked_by} or (row.checked_by and row.checked_by == row.submitted_by):
            yield f"statement {row.number} was decided on by somebody who had worked on it"
        if row.noticed_at is not None and (row.checked_at is None or row.checked_at > row.noticed_at):
            yield f"statement {row.number} was put on notice unchecked"


@check("settlement.claw_backs", "追回的钱与台账一致 what came back is in the ledger, and what is in the ledger was claimed back by two")
def claw_backs(book: Bookkeeper) -> Iterator[str]:
    ledger = settling.in_ledger(book.db, Event.CLAW_BACK)
    back = {
        row.redemption_id: row.cents
        for row in book.db.scalars(select(ClawBack).where(ClawBack.state == ClawBackState.RECOVERED))
    }
    for redemption_id in ledger.keys() | back.keys():
        if ledger.get(redemption_id) != back.get(redemption_id):
            yield f"redemption {redemption_id}: {back.get(redemption_id)} came back, {ledger.get(redemption_id)} in the ledger"
    for row in book.db.scalars(select(ClawBack).where(ClawBack.decided_by == ClawBack.proposed_by)):
        yield f"claw-back {row.id} was decided on by whoever proposed it"


@check("settlement.advances", "预拨不多抵也不漏抵 no more of an advance is set off than was paid, and what is settled was set off whole")
def advances(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, int] = defaultdict(int)
    booked: dict[str, int] = defaultdict(int)
    states = dict(book.db.execute(select(Statement.id, Statement.state)).all())
    for back in book.db.scalars(select(AdvanceBack).where(AdvanceBack.withdrawn_at.is_(None))):
        held[back.advance_id] += back.cents
        booked[back.advance_id] += back.cents if back.booked_at else 0
        if states[back.statement_id] not in (_S.HANDED_OVER, _S.BOUNCED, _S.RECALLED, _S.PAID):
            yield f"part {back.id} of an advance stands on a statement that is {states[back.statement_id]}"
    for row in book.db.scalars(select(Advance)):
        if held[row.id] > row.cents or (held[row.id] and row.state not in ("paid", "settled")):
            yield f"advance {row.id} is {row.state}: {held[row.id]} of {row.cents} are set off"
        if (row.state == "settled") != (booked[row.id] == row.cents):
            yield f"advance {row.id} is {row.state}, {booked[row.id]} of {row.cents} are booked"
        if row.decided_by is not None and row.decided_by == row.asked_by:
            yield f"advance {row.id} was decided on by whoever asked for it"


@check("settlement.objections", "有异议的行冻结到有结论 an objection holds its line until it is decided, and for good if it is upheld")
def objections(book: Bookkeeper) -> Iterator[str]:
    held = holds_of(book.db, "objection:")
    for row in book.db.scalars(select(StatementObjection)):
        holds = row.redemption_id in held.pop(f"objection:{row.id}", set())
        if holds != (row.state in (ObjectionState.RAISED, ObjectionState.UPHELD)):
            yield f"objection {row.id} is {row.state}, its hold is {'placed' if holds else 'not there or lifted'}"
    for stray in held:
        yield f"a hold of {stray}, which does not exist"


@check("settlement.claimed_doubts", "已提出追回的，追回仍在办理或已办结 a payment that is claimed back has a claw-back that was not dropped")
def claimed_doubts(book: Bookkeeper) -> Iterator[str]:
    dropped = set(book.db.scalars(select(ClawBack.id).where(ClawBack.state == ClawBackState.DROPPED)))
    for doubt_id, claw_back_id in doubts.claimed(book.db).items():
        if claw_back_id in dropped:
            yield f"doubt {doubt_id} is claimed by {claw_back_id}, which was dropped"
