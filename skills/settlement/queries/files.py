"""What finance is handed: one row a line, the account in full, control totals at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing
from skills.settlement.models import AdvanceBack, PayeeAccount, Statement, StatementLine
from skills.settlement.queries.payees import holder_of, number_of
from skills.settlement.queries.statements import TO_FINANCE, line_views
from skills.settlement.rules import Kind
from skills.settlement.states import LineState

HEAD = ("结算单号", "序号", "类别", "用券编号", "学员", "职业", "等级", "完训日期", "金额（元）", "收款户名", "开户银行", "收款账号")
KINDS = {Kind.PAY: "补贴", Kind.CLAW_BACK: "追回", Kind.ADVANCE: "预拨抵扣"}


def rows(db: Session, box: Box, statement_id: str, districts: Sequence[str] | frozenset[str] | None) -> tuple[str, list[Sequence[str]]]:
    """The statement's number and its rows. Raises Missing("statement.unknown") if it is not handed over."""
    row = db.get(Statement, statement_id)
    if row is None or row.state not in TO_FINANCE or (districts is not None and row.district not in districts):
        raise Missing("statement.unknown")
    return row.number, [HEAD, *_body(db, box, row)]


def _body(db: Session, box: Box, statement: Statement) -> Iterator[Sequence[str]]:
    account = db.get_one(PayeeAccount, statement.account_id)
    holder, number = holder_of(db, account), number_of(box, account)
    chosen = (
        select(StatementLine)
        .where(StatementLine.statement_id == statement.id, StatementLine.state.in_((LineState.ORDERED, LineState.PAID)))
        .order_by(StatementLine.position)
    )
    for line in line_views(db, db.scalars(chosen).all()):
        earned = shanghai_day(line.use.earned_at).isoformat() if line.use.earned_at else ""
        yield (
            statement.number, str(line.position), KINDS[Kind(line.kind)], line.use.redemption_id, line.use.masked_name,
            line.use.occupation, line.use.level_zh, earned, yuan(line.cents), holder, account.bank, number,
        )  # fmt: skip
    backs = select(AdvanceBack).where(AdvanceBack.statement_id == statement.id, AdvanceBack.withdrawn_at.is_(None))
    for back in db.scalars(backs.order_by(AdvanceBack.id)):
        yield (
            statement.number, "", KINDS[Kind.ADVANCE], back.advance_id, "", "", "", "", yuan(-back.cents), holder,
            account.bank, number,
        )  # fmt: skip
    blank = [""] * (len(HEAD) - 4)
    yield ("合计行数", str(statement.count), "合计金额（元）", yuan(statement.cents or 0), *blank)
    yield ("校验码 SHA-256", statement.digest, "", "", *blank)


def yuan(cents: int) -> str:
    """分 as yuan with two decimals and no separators, as banks read it."""
    sign, whole = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{whole // 100}.{whole % 100:02}"
