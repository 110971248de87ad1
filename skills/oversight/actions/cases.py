"""Opening and refreshing cases, giving them to somebody, deciding them; what that does to the money."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select

from skills.accounts import queries as accounts
from skills.accounts.rules import GRANTS, Role
from skills.kernel.acts import Act, action
from skills.kernel.canon import canon, plain
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.oversight.models import Case, Evidence
from skills.oversight.rules.cases import LONGEST, Handler, is_news, may_confirm, may_look
from skills.oversight.rules.facts import Suspicion
from skills.oversight.rules.words import number
from skills.oversight.states import CASE, OPEN, CaseState
from skills.people import queries as people
from skills.standards.queries import value
from skills.standards.rules import CITY
from skills.vouchers.actions import holds
from skills.vouchers.queries.uses import payees_of

HANDLE, CONFIRM, ASSIGN = "case.handle", "case.confirm", "case.assign"


@dataclass(frozen=True)
class Reported:
    """What became of a suspicion: "opened", "refreshed", "known" or "cleared_before"; how many uses were frozen."""

    case_id: str | None
    outcome: str
    held: int


@dataclass(frozen=True)
class Decided:
    """A case and its state."""

    case_id: str
    state: str


@action("case.report", may="system.jobs")
def report(act: Act, suspicion: Suspicion) -> Reported:
    """Open a case for a suspicion, or add it to the one that lives. What was counted before opens nothing again."""
    wait_exclusive(act.db, f"fraud_case:{suspicion.rule}:{suspicion.subject}")
    mine = act.db.scalars(select(Case).where(Case.rule == suspicion.rule, Case.subject == suspicion.subject)).all()
    live = next((c for c in mine if c.state in OPEN), None)
    if live is None:
        seen = {row for case in mine for row in case.seen}
        if mine and not is_news(suspicion.rows, seen, int(value(act.db, "oversight.fresh_percent", act.today))):
            return Reported(None, "cleared_before", 0)
        live = _open(act, suspicion)
        outcome = "opened"
    else:
        outcome = "refreshed"
    digest = hashlib.sha256(canon(sorted(set(suspicion.rows))).encode()).hexdigest()
    if act.find(Evidence, case_id=live.id, digest=digest) is not None:
        return Reported(live.id, "known", 0)
    act.add(
        Evidence(
            id=act.new_id(), case_id=live.id, found_at=act.at, strength=suspicion.strength, digest=digest,
            facts=plain({**suspicion.facts, "code": suspicion.code}), rows=list(suspicion.rows),
            redemptions=list(suspicion.uses), table=[[c.zh, c.en, c.found, c.limit] for c in suspicion.counted],
            series=[list(pair) for pair in suspicion.series],
        )
    )  # fmt: skip
    strength = max(live.strength, suspicion.strength)
    act.alter(live, strength=strength, refreshed_at=act.at, seen=sorted({*live.seen, *suspicion.rows}))
    act.note("case.evidence", id=live.id, rule=live.rule, subject=live.subject, strength=strength)
    held = 0
    if suspicion.strength >= int(value(act.db, "oversight.hold_from", act.today)):
        held = _hold(act, live, suspicion.uses)
    return Reported(live.id, outcome, held)


def _open(act: Act, suspicion: Suspicion) -> Case:
    return act.add(
        Case(
            id=act.new_id(), rule=suspicion.rule, subject=suspicion.subject, organisation_id=suspicion.institution or None,
            district=_district(act, suspicion), state=CaseState.OPENED, strength=suspicion.strength, seen=[],
            opened_at=act.at, refreshed_at=act.at,
        )
    )  # fmt: skip


def _district(act: Act, suspicion: Suspicion) -> str:
    kind, _, subject = suspicion.subject.partition(":")
    if kind == "person":
        return people.person(act.db, subject).district
    if suspicion.institution:
        return accounts.organisation(act.db, suspicion.institution).district
    return CITY


@action("case.assign", may=HANDLE)
def assign(act: Act, case_id: str, account_id: str) -> Decided:
    """Give a case to somebody who is not concerned. Oneself may be; to give it to others needs the right to.

    Raises Missing("fraud_case.unknown"), Refusal("fraud_case.not_for" | "fraud_case.cannot_assign"), Forbidden.
    """
    row = _mine(act, case_id, HANDLE)
    if account_id != act.actor.account:
        act.require(ASSIGN)
    may_look(_handler(act, account_id), row.organisation_id, row.subject).or_refuse()
    act.move(row, CASE, "assign", assigned_to=account_id, assigned_by=act.actor.account, assigned_at=act.at)
    if account_id != act.actor.account:
        _tell_handler(act, row, "case.told_assigned")
    return Decided(row.id, row.state)


@action("case.propose", may=HANDLE)
def propose(act: Act, case_id: str, reason: str) -> Decided:
    """The handler holds it to be true, and says why; a second person decides.

    Raises Missing, Refusal("fraud_case.reason_needed" | "fraud_case.not_yours" | "fraud_case.cannot_propose").
    """
    row = _own(act, case_id)
    act.move(row, CASE, "propose", proposed_by=act.actor.account, reason=_reason(reason))
    return Decided(row.id, row.state)


@action("case.send_back", may=CONFIRM)
def send_back(act: Act, case_id: str, reason: str) -> Decided:
    """The second person is not convinced and says of what. Raises as `confirm` does."""
    row = _mine(act, case_id, CONFIRM)
    CASE.check(row.state, "send_back")
    may_confirm(act.actor.account, row.proposed_by).or_refuse()
    act.move(row, CASE, "send_back", proposed_by=None, reason=_reason(reason))
    _tell_handler(act, row, "case.told_back")
    return Decided(row.id, row.state)


@action("case.confirm", may=CONFIRM)
def confirm(act: Act, case_id: str) -> Decided:
    """A second person agrees: nothing of the uses concerned is paid, if there are any, and the body is told why.

    Raises Missing, Refusal("fraud_case.second_needed" | "fraud_case.not_for" | "fraud_case.cannot_confirm").
    """
    row = _mine(act, case_id, CONFIRM)
    CASE.check(row.state, "confirm")
    may_confirm(act.actor.account, row.proposed_by).or_refuse()
    may_look(_handler(act, act.actor.account), row.organisation_id, row.subject).or_refuse()
    act.move(row, CASE, "confirm", decided_by=act.actor.account, closed_at=act.at)
    held = {i for e in act.db.scalars(select(Evidence).where(Evidence.case_id == row.id)) for i in e.redemptions}
    _hold(act, row, tuple(sorted(held)), tell=False)
    _tell(act, row, "case.told_confirmed" if held else "case.told_true")
    return Decided(row.id, row.state)


@action("case.clear", may=HANDLE)
def clear(act: Act, case_id: str, reason: str) -> Decided:
    """There is a good reason for what was counted: the money is free, and the same evidence opens nothing again.

    Raises Missing, Refusal("fraud_case.reason_needed" | "fraud_case.not_yours" | "fraud_case.cannot_clear").
    """
    row = _own(act, case_id)
    act.move(row, CASE, "clear", decided_by=act.actor.account, closed_at=act.at, reason=_reason(reason))
    if holds.lift(act, _source(row)):
        _tell(act, row, "case.told_cleared")
    return Decided(row.id, row.state)


@action("case.refer", may=HANDLE)
def refer(act: Act, case_id: str, reason: str) -> Decided:
    """Pass a case on to who may investigate (police, discipline, labour inspection); the money stays frozen.

    Raises as `clear` does.
    """
    row = _mine(act, case_id, HANDLE)
    CASE.check(row.state, "refer")
    if row.state == CaseState.ASSIGNED:
        _own(act, case_id)
    act.move(row, CASE, "refer", decided_by=act.actor.account, closed_at=row.closed_at or act.at, reason=_reason(reason))
    held = {i for e in act.db.scalars(select(Evidence).where(Evidence.case_id == row.id)) for i in e.redemptions}
    _hold(act, row, tuple(sorted(held)))
    return Decided(row.id, row.state)


def _mine(act: Act, case_id: str, right: str) -> Case:
    """A case in the districts of this right; elsewhere it does not exist."""
    row = act.find(Case, id=case_id)
    bounds = act.actor.districts_for(right)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("fraud_case.unknown")
    return row


def _own(act: Act, case_id: str) -> Case:
    """A case that was given to the actor, who is still not concerned."""
    row = _mine(act, case_id, HANDLE)
    if row.assigned_to is not None and row.assigned_to != act.actor.account:
        raise Refusal("fraud_case.not_yours")
    may_look(_handler(act, act.actor.account), row.organisation_id, row.subject).or_refuse()
    return row


def _handler(act: Act, account_id: str) -> Handler:
    """What decides whether somebody may look into a case. The actor's own rights count for the actor."""
    held = accounts.memberships(act.db, account_id)
    mine = account_id == act.actor.account
    roles = {Role(role) for role, *_ in held}
    may = act.actor.may_unbound(HANDLE) or act.actor.may_unbound(CONFIRM) if mine else any(HANDLE in GRANTS[r] for r in roles)
    bodies = frozenset(body for _, body, *_ in held if body) | (act.actor.organisations if mine else frozenset())
    account = accounts.find_account(act.db, account_id)
    return Handler(account_id, bodies, account.person_id if account else (act.actor.person if mine else None), may)


