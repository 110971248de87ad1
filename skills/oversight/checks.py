"""What always holds of cases, of the money that they hold, and of the questions to trainees."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.checks import Bookkeeper, check
from skills.oversight.models import CallBack, Case, Evidence, RegisterEntry
from skills.oversight.states import OPEN, CallBackState, CaseState
from skills.vouchers.queries.uses import holds_of

_DECIDED = (CaseState.CONFIRMED, CaseState.CLEARED, CaseState.REFERRED)


@check("oversight.cases", "每案有证据、理由和承办人，认定须两人 every case has evidence; decisions have a reason and a hand, confirmed ones two")
def cases(book: Bookkeeper) -> Iterator[str]:
    rows: dict[str, set[str]] = {}
    strongest: dict[str, int] = {}
    for e in book.db.scalars(select(Evidence)):
        rows.setdefault(e.case_id, set()).update(e.rows)
        strongest[e.case_id] = max(strongest.get(e.case_id, 0), e.strength)
    for case in book.db.scalars(select(Case)):
        if rows.pop(case.id, set()) != set(case.seen) or case.strength != strongest.get(case.id):
            yield f"case {case.id}: its evidence is not what it says it has seen"
        if case.state in _DECIDED and not (case.decided_by and case.reason and case.closed_at):
            yield f"case {case.id} is {case.state} by nobody, for no reason or on no day"
        if case.state == CaseState.CONFIRMED and not (case.proposed_by and case.proposed_by != case.decided_by):
            yield f"case {case.id} was confirmed by {case.decided_by}, proposed by {case.proposed_by}"
        if (case.state == CaseState.OPENED) != (case.assigned_to is None):
            yield f"case {case.id} is {case.state}, assigned to {case.assigned_to}"
    for stray in rows:
        yield f"evidence of case {stray}, which does not exist"


@check("oversight.one_live", "同一规则同一对象只有一件在办 one live case for a rule and a subject")
def one_live(book: Bookkeeper) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for rule, subject in book.db.execute(select(Case.rule, Case.subject).where(Case.state.in_(OPEN)).order_by(Case.id)):
        if (rule, subject) in seen:
            yield f"two live cases of {rule} about {subject}"
        seen.add((rule, subject))


@check("oversight.holds", "案件冻结的都有案可查，已排除的全部解冻 what a case holds is named in its evidence; a cleared case holds nothing")
def holds(book: Bookkeeper) -> Iterator[str]:
    named: dict[str, set[str]] = {}
    for case_id, ids in book.db.execute(select(Evidence.case_id, Evidence.redemptions)):
        named.setdefault(case_id, set()).update(ids)
    states = dict(book.db.execute(select(Case.id, Case.state)).all())
    for source, held in holds_of(book.db, "case:").items():
        case_id = source.removeprefix("case:")
        if case_id not in states:
            yield f"{len(held)} uses are held by {source}, which does not exist"
        elif states[case_id] == CaseState.CLEARED:
            yield f"case {case_id} is cleared and holds {len(held)} uses"
        elif strays := held - named.get(case_id, set()):
            yield f"case {case_id} holds {len(strays)} uses that its evidence does not name"


@check("oversight.call_backs", "回访一次一问，答复有时间 each use is asked about once; an answer has its moment")
def call_backs(book: Bookkeeper) -> Iterator[str]:
    seen: set[str] = set()
    for row in book.db.scalars(select(CallBack).order_by(CallBack.id)):
        if row.redemption_id in seen:
            yield f"use {row.redemption_id} was asked about twice"
        seen.add(row.redemption_id)
        if (row.state == CallBackState.ANSWERED) != bool(row.answer and row.answered_at):
            yield f"call-back {row.id} is {row.state}, answer: {row.answer or 'none'}"


@check("oversight.register", "登记信息同时只有一条有效 one live entry of the business register for a body")
def register(book: Bookkeeper) -> Iterator[str]:
    live: set[str] = set()
    for body in book.db.scalars(select(RegisterEntry.organisation_id).where(RegisterEntry.ended_at.is_(None))):
        if body in live:
            yield f"two live entries for {body}"
        live.add(body)
