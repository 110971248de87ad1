"""Objections 异议 to a line on notice: by real name, freezing that line alone, decided by the authority."""

from __future__ import annotations

from dataclasses import dataclass

from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Missing, Refusal
from skills.kernel.ids import human_code
from skills.messages.actions import send
from skills.settlement.actions.lines import judge
from skills.settlement.actions.payees import verified
from skills.settlement.models import Statement, StatementLine, StatementObjection
from skills.settlement.payee import payee_of
from skills.settlement.rules import Kind, sealed_at
from skills.settlement.states import OBJECTION, ObjectionState, StatementState
from skills.standards.actions import ObjectorsForgotten, forget_objectors
from skills.vouchers.actions import holds
from skills.vouchers.actions.redemptions import lock_person
from skills.vouchers.queries.settling import used

HANDLE = "complaint.handle"


@dataclass(frozen=True)
class Objected:
    """An objection's receipt number."""

    receipt: str


@dataclass(frozen=True)
class ObjectionDecided:
    """An objection and its state."""

    objection_id: str
    state: str


@action("statement.object", may=ANYONE)
def raise_(act: Act, line_id: str, name: str, contact: str, text: str) -> Objected:
    """Object to a line on notice. Its money is frozen until that is decided.

    Raises Missing("statement_line.unknown"), Refusal("statement_objection.too_late" | "statement_objection.incomplete").
    """
    line = act.get(StatementLine, id=line_id)
    statement = act.get(Statement, id=line.statement_id)
    if statement.state != StatementState.NOTICED or line.kind != Kind.PAY or line.withdrawn_at is not None:
        raise Missing("statement_line.unknown")
    if statement.notice_to is None or act.today > statement.notice_to:
        raise Refusal("statement_objection.too_late", last=statement.notice_to)
    if not (name.strip() and contact.strip() and text.strip()):
        raise Refusal("statement_objection.incomplete")
    lock_person(act, used(act.db, [line.redemption_id])[line.redemption_id].person_id)
    act.db.refresh(statement)  # while the person was waited for, the notice may have been closed and the line ordered
    if statement.state != StatementState.NOTICED:
        raise Refusal("statement_objection.too_late", last=statement.notice_to)
    box, objection_id = act.using(Box), act.new_id()
    row = act.add(
        StatementObjection(
            id=objection_id, receipt=human_code(act.source), line_id=line.id, redemption_id=line.redemption_id,
            district=statement.district, state=ObjectionState.RAISED,
            name=box.seal(name.strip()[:60], sealed_at("statement_objection", objection_id, "name")),
            contact=box.seal(contact.strip()[:120], sealed_at("statement_objection", objection_id, "contact")),
            text=text.strip()[:1000], raised_at=act.at,
        )
    )  # fmt: skip
    holds.place(act, [line.redemption_id], source(row.id))
    judge(act, line, verified(act, payee_of(statement)) is not None)
    act.note("statement_objection.raise", id=row.id, line=line.id)
    return Objected(row.receipt)


@action("statement.decide_objection", may=HANDLE)
def decide(act: Act, objection_id: str, upheld: bool, reply: str) -> ObjectionDecided:
    """Decide an objection. Upheld: the line stays frozen. Dismissed: what it froze is free and the line is judged anew.

    Raises Missing("statement_objection.unknown"), Refusal("statement.reason_needed").
    """
    row = act.find(StatementObjection, id=objection_id)
    bounds = act.actor.districts_for(HANDLE)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("statement_objection.unknown")
    if not reply.strip():
        raise Refusal("statement.reason_needed")
    values = {"decided_by": act.actor.account, "decided_at": act.at, "reply": reply.strip()[:400]}
    act.move(row, OBJECTION, "uphold" if upheld else "dismiss", **values)
    line = act.get(StatementLine, id=row.line_id)
    statement = act.get(Statement, id=line.statement_id)
    if not upheld:
        holds.lift(act, source(row.id))
        if statement.state == StatementState.NOTICED and line.withdrawn_at is None:
            judge(act, line, verified(act, payee_of(statement)) is not None)
        return ObjectionDecided(row.id, row.state)
    send(act, code="statement_objection.told_upheld", **payee_of(statement).columns, number=statement.number,
         position=line.position, reason=row.reply)  # fmt: skip
    return ObjectionDecided(row.id, row.state)


@action("statement_objection.forget", may="system.jobs")
def forget(act: Act) -> ObjectorsForgotten:
    """Take the names and contacts of objectors out whose time is over."""
    return forget_objectors(act, StatementObjection)


def source(objection_id: str) -> str:
    """What a hold says it was placed by."""
    return f"objection:{objection_id}"
