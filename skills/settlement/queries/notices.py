"""What the public may read while a notice runs: institution, occupation, masked name and money, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.kernel.errors import Missing
from skills.settlement.models import Statement, StatementLine
from skills.settlement.queries.statements import LineView, StatementView, line_views, views
from skills.settlement.rules import Kind
from skills.settlement.states import LineState, StatementState

PAGE = 100


@dataclass(frozen=True)
class Notice:
    """A statement on notice. `running`: objections are still taken."""

    statement: StatementView
    running: bool

    @property
    def id(self) -> str:
        """Of the statement."""
        return self.statement.id


@dataclass(frozen=True)
class NoticePage:
    """One notice with some of its lines, held ones without the reason; `more` is the position to go on from."""

    notice: Notice
    lines: tuple[LineView, ...]
    more: int | None


def notices(db: Session, day: date) -> list[Notice]:
    """Statements on notice, the newest first."""
    rows = db.scalars(
        select(Statement).where(Statement.state == StatementState.NOTICED).order_by(Statement.noticed_at.desc(), Statement.id)
    ).all()
    return [_notice(view, day) for view in views(db, rows)]


def notice(db: Session, statement_id: str, day: date, after: int = 0) -> NoticePage:
    """One of them. Raises Missing("statement.unknown")."""
    row = db.get(Statement, statement_id)
    if row is None or row.state != StatementState.NOTICED:
        raise Missing("statement.unknown")
    found = db.scalars(
        select(StatementLine)
        .where(
            StatementLine.statement_id == row.id, StatementLine.kind == Kind.PAY, StatementLine.position > after,
            StatementLine.state.in_((LineState.DUE, LineState.HELD)),
        )
        .order_by(StatementLine.position)
        .limit(PAGE + 1)
    ).all()  # fmt: skip
    shown = line_views(db, found[:PAGE])
    return NoticePage(_notice(views(db, [row])[0], day), tuple(shown), shown[-1].position if len(found) > PAGE else None)


def line_on_notice(db: Session, line_id: str, day: date) -> tuple[Notice, LineView]:
    """A line that may be objected to. Raises Missing("statement_line.unknown")."""
    row = db.get(StatementLine, line_id)
    held = db.get(Statement, row.statement_id) if row is not None else None
    if row is None or held is None or held.state != StatementState.NOTICED or row.kind != Kind.PAY or row.withdrawn_at is not None:
        raise Missing("statement_line.unknown")
    return _notice(views(db, [held])[0], day), line_views(db, [row])[0]


def _notice(view: StatementView, day: date) -> Notice:
    # Of a person not even the id: it would tie somebody's subsidies of years together.
    shown = replace(view, payee_id="") if view.of_person else view
    return Notice(shown, view.notice_to is not None and day <= view.notice_to)
