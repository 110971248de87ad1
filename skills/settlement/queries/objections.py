"""An objection to a line, for whoever decides on it: with the name and the contact that the public never sees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing
from skills.settlement.models import Statement, StatementLine, StatementObjection
from skills.settlement.queries.statements import LineView, StatementView, line_views, views
from skills.settlement.rules import sealed_at
from skills.settlement.states import OBJECTION, ObjectionState
from skills.standards.calendar import add_working_days
from skills.standards.queries import value


@dataclass(frozen=True)
class ObjectionCase:
    """An objection with the line that it is about. `name` and `contact` are empty once their time is over."""

    id: str
    receipt: str
    state: str
    state_zh: str
    state_en: str
    name: str
    contact: str
    text: str
    raised_at: datetime
    due: date
    reply: str
    line: LineView
    statement: StatementView


@dataclass(frozen=True)
class ObjectionAnswer:
    """An objection as its author reads it by the receipt: about which row, what it said, until when it is answered, what it came to."""

    receipt: str
    number: str
    position: int
    state: str
    state_zh: str
    state_en: str
    text: str
    raised_at: datetime
    due: date
    decided_at: datetime | None
    reply: str


def answer(db: Session, receipt: str) -> ObjectionAnswer:
    """What an objection came to, by its receipt. Raises Missing("statement_objection.unknown")."""
    row = db.scalar(select(StatementObjection).where(StatementObjection.receipt == receipt.strip().upper()))
    if row is None:
        raise Missing("statement_objection.unknown")
    line = db.get_one(StatementLine, row.line_id)
    return ObjectionAnswer(
        row.receipt, db.get_one(Statement, line.statement_id).number, line.position, row.state,
        *OBJECTION.words[ObjectionState(row.state)], row.text, row.raised_at, due(db, row.raised_at), row.decided_at, row.reply,
    )  # fmt: skip


def due(db: Session, raised_at: datetime) -> date:
    """The working day until which an objection is answered, by the rule of the day it was raised."""
    day = shanghai_day(raised_at)
    return add_working_days(day, int(value(db, "statement.objection_days", day)))


def case(db: Session, box: Box, objection_id: str, districts: Collection[str] | None) -> ObjectionCase:
    """One objection. Raises Missing("statement_objection.unknown")."""
    row = db.get(StatementObjection, objection_id)
    if row is None or (districts is not None and row.district not in districts):
        raise Missing("statement_objection.unknown")
    line = db.get_one(StatementLine, row.line_id)
    name = box.open(row.name, sealed_at("statement_objection", row.id, "name")) if row.name else ""
    contact = box.open(row.contact, sealed_at("statement_objection", row.id, "contact")) if row.contact else ""
    return ObjectionCase(
        row.id, row.receipt, row.state, *OBJECTION.words[ObjectionState(row.state)], name, contact, row.text, row.raised_at,
        due(db, row.raised_at), row.reply, line_views(db, [line])[0], views(db, [db.get_one(Statement, line.statement_id)])[0],
    )  # fmt: skip


def count_open(db: Session, districts: Collection[str] | None) -> int:
    """How many wait."""
    chosen = select(func.count()).select_from(StatementObjection).where(StatementObjection.state == ObjectionState.RAISED)
    if districts is not None:
        chosen = chosen.where(StatementObjection.district.in_(districts))
    return db.scalar(chosen) or 0