def _hold(act: Act, row: Case, uses: tuple[str, ...], tell: bool = True) -> int:
    made = holds.place(act, uses, _source(row))
    if made:
        act.note("case.hold", id=row.id, uses=made)
        if tell:
            _tell(act, row, "case.told_held", made)
            for employer, person in payees_of(act.db, uses):  # whose money it is hears of it, whoever it is about
                if employer != row.organisation_id and row.subject != f"person:{person}":
                    send(act, code="case.told_payee_held", organisation_id=employer, person_id=person, number=number(row.rule, row.id))
    return made


def _tell(act: Act, row: Case, code: str, count: int = 0) -> None:
    """Tell whom it is about: the body, or the person if it is about a person."""
    kind, _, subject = row.subject.partition(":")
    called = number(row.rule, row.id)
    if kind == "person":
        send(act, code=code, person_id=subject, number=called, reason=row.reason, n=count)
    if row.organisation_id:
        send(act, code=code, organisation_id=row.organisation_id, number=called, reason=row.reason, n=count)


def _tell_handler(act: Act, row: Case, code: str) -> None:
    """Tell who has the case, if that account is one that reads messages."""
    if row.assigned_to and accounts.find_account(act.db, row.assigned_to):
        send(act, code=code, account_id=row.assigned_to, number=number(row.rule, row.id), id=row.id, reason=row.reason)


def _source(row: Case) -> str:
    return f"case:{row.id}"


def _reason(text: str) -> str:
    said = text.strip()
    if not said:
        raise Refusal("fraud_case.reason_needed", most=LONGEST)
    return said[:LONGEST]
